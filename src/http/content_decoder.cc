#include "http/content_decoder.h"

#include <algorithm>

#include "core/assert.h"
#include "http/decoder_stream.h"

namespace propylon::http {
namespace {

// What a turn of a stream costs at least: a body of many tiny parts is work too.
constexpr std::size_t kTurnBytesMin = 512;

std::unique_ptr<DecoderStream> open_stream(ContentCoding coding, std::string_view encoded) {
  switch (coding) {
    case ContentCoding::kGzip: return open_gzip_stream();
    case ContentCoding::kDeflate: return open_deflate_stream(encoded);
    case ContentCoding::kBrotli: return open_brotli_stream();
    case ContentCoding::kZstd: return open_zstd_stream();
    case ContentCoding::kIdentity:
    case ContentCoding::kUnsupported: break;
  }
  PPL_ASSERT(coding != ContentCoding::kIdentity && coding != ContentCoding::kUnsupported);
  return nullptr;
}

std::uint64_t window_bytes(ContentCoding coding) {
  switch (coding) {
    case ContentCoding::kBrotli: return kBrotliWindowBytes;
    case ContentCoding::kZstd: return kZstdWindowBytes;
    case ContentCoding::kGzip:
    case ContentCoding::kDeflate:
    case ContentCoding::kIdentity:
    case ContentCoding::kUnsupported: break;
  }
  return kDeflateWindowBytes;
}

}  // namespace

ContentDecoder::ContentDecoder(ContentCoding coding, std::string_view encoded, std::uint64_t decoded_bytes_max)
    : coding_(coding), rest_(encoded), decoded_bytes_max_(decoded_bytes_max), stream_(open_stream(coding, encoded)) {}

ContentDecoder::~ContentDecoder() = default;

std::uint64_t ContentDecoder::held_bytes(const std::string& body) const {
  return body.size() + std::min<std::uint64_t>(body.size(), window_bytes(coding_));
}

ContentDecoder::Progress ContentDecoder::step(std::string& body) {
  if (!stream_) return refuse(ErrorCode::kInternal, "There is no memory to decode the body.");
  auto progress = Progress::kGoOn;
  for (std::size_t work = 0; work < kStepBytes && progress == Progress::kGoOn;) progress = turn(body, work);
  return progress;
}

ContentDecoder::Progress ContentDecoder::turn(std::string& body, std::size_t& work) {
  // One byte more than allowed, so that a body of exactly the limit can show its end.
  const std::uint64_t space = decoded_bytes_max_ + 1 - body.size();
  const std::size_t room =
      std::min<std::uint64_t>({space, kStepBytes, std::max<std::uint64_t>({4 * rest_.size(), body.size(), 512})});
  const std::size_t before = body.size();
  DecoderStream::Turn done;
  body.resize_and_overwrite(before + room, [&](char* bytes, std::size_t) {
    done = stream_->decode(rest_.substr(0, kStepBytes), bytes + before, room);
    return before + done.written;
  });
  rest_.remove_prefix(done.taken);
  work += std::max(done.taken + done.written, kTurnBytesMin);
  if (body.size() > decoded_bytes_max_) {
    return refuse(ErrorCode::kBodyTooLarge, "The decoded body has more bytes than this server takes here.",
                  decoded_bytes_max_);
  }
  switch (done.state) {
    case DecoderStream::State::kGoesOn: break;
    case DecoderStream::State::kEnds: return finish_part();
    case DecoderStream::State::kNoMemory: return refuse(ErrorCode::kInternal, "There is no memory to decode the body.");
    case DecoderStream::State::kBroken:
      return refuse(ErrorCode::kInvalidEncoding, "The body does not decode as its Content-Encoding says.");
    case DecoderStream::State::kWindowTooLarge:
      return refuse(ErrorCode::kInvalidEncoding, "The encoded body needs a window of more than 8 MiB.");
  }
  if (done.taken == 0 && done.written == 0) {
    return refuse(ErrorCode::kInvalidEncoding, "The encoded body ends too early.");
  }
  return Progress::kGoOn;
}

ContentDecoder::Progress ContentDecoder::finish_part() {
  if (rest_.empty()) return Progress::kComplete;
  if (stream_->begins_another(rest_)) return Progress::kGoOn;
  return refuse(ErrorCode::kInvalidEncoding, "Other bytes follow the encoded body.");
}

ContentDecoder::Progress ContentDecoder::refuse(ErrorCode code, const char* text, std::uint64_t limit) {
  refusal_ = {code, text, limit};
  return Progress::kRefused;
}

}  // namespace propylon::http

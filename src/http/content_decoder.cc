#include "http/content_decoder.h"

#include <zlib.h>

#include <algorithm>

#include "http/characters.h"

namespace propylon::http {
namespace {

constexpr int kRawWindow = -15;
constexpr int kZlibWindow = 15;
constexpr int kGzipWindow = 15 + 16;
constexpr std::string_view kGzipMagic = "\x1f\x8b";

// RFC 9110 section 8.4.1.2: "deflate" is the zlib format, but some clients send raw deflate data under that name.
bool has_zlib_header(std::string_view encoded) {
  if (encoded.size() < 2) return false;
  const auto method = static_cast<unsigned char>(encoded[0]);
  const auto flags = static_cast<unsigned char>(encoded[1]);
  return (method & 0x0f) == 8 && (method >> 4) <= 7 && (method * 256u + flags) % 31 == 0;
}

int window_bits(ContentCoding coding, std::string_view encoded) {
  if (coding == ContentCoding::kGzip) return kGzipWindow;
  return has_zlib_header(encoded) ? kZlibWindow : kRawWindow;
}

}  // namespace

struct ContentDecoder::Stream {
  z_stream z{};
  ~Stream() { inflateEnd(&z); }
};

ContentCoding content_coding(std::string_view value) {
  if (value.empty() || equals_lower(value, "identity")) return ContentCoding::kIdentity;
  if (equals_lower(value, "gzip") || equals_lower(value, "x-gzip")) return ContentCoding::kGzip;
  if (equals_lower(value, "deflate")) return ContentCoding::kDeflate;
  return ContentCoding::kUnsupported;
}

ContentDecoder::ContentDecoder(ContentCoding coding, std::string_view encoded, std::uint64_t decoded_bytes_max)
    : coding_(coding), rest_(encoded), decoded_bytes_max_(decoded_bytes_max) {
  auto stream = std::make_unique<Stream>();
  if (inflateInit2(&stream->z, window_bits(coding, encoded)) == Z_OK) stream_ = std::move(stream);
}

ContentDecoder::~ContentDecoder() = default;

ContentDecoder::Progress ContentDecoder::step(std::string& body) {
  if (!stream_) return refuse(ErrorCode::kInternal, "There is no memory to decode the body.");
  z_stream& z = stream_->z;
  // One byte more than allowed, so that a body of exactly the limit can show its end.
  const std::uint64_t space = decoded_bytes_max_ + 1 - body.size();
  const std::size_t wanted =
      std::min<std::uint64_t>({space, kStepBytes, std::max<std::uint64_t>({4 * rest_.size(), body.size(), 512})});
  const std::size_t offered = std::min(rest_.size(), kStepBytes);
  const std::size_t before = body.size();
  int status = Z_OK;
  body.resize_and_overwrite(before + wanted, [&](char* bytes, std::size_t) {
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(rest_.data()));
    z.avail_in = static_cast<uInt>(offered);
    z.next_out = reinterpret_cast<Bytef*>(bytes + before);
    z.avail_out = static_cast<uInt>(wanted);
    status = inflate(&z, Z_NO_FLUSH);
    return before + wanted - z.avail_out;
  });
  const std::size_t taken = offered - z.avail_in;
  rest_.remove_prefix(taken);
  if (body.size() > decoded_bytes_max_) {
    return refuse(ErrorCode::kBodyTooLarge, "The decoded body is larger than this server takes.");
  }
  if (status == Z_STREAM_END) return finish_member();
  if (status == Z_MEM_ERROR) return refuse(ErrorCode::kInternal, "There is no memory to decode the body.");
  if (status != Z_OK && status != Z_BUF_ERROR) {
    return refuse(ErrorCode::kInvalidEncoding, "The body does not decode as its Content-Encoding says.");
  }
  if (taken == 0 && body.size() == before) {
    return refuse(ErrorCode::kInvalidEncoding, "The encoded body ends too early.");
  }
  return Progress::kGoOn;
}

// RFC 1952 section 2.2: a gzip file may have several members; nothing else may follow.
ContentDecoder::Progress ContentDecoder::finish_member() {
  if (rest_.empty()) return Progress::kComplete;
  if (coding_ == ContentCoding::kGzip && rest_.starts_with(kGzipMagic) && inflateReset(&stream_->z) == Z_OK) {
    return Progress::kGoOn;
  }
  return refuse(ErrorCode::kInvalidEncoding, "Other bytes follow the encoded body.");
}

ContentDecoder::Progress ContentDecoder::refuse(ErrorCode code, const char* text) {
  refusal_ = {code, text};
  return Progress::kRefused;
}

}  // namespace propylon::http

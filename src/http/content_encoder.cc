#include "http/content_encoder.h"

#include <brotli/encode.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <limits>

#include "core/assert.h"

namespace propylon::http {

class ContentEncoder::Format {
 public:
  virtual ~Format() = default;
  // The bytes written; 0 when they have no room or there is no memory.
  virtual std::size_t encode(std::string_view body, char* out, std::size_t room) = 0;
  // Room for any body of that size.
  virtual std::size_t bound(std::size_t bytes) = 0;
};

namespace {

// The figures behind these are in docs/decisions/0010-content-codings.md.
constexpr int kZstdLevel = 1;
constexpr int kBrotliQuality = 1;
constexpr int kGzipLevel = 1;

constexpr int kGzipWindow = 15 + 16;
constexpr int kGzipMemory = 8;

class Zstd final : public ContentEncoder::Format {
 public:
  Zstd() : context_(ZSTD_createCCtx()) {
    if (context_) ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_compressionLevel, kZstdLevel);
  }
  std::size_t encode(std::string_view body, char* out, std::size_t room) override {
    if (!context_) return 0;
    const std::size_t written = ZSTD_compress2(context_.get(), out, room, body.data(), body.size());
    return ZSTD_isError(written) ? 0 : written;
  }
  std::size_t bound(std::size_t bytes) override { return ZSTD_compressBound(bytes); }

 private:
  struct Free {
    void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  };
  const std::unique_ptr<ZSTD_CCtx, Free> context_;
};

// Its library has no memory that could be used again.
class Brotli final : public ContentEncoder::Format {
 public:
  std::size_t encode(std::string_view body, char* out, std::size_t room) override {
    std::size_t written = room;
    const bool done = BrotliEncoderCompress(kBrotliQuality, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_TEXT, body.size(),
                                            reinterpret_cast<const std::uint8_t*>(body.data()), &written,
                                            reinterpret_cast<std::uint8_t*>(out));
    return done ? written : 0;
  }
  std::size_t bound(std::size_t bytes) override { return BrotliEncoderMaxCompressedSize(bytes); }
};

class Gzip final : public ContentEncoder::Format {
 public:
  Gzip() : open_(deflateInit2(&z_, kGzipLevel, Z_DEFLATED, kGzipWindow, kGzipMemory, Z_DEFAULT_STRATEGY) == Z_OK) {}
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;
  ~Gzip() override {
    if (open_) deflateEnd(&z_);
  }
  std::size_t encode(std::string_view body, char* out, std::size_t room) override {
    // zlib counts in 32 bits; a larger answer goes out as it is.
    if (body.size() > std::numeric_limits<uInt>::max() || !open_ || deflateReset(&z_) != Z_OK) return 0;
    z_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
    z_.avail_in = static_cast<uInt>(body.size());
    z_.next_out = reinterpret_cast<Bytef*>(out);
    z_.avail_out = static_cast<uInt>(std::min<std::size_t>(room, std::numeric_limits<uInt>::max()));
    return deflate(&z_, Z_FINISH) == Z_STREAM_END ? z_.total_out : 0;
  }
  std::size_t bound(std::size_t bytes) override {
    // Of a finished stream zlib forgets the size of gzip's frame.
    return open_ && deflateReset(&z_) == Z_OK ? deflateBound(&z_, bytes) : 0;
  }

 private:
  z_stream z_{};
  const bool open_;
};

std::unique_ptr<ContentEncoder::Format> make_format(ContentCoding coding) {
  switch (coding) {
    case ContentCoding::kZstd: return std::make_unique<Zstd>();
    case ContentCoding::kBrotli: return std::make_unique<Brotli>();
    case ContentCoding::kGzip: return std::make_unique<Gzip>();
    case ContentCoding::kIdentity:
    case ContentCoding::kDeflate:
    case ContentCoding::kUnsupported: break;
  }
  return nullptr;
}

}  // namespace

ContentEncoder::ContentEncoder() = default;
ContentEncoder::~ContentEncoder() = default;

std::optional<std::string> ContentEncoder::encode(ContentCoding coding, std::string_view body, Wanted wanted) {
  const auto place = std::ranges::find(kEncodings, coding);
  PPL_ASSERT(place != kEncodings.end());
  auto& format = formats_[static_cast<std::size_t>(place - kEncodings.begin())];
  if (!format) format = make_format(coding);
  // With less room than the body takes, the work ends where it stops to pay.
  const std::size_t room =
      wanted == Wanted::kAnyway ? format->bound(body.size()) : std::max<std::size_t>(body.size(), 1) - 1;
  std::string encoded;
  encoded.resize_and_overwrite(room, [&](char* out, std::size_t) { return format->encode(body, out, room); });
  if (encoded.empty()) return std::nullopt;
  return encoded;
}

}  // namespace propylon::http

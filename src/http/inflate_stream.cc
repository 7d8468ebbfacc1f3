#include <zlib.h>

#include "http/decoder_stream.h"

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

enum class Members { kOne, kSeveral };

class InflateStream final : public DecoderStream {
 public:
  explicit InflateStream(Members members) : members_(members) {}
  InflateStream(const InflateStream&) = delete;
  InflateStream& operator=(const InflateStream&) = delete;
  ~InflateStream() override { inflateEnd(&z_); }

  bool open(int window_bits) { return inflateInit2(&z_, window_bits) == Z_OK; }

  Turn decode(std::string_view encoded, char* out, std::size_t room) override {
    z_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(encoded.data()));
    z_.avail_in = static_cast<uInt>(encoded.size());
    z_.next_out = reinterpret_cast<Bytef*>(out);
    z_.avail_out = static_cast<uInt>(room);
    const int status = inflate(&z_, Z_NO_FLUSH);
    return {state_of(status), encoded.size() - z_.avail_in, room - z_.avail_out};
  }

  // RFC 1952 section 2.2: a gzip file may have several members.
  bool begins_another(std::string_view encoded) override {
    return members_ == Members::kSeveral && encoded.starts_with(kGzipMagic) && inflateReset(&z_) == Z_OK;
  }

 private:
  static State state_of(int status) {
    switch (status) {
      case Z_OK:
      case Z_BUF_ERROR: return State::kGoesOn;
      case Z_STREAM_END: return State::kEnds;
      case Z_MEM_ERROR: return State::kNoMemory;
      default: return State::kBroken;
    }
  }

  const Members members_;
  z_stream z_{};
};

std::unique_ptr<DecoderStream> open(Members members, int window_bits) {
  auto stream = std::make_unique<InflateStream>(members);
  if (!stream->open(window_bits)) return nullptr;
  return stream;
}

}  // namespace

std::unique_ptr<DecoderStream> open_gzip_stream() { return open(Members::kSeveral, kGzipWindow); }

std::unique_ptr<DecoderStream> open_deflate_stream(std::string_view encoded) {
  return open(Members::kOne, has_zlib_header(encoded) ? kZlibWindow : kRawWindow);
}

}  // namespace propylon::http

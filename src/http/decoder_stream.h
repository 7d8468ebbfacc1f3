// One compressed format, as content_decoder.h drives it: bytes in, bytes out, until the format says that it ends.
//
// A stream knows nothing of limits; it may be asked for as few bytes as its caller has room for.
// Thread: caller serialises.
#pragma once
#include <cstddef>
#include <memory>
#include <string_view>

namespace propylon::http {

class DecoderStream {
 public:
  enum class State {
    kGoesOn,          // wants more input, or room for more output
    kEnds,            // complete, its checksum included
    kBroken,          // the bytes are not of this format
    kWindowTooLarge,  // they are, but decoding them takes more memory than is spent on a request
    kNoMemory,
  };
  struct Turn {
    State state = State::kGoesOn;
    std::size_t taken = 0;    // bytes of the input
    std::size_t written = 0;  // bytes of the output
  };

  virtual ~DecoderStream() = default;
  // `room` is 1 or more. A turn that neither takes nor writes anything and goes on lacks input.
  virtual Turn decode(std::string_view encoded, char* out, std::size_t room) = 0;
  // After kEnds: whether these bytes begin a further part, which a body of this format may have. True makes ready for
  // it.
  virtual bool begins_another(std::string_view encoded) = 0;
};

// The largest window of a format: how far back the decoded bytes have to be remembered. The streams grow into it as
// they write.
inline constexpr std::size_t kDeflateWindowBytes = 32 * 1024;
inline constexpr std::size_t kBrotliWindowBytes =
    16 * 1024 * 1024;                                             // RFC 7932 section 9.1; "large windows" are refused
inline constexpr std::size_t kZstdWindowBytes = 8 * 1024 * 1024;  // RFC 9659 section 3

// All are null when there is no memory. `encoded` is the beginning of the body: "deflate" comes in two forms.
std::unique_ptr<DecoderStream> open_gzip_stream();
std::unique_ptr<DecoderStream> open_deflate_stream(std::string_view encoded);
std::unique_ptr<DecoderStream> open_brotli_stream();
std::unique_ptr<DecoderStream> open_zstd_stream();

}  // namespace propylon::http

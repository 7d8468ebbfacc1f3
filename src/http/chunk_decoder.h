// Takes a chunked body apart (RFC 9112 section 7.1) as it arrives.
//
// Every byte is looked at once, however small the chunks and however the input is cut. Chunk extensions and
// trailers are checked, bounded and dropped. Thread: caller serialises.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "http/refusal.h"

namespace propylon::http {

class ChunkDecoder final {
 public:
  enum class Progress : std::uint8_t { kNeedMore, kComplete, kRefused };

  // Of all chunks of a body together: nobody needs more, and each byte of it costs a visit.
  static constexpr std::size_t kExtensionBytesMax = 4096;
  // Of a chunk's size, leading zeros included (RFC 9112 section 7.1 wants large ones anticipated): as many as 64 bits.
  static constexpr std::size_t kSizeDigitsMax = 16;
  static constexpr std::size_t kTrailerBytesMax = 8192;

  // Reads from the front of `input`, appends the chunks' data to `body`, and says in `used` how many bytes of the
  // input it took (all of them unless complete or refused). `body` never grows above body_bytes_max.
  // Refusals: kMalformedHttp, kBodyTooLarge; the connection must close after either.
  Progress decode(std::string_view input, std::size_t& used, std::string& body, std::uint64_t body_bytes_max);

  const Refusal& refusal() const { return refusal_; }

 private:
  enum class State : std::uint8_t {
    kSize,
    kSizeBlank,  // behind the size, before a semicolon
    kExtension,
    kSizeLineFeed,
    kData,
    kDataReturn,
    kDataLineFeed,
    kTrailerStart,
    kTrailerName,
    kTrailerValue,
    kTrailerLineFeed,
    kLastLineFeed,
    kComplete,
  };

  bool step(char c, std::uint64_t space);
  bool step_size(char c);
  bool step_size_blank(char c);
  bool step_extension(char c);
  bool step_trailer(char c);
  bool end_size_line(std::uint64_t space);
  bool expect(char c, char wanted, State next, const char* text);
  bool refuse(const char* text, ErrorCode code = ErrorCode::kMalformedHttp);

  State state_ = State::kSize;
  std::size_t digits_ = 0;  // of the chunk's size
  std::uint64_t left_ = 0;  // of the chunk: its size while it is read, then what is still to come
  std::size_t extension_bytes_ = 0;
  std::size_t trailer_bytes_ = 0;
  Refusal refusal_;
};

}  // namespace propylon::http

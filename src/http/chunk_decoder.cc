#include "http/chunk_decoder.h"

#include <algorithm>

#include "http/characters.h"

namespace propylon::http {
namespace {

// Far above every limit and far below overflow.
constexpr std::uint64_t kChunkBytesMax = std::uint64_t{1} << 56;

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t') || byte == 0x7f;
}

}  // namespace

ChunkDecoder::Progress ChunkDecoder::decode(std::string_view input, std::size_t& used, std::string& body,
                                            std::uint64_t body_bytes_max) {
  used = 0;
  while (used < input.size() && state_ != State::kComplete) {
    if (state_ == State::kData) {
      const auto bytes = static_cast<std::size_t>(std::min<std::uint64_t>(left_, input.size() - used));
      body.append(input.substr(used, bytes));
      used += bytes;
      left_ -= bytes;
      if (left_ == 0) state_ = State::kDataReturn;
    } else if (!step(input[used++], body_bytes_max - body.size())) {
      if (refusal_.code == ErrorCode::kBodyTooLarge) refusal_ = {refusal_.code, refusal_.text, body_bytes_max};
      return Progress::kRefused;
    }
  }
  return state_ == State::kComplete ? Progress::kComplete : Progress::kNeedMore;
}

bool ChunkDecoder::step(char c, std::uint64_t space) {
  switch (state_) {
    case State::kSize: return step_size(c);
    case State::kSizeBlank: return step_size_blank(c);
    case State::kExtension: return step_extension(c);
    case State::kSizeLineFeed:
      return expect(c, '\n', State::kData, "A chunk's size line does not end properly.") && end_size_line(space);
    case State::kDataReturn: return expect(c, '\r', State::kDataLineFeed, "A chunk is longer than its size says.");
    case State::kDataLineFeed: return expect(c, '\n', State::kSize, "A chunk does not end properly.");
    case State::kTrailerStart:
    case State::kTrailerName:
    case State::kTrailerValue: return step_trailer(c);
    case State::kTrailerLineFeed:
      return expect(c, '\n', State::kTrailerStart, "A trailer field does not end properly.");
    case State::kLastLineFeed: return expect(c, '\n', State::kComplete, "The chunked body does not end properly.");
    case State::kData:
    case State::kComplete: break;
  }
  return true;
}

bool ChunkDecoder::step_size(char c) {
  if (const int digit = hex_value(c); digit >= 0) {
    left_ = left_ * 16 + static_cast<std::uint64_t>(digit);
    const bool fits = ++digits_ <= kSizeDigitsMax && left_ <= kChunkBytesMax;
    return fits || refuse("A chunk's size is absurdly large.");
  }
  if (digits_ == 0) return refuse("A chunk does not begin with its size.");
  return step_size_blank(c);
}

// Some clients fill the size up with blanks. What stands behind them must not be taken for a part of the size, nor
// skipped: others may see a number there.
bool ChunkDecoder::step_size_blank(char c) {
  if (c != '\r' && c != ';' && !is_blank(c)) return refuse("A chunk's size is not a hexadecimal number.");
  state_ = c == ';' ? State::kExtension : State::kSizeBlank;
  return step_extension(c);
}

bool ChunkDecoder::step_extension(char c) {
  if (c == '\r') {
    state_ = State::kSizeLineFeed;
    return true;
  }
  if (is_control(c)) return refuse("A chunk extension holds a control character.");
  return ++extension_bytes_ <= kExtensionBytesMax || refuse("The chunk extensions are larger than this server takes.");
}

bool ChunkDecoder::end_size_line(std::uint64_t space) {
  digits_ = 0;
  if (left_ == 0) {
    state_ = State::kTrailerStart;
    return true;
  }
  return left_ <= space || refuse("The body has more bytes than this server takes here.", ErrorCode::kBodyTooLarge);
}

bool ChunkDecoder::step_trailer(char c) {
  if (++trailer_bytes_ > kTrailerBytesMax) return refuse("The trailer fields are larger than this server takes.");
  if (state_ == State::kTrailerValue) {
    if (c == '\r') state_ = State::kTrailerLineFeed;
    return c == '\r' || !is_control(c) || refuse("A trailer field holds a control character.");
  }
  if (state_ == State::kTrailerStart && c == '\r') {
    state_ = State::kLastLineFeed;
    return true;
  }
  if (state_ == State::kTrailerName && c == ':') {
    state_ = State::kTrailerValue;
    return true;
  }
  state_ = State::kTrailerName;
  return is_token_char(c) || refuse("A trailer field is malformed.");
}

bool ChunkDecoder::expect(char c, char wanted, State next, const char* text) {
  if (c != wanted) return refuse(text);
  state_ = next;
  return true;
}

bool ChunkDecoder::refuse(const char* text, ErrorCode code) {
  refusal_ = {code, text};
  return false;
}

}  // namespace propylon::http

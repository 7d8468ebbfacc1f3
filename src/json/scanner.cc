#include "json/scanner.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <bit>

#include "json/utf8.h"

namespace propylon::json {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool ends_plain_text(char c) { return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20; }

// The first quote, backslash or control character at or after p, or end.
const char* find_end_of_plain_text(const char* p, const char* end) {
#if defined(__SSE2__)
  for (; end - p >= 16; p += 16) {
    const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(block, _mm_set1_epi8(0x1F)), block);
    const __m128i quote = _mm_cmpeq_epi8(block, _mm_set1_epi8('"'));
    const __m128i backslash = _mm_cmpeq_epi8(block, _mm_set1_epi8('\\'));
    const int mask = _mm_movemask_epi8(_mm_or_si128(control, _mm_or_si128(quote, backslash)));
    if (mask != 0) return p + std::countr_zero(static_cast<unsigned>(mask));
  }
#endif
  while (p < end && !ends_plain_text(*p)) ++p;
  return p;
}

}  // namespace

bool Scanner::scalar() {
  switch (*at_) {
    case '"': return string();
    case 't': return word("true");
    case 'f': return word("false");
    case 'n': return word("null");
    default: return number();
  }
}

bool Scanner::string() {
  ++at_;
  for (;;) {
    at_ = find_end_of_plain_text(at_, end_);
    if (take('"')) return true;
    if (!take('\\') || !escape()) return false;
  }
}

bool Scanner::escape() {
  if (at_ == end_) return false;
  if (std::string_view("\"\\/bfnrt").contains(*at_)) {
    ++at_;
    return true;
  }
  if (!take('u')) return false;
  for (int i = 0; i < 4; ++i, ++at_) {
    if (at_ == end_ || !is_hex(*at_)) return false;
  }
  return true;
}

bool Scanner::digits() {
  const char* const start = at_;
  while (at_ != end_ && is_digit(*at_)) ++at_;
  return at_ != start;
}

bool Scanner::number() {
  take('-');
  // Nothing may follow a leading zero: "01" is a fault at the 1, found by whoever looks for what comes next.
  if (!take('0') && !digits()) return false;
  if (take('.') && !digits()) return false;
  if (take('e') || take('E')) {
    if (!take('+')) take('-');
    return digits();
  }
  return true;
}

bool Scanner::word(std::string_view expected) {
  for (const char c : expected) {
    if (!take(c)) return false;
  }
  return true;
}

Error scan_error(const Scanner& scanner) {
  const std::string where = " at byte " + std::to_string(scanner.offset());
  const std::string why = scanner.fault() == Fault::kDepth ? "It is nested too deeply"
                          : scanner.at_end()               ? "It ends too early"
                          : scanner.at_byte_order_mark()   ? "It has a byte order mark, which is not valid JSON,"
                                                           : "It is not valid JSON";
  return {ErrorCode::kInvalidJson, why + where, {}, 0};
}

Error wrong_type_error(char first, std::string_view wanted, std::size_t offset) {
  const auto what = [first] {
    switch (first) {
      case '{': return "a JSON object";
      case '[': return "a JSON array";
      case '"': return "a JSON string";
      case 't':
      case 'f': return "a JSON boolean";
      case 'n': return "null";
      default: return "a JSON number";
    }
  };
  return {ErrorCode::kInvalidRequest,
          std::string("It is ") + what() + " where " + std::string(wanted) + " is wanted, at byte " +
              std::to_string(offset),
          {},
          0};
}

Error utf8_error(std::string_view text) {
  return {ErrorCode::kInvalidJson, "It is not valid UTF-8 at byte " + std::to_string(valid_utf8_prefix(text)), {}, 0};
}

}  // namespace propylon::json

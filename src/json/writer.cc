#include "json/writer.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <array>
#include <bit>
#include <charconv>
#include <cmath>

#include "core/assert.h"
#include "json/utf8.h"

namespace propylon::json {
namespace {

constexpr char kHex[] = "0123456789abcdef";

// 0xE2 begins U+2028 and U+2029 and many harmless characters: worth a second look.
constexpr std::array<bool, 256> make_special() {
  std::array<bool, 256> special{};
  for (std::size_t i = 0; i < 0x20; ++i) special[i] = true;
  for (const char c : {'"', '\\', '<', '>', '&'}) special[static_cast<unsigned char>(c)] = true;
  special[0xE2] = true;
  return special;
}
constexpr auto kSpecial = make_special();

// The first byte at or after p that wants a look, or end.
const char* find_special(const char* p, const char* end) {
#if defined(__SSE2__)
  const auto equal = [](__m128i block, char c) { return _mm_cmpeq_epi8(block, _mm_set1_epi8(c)); };
  for (; end - p >= 16; p += 16) {
    const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    // The smaller of a byte and 0x1F is the byte itself exactly for control characters.
    __m128i hit = _mm_cmpeq_epi8(_mm_min_epu8(block, _mm_set1_epi8(0x1F)), block);
    hit = _mm_or_si128(hit, _mm_or_si128(equal(block, '"'), equal(block, '\\')));
    // '<' and '>' differ in one bit only.
    hit = _mm_or_si128(hit, equal(_mm_or_si128(block, _mm_set1_epi8(0x02)), '>'));
    hit = _mm_or_si128(hit, _mm_or_si128(equal(block, '&'), equal(block, static_cast<char>(0xE2))));
    if (const int mask = _mm_movemask_epi8(hit)) return p + std::countr_zero(static_cast<unsigned>(mask));
  }
#endif
  while (p < end && !kSpecial[static_cast<unsigned char>(*p)]) ++p;
  return p;
}

void append_control(std::string& out, char c) {
  const auto byte = static_cast<unsigned char>(c);
  const char escaped[6] = {'\\', 'u', '0', '0', kHex[byte >> 4], kHex[byte & 15]};
  out.append(escaped, sizeof escaped);
}

// Escapes what stands at p, if it must be; gives where to go on.
const char* append_special(std::string& out, const char* p, const char* end) {
  switch (*p) {
    case '"': out.append("\\\""); return p + 1;
    case '\\': out.append("\\\\"); return p + 1;
    case '\n': out.append("\\n"); return p + 1;
    case '\r': out.append("\\r"); return p + 1;
    case '\t': out.append("\\t"); return p + 1;
    case static_cast<char>(0xE2):
      if (end - p >= 3 && p[1] == static_cast<char>(0x80) && (p[2] | 1) == static_cast<char>(0xA9)) {
        out.append(p[2] == static_cast<char>(0xA8) ? "\\u2028" : "\\u2029");
        return p + 3;
      }
      out.push_back(*p);
      return p + 1;
    default: append_control(out, *p); return p + 1;
  }
}

}  // namespace

void append_escaped(std::string& out, std::string_view utf8) {
  const char* p = utf8.data();
  const char* const end = p + utf8.size();
  while (p < end) {
    const char* const stop = find_special(p, end);
    out.append(p, stop);
    if (stop == end) return;
    p = append_special(out, stop, end);
  }
}

Writer& Writer::key(std::string_view name) {
  separate();
  out_.push_back('"');
  append_escaped(out_, name);
  out_.append("\":");
  comma_ = false;
  return *this;
}

Writer& Writer::string(std::string_view utf8) {
  separate();
  out_.push_back('"');
  append_escaped(out_, utf8);
  out_.push_back('"');
  return *this;
}

Writer& Writer::text(std::string_view bytes) {
  return valid_utf8(bytes) ? string(bytes) : string(latin1_to_utf8(bytes));
}

Writer& Writer::number(double value) {
  PPL_ASSERT(std::isfinite(value));
  char digits[32];
  const auto [end, error] = std::to_chars(digits, digits + sizeof digits, value);
  PPL_ASSERT(error == std::errc());
  return raw({digits, static_cast<std::size_t>(end - digits)});
}

Writer& Writer::raw(std::string_view json) {
  separate();
  out_.append(json);
  return *this;
}

Writer& Writer::append_number(std::int64_t value) {
  char digits[24];
  const auto [end, error] = std::to_chars(digits, digits + sizeof digits, value);
  PPL_ASSERT(error == std::errc());
  return raw({digits, static_cast<std::size_t>(end - digits)});
}

Writer& Writer::append_number(std::uint64_t value) {
  char digits[24];
  const auto [end, error] = std::to_chars(digits, digits + sizeof digits, value);
  PPL_ASSERT(error == std::errc());
  return raw({digits, static_cast<std::size_t>(end - digits)});
}

}  // namespace propylon::json

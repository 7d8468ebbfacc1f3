// The character classes of RFC 9110 and the scan for the end of a line.
#pragma once
#include <emmintrin.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/ascii.h"

namespace propylon::http {

namespace characters_detail {

constexpr std::array<bool, 256> token_table() {
  std::array<bool, 256> table{};
  for (unsigned c = '0'; c <= '9'; ++c) table[c] = true;
  for (unsigned c = 'a'; c <= 'z'; ++c) table[c] = table[c - 0x20] = true;
  for (const char c : std::string_view("!#$%&'*+-.^_`|~")) table[static_cast<unsigned char>(c)] = true;
  return table;
}
inline constexpr auto kToken = token_table();

}  // namespace characters_detail

// RFC 9110 section 5.6.2: what names of methods and fields are made of.
constexpr bool is_token_char(char c) { return characters_detail::kToken[static_cast<unsigned char>(c)]; }
constexpr bool is_token(std::string_view text) {
  for (const char c : text) {
    if (!is_token_char(c)) return false;
  }
  return !text.empty();
}

// Visible ASCII: 0x21 to 0x7e.
constexpr bool is_visible(char c) { return c > 0x20 && c < 0x7f; }
// 0 to 15, or -1.
constexpr int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  const char lower = to_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// Calls `each` with the non-empty elements of a comma-separated list (RFC 9110 section 5.6.1), trimmed.
template <class Each>
constexpr void for_each_element(std::string_view list, Each each) {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    const std::string_view element = trim_blanks(list.substr(0, comma));
    if (!element.empty()) each(element);
    if (comma == std::string_view::npos) return;
    list.remove_prefix(comma + 1);
  }
}

// 0xff where a byte is a control character or a tab (0x00-0x1f, 0x7f).
inline __m128i controls_of(__m128i bytes) {
  const __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes);
  return _mm_or_si128(low, _mm_cmpeq_epi8(bytes, _mm_set1_epi8(0x7f)));
}

inline __m128i load_16(const char* at) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at)); }

// Place of the first control character other than a tab (0x00-0x1f, 0x7f) at or after `from`; text.size() when
// there is none. 32 bytes at a time, as tokens are long; SSE2 is part of every x86-64.
inline std::size_t find_control(std::string_view text, std::size_t from) {
  std::size_t at = from;
  while (text.size() - at >= 32) {
    const __m128i first = controls_of(load_16(text.data() + at));
    const __m128i second = controls_of(load_16(text.data() + at + 16));
    if (_mm_movemask_epi8(_mm_or_si128(first, second)) == 0) {
      at += 32;
      continue;
    }
    const auto mask = static_cast<unsigned>(_mm_movemask_epi8(first)) | static_cast<unsigned>(_mm_movemask_epi8(second))
                                                                            << 16;
    at += static_cast<std::size_t>(__builtin_ctz(mask));
    if (text[at] != '\t') return at;
    ++at;
  }
  for (; at < text.size(); ++at) {
    const auto c = static_cast<unsigned char>(text[at]);
    if ((c < 0x20 && c != '\t') || c == 0x7f) return at;
  }
  return at;
}

// Whether every byte is visible ASCII (0x21 to 0x7e): what a request target is made of.
inline bool all_visible(std::string_view text) {
  const __m128i first = _mm_set1_epi8(0x21);
  const __m128i span = _mm_set1_epi8(0x7e - 0x21);
  std::size_t at = 0;
  for (; text.size() - at >= 16; at += 16) {
    const __m128i bytes = _mm_sub_epi8(load_16(text.data() + at), first);
    if (_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(bytes, span), bytes)) != 0xffff) return false;
  }
  for (; at < text.size(); ++at) {
    if (!is_visible(text[at])) return false;
  }
  return true;
}

// How many letters and hyphens stand at the front, counted in whole blocks of 16 bytes: what lies behind is for the
// caller to look at byte by byte. Nearly every field name ends within the first two blocks.
inline std::size_t leading_name_chars(std::string_view text) {
  const __m128i hyphen = _mm_set1_epi8('-');
  const __m128i case_bit = _mm_set1_epi8(0x20);
  const __m128i a = _mm_set1_epi8('a');
  const __m128i span = _mm_set1_epi8('z' - 'a');
  std::size_t at = 0;
  for (; text.size() - at >= 16; at += 16) {
    const __m128i bytes = load_16(text.data() + at);
    const __m128i letters = _mm_sub_epi8(_mm_or_si128(bytes, case_bit), a);
    const __m128i good =
        _mm_or_si128(_mm_cmpeq_epi8(_mm_min_epu8(letters, span), letters), _mm_cmpeq_epi8(bytes, hyphen));
    const auto bad = static_cast<unsigned>(_mm_movemask_epi8(good)) ^ 0xffffU;
    if (bad != 0) return at + static_cast<std::size_t>(__builtin_ctz(bad));
  }
  return at;
}

}  // namespace propylon::http

// Blanks, digits, and letters in any case, of ASCII alone.
#pragma once
#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace propylon {

constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

// Whether eight bytes (or four) are equal but for the case of letters; `lower` holds none in upper case and only ASCII.
// Two bytes may differ in bit 5 alone, and only where `lower` has a letter: a..z is what reaches bit 7 by adding 0x1f
// and not by adding 5.
template <std::unsigned_integral Word>
constexpr bool equals_lower_word(Word text, Word lower) {
  constexpr Word kOnes = static_cast<Word>(0x0101010101010101ull);
  const Word letters = static_cast<Word>((lower + kOnes * 0x1f) & ~(lower + kOnes * 0x05) & (kOnes * 0x80)) >> 2;
  return ((text ^ lower) & static_cast<Word>(~letters)) == 0;
}

template <std::unsigned_integral Word>
inline bool equals_lower_at(std::string_view text, std::string_view lower, std::size_t at) {
  Word a;
  Word b;
  std::memcpy(&a, text.data() + at, sizeof a);
  std::memcpy(&b, lower.data() + at, sizeof b);
  return equals_lower_word(a, b);
}

// Compares in any letter case; `lower` is in lower case and ASCII. Word by word, the last one overlapping: field names
// and path words are compared a dozen times in each request.
constexpr bool equals_lower(std::string_view text, std::string_view lower) {
  const std::size_t size = text.size();
  if (size != lower.size()) return false;
  if !consteval {
    if (size >= 8) {
      for (std::size_t i = 0; i + 8 < size; i += 8) {
        if (!equals_lower_at<std::uint64_t>(text, lower, i)) return false;
      }
      return equals_lower_at<std::uint64_t>(text, lower, size - 8);
    }
    if (size >= 4) {
      return equals_lower_at<std::uint32_t>(text, lower, 0) && equals_lower_at<std::uint32_t>(text, lower, size - 4);
    }
  }
  for (std::size_t i = 0; i < size; ++i) {
    if (to_lower(text[i]) != lower[i]) return false;
  }
  return true;
}

// Compares in any letter case of either; byte by byte, for what is seldom compared.
constexpr bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return to_lower(x) == to_lower(y); });
}

// Without the blanks at both ends.
constexpr std::string_view trim_blanks(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace propylon

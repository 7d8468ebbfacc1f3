// How long a text is for minLength and maxLength.
#pragma once
#include <cstdint>
#include <cstring>
#include <string_view>

namespace propylon::schema::json_schema {

// Characters (code points) of a text on a tape: UTF-8, behind whose start and end eight bytes may be read.
inline std::uint64_t code_points(std::string_view text) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  std::uint64_t continuations = 0;
  for (std::size_t at = 0; at < text.size(); at += sizeof(std::uint64_t)) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + at, sizeof(word));
    const std::size_t left = text.size() - at;
    if (left < sizeof(word)) word &= (std::uint64_t{1} << 8 * left) - 1;
    // The highest bit of each byte 10xxxxxx; the product adds them up in its highest byte.
    continuations += ((word & ~(word << 1)) >> 7 & kOnes) * kOnes >> 56;
  }
  return text.size() - continuations;
}

}  // namespace propylon::schema::json_schema

// Numbers as they stand in paths, queries and names: decimal digits and nothing else.
#pragma once
#include <charconv>
#include <concepts>
#include <optional>
#include <string_view>

namespace propylon {

// The number when the whole text is one from 1 on that fits; zeros may stand in front. No sign, no blanks.
template <std::unsigned_integral Number>
std::optional<Number> decimal_from_one(std::string_view text) {
  Number number = 0;
  const char* const text_end = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), text_end, number);
  if (error != std::errc() || end != text_end || number == 0) return std::nullopt;
  return number;
}

}  // namespace propylon

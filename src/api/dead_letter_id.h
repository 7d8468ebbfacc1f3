// What names a dead letter in a path and in a list.
#pragma once
#include <charconv>
#include <optional>
#include <string_view>

#include "core/ids.h"

namespace propylon::api {

// Empty when it is none that was ever given out: not a number from 1 on.
inline std::optional<Sequence> dead_letter_id(std::string_view text) {
  Sequence id;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id.value);
  if (error != std::errc() || end != text.data() + text.size() || id.value == 0) return std::nullopt;
  return id;
}

}  // namespace propylon::api

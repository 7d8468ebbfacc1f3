// The text that a JSON string stands for.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace propylon::json {

// `inside` is what stands between the quotes of a string that a Scanner has passed. Empty optional for half of a
// surrogate pair, which has no UTF-8 form.
std::optional<std::string> unescape(std::string_view inside);

}  // namespace propylon::json

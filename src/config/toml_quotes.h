// Finds what no TOML may hold, before the parser sees it.
//
// toml++ 3.3 meets letters outside of ASCII that stand outside of quotes and comments with an assertion or undefined
// behaviour, which fuzzing showed.
#pragma once
#include <cstddef>
#include <optional>
#include <string_view>

namespace propylon::config {

// The line (1 based) of the first byte outside of ASCII that stands neither in a string nor in a comment. A byte order
// mark at the very start is none.
std::optional<std::size_t> line_of_stray_letter(std::string_view toml);

}  // namespace propylon::config

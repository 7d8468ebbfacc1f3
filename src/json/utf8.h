// Whether bytes are UTF-8, and Latin-1 as UTF-8.
#pragma once
#include <string>
#include <string_view>

namespace propylon::json {

// Strict: no overlong forms, no surrogates, nothing above U+10FFFF. Several GB/s.
bool valid_utf8(std::string_view bytes);

// Each byte read as one ISO 8859-1 character; at most twice as long.
std::string latin1_to_utf8(std::string_view bytes);

}  // namespace propylon::json

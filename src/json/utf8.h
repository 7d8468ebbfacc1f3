// Whether bytes are UTF-8, and Latin-1 as UTF-8.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace propylon::json {

// Strict: no overlong forms, no surrogates, nothing above U+10FFFF. Several GB/s.
bool valid_utf8(std::string_view bytes);

// How many bytes from the start are valid; the position of the first fault, for messages. Byte by byte.
std::size_t valid_utf8_prefix(std::string_view bytes);

// Each byte read as one ISO 8859-1 character; at most twice as long.
std::string latin1_to_utf8(std::string_view bytes);

}  // namespace propylon::json

#include "json/utf8.h"

#include <simdjson.h>

namespace propylon::json {

bool valid_utf8(std::string_view bytes) { return simdjson::validate_utf8(bytes.data(), bytes.size()); }

std::size_t valid_utf8_prefix(std::string_view bytes) {
  std::size_t at = 0;
  while (at < bytes.size()) {
    // A character is its shortest stretch of bytes that is valid; none has more than four.
    std::size_t length = 1;
    while (length <= 4 && at + length <= bytes.size() && !valid_utf8(bytes.substr(at, length))) ++length;
    if (length > 4 || at + length > bytes.size()) return at;
    at += length;
  }
  return at;
}

std::string latin1_to_utf8(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size() + bytes.size() / 4);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      text.push_back(c);
    } else {
      text.push_back(static_cast<char>(0xC0 | (byte >> 6)));
      text.push_back(static_cast<char>(0x80 | (byte & 0x3F)));
    }
  }
  return text;
}

}  // namespace propylon::json

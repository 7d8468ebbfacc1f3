// Base64 as RFC 4648 has it, read strictly: one text for one sequence of bytes.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace propylon::json {

enum class Base64 {
  kStandard,  // section 4: + and /, padded with =
  kUrl,       // section 5: - and _, never padded (the form of RFC 7515)
};

void append_base64(std::string& out, std::string_view bytes, Base64 alphabet);
std::string to_base64(std::string_view bytes, Base64 alphabet);

// Empty optional for a foreign letter (also blanks and line ends), wrong padding or length, and for unused bits that
// are not zero.
std::optional<std::string> from_base64(std::string_view text, Base64 alphabet);

}  // namespace propylon::json

// References between schemas: RFC 3986 resolution, and JSON pointers in fragments (RFC 6901).
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace propylon::schema::json_schema {

// A URI cut before its first '#'.
struct SplitUri {
  std::string_view base;
  std::string_view fragment;  // without the '#'; empty when there is none
};
SplitUri split_fragment(std::string_view uri);

// `reference` against `base` (RFC 3986 section 5.2, strict), fragment included, dot segments removed. A base without a
// hierarchy (urn:...) keeps itself for a reference that is a fragment alone; an empty base gives the reference itself.
std::string resolve_uri(std::string_view base, std::string_view reference);

// Percent escapes replaced by their bytes; what is no escape stays.
std::string percent_decoded(std::string_view text);

// The tokens of a JSON pointer with ~0 and ~1 replaced; "" has none. The pointer is "" or begins with '/'.
std::vector<std::string> pointer_tokens(std::string_view pointer);
// Appends '/' and the token, escaped.
void append_pointer_token(std::string& pointer, std::string_view token);

}  // namespace propylon::schema::json_schema

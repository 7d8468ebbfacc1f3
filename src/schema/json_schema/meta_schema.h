// The meta-schemas, written from the table of keywords: what a definition is checked against, and what a $ref to
// json-schema.org finds. Nothing is fetched.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace propylon::schema::json_schema {

// The text of the meta-schema, or of a vocabulary's part of one, that `uri` names (an empty fragment does not matter);
// empty for any other URI.
std::optional<std::string> meta_schema_text(std::string_view uri);

}  // namespace propylon::schema::json_schema

// How endpoints that read JSON or forms look at a body: by its beginning first, then by its Content-Type.
#pragma once
#include <string_view>

#include "core/bytes.h"

namespace propylon::api {

// The body begins, after a byte order mark and blanks, with `{` or `[`: it is JSON, whatever its type says (`curl -d`
// sends a form type).
bool looks_like_json(ByteView body);

// application/json or any type that ends in +json, in any letter case, with any parameters; also no type at all.
bool has_json_type_or_none(std::string_view content_type);

// One JSON value on each line: application/x-ndjson, application/ndjson, application/jsonl.
bool has_line_delimited_type(std::string_view content_type);

// application/x-www-form-urlencoded, in any letter case, with any parameters.
bool has_form_type(std::string_view content_type);

}  // namespace propylon::api

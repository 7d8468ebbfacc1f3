// Why a message does not fit its schema, as clients read it: refused produces, validate, dead letters.
#pragma once
#include <span>

#include "schema/compiled_schema.h"

namespace propylon::json {
class Writer;
}

namespace propylon::api {

// [{"pointer":"/user/age","keyword":"minimum","schema_pointer":"/properties/user/properties/age/minimum",
//   "message":"must be >= 0 but found -1"}]
void write_violations(json::Writer& writer, std::span<const schema::Violation> violations);

}  // namespace propylon::api

// A version of a schema in the body of a request.
//
//   {"type":"json","definition":"{\"type\":\"object\"}"|{"type":"object"}|true,"activate":false,"assert_format":true}
#pragma once
#include "core/bytes.h"
#include "core/result.h"
#include "schema/registry/schema_administration.h"

namespace propylon::api {

// A definition that is no string is taken byte for byte as it stands in the body. Whether it compiles is the registry's
// to say. `body` is read during the call; `supported_types` is what a refused type is told.
// Errors: kInvalidJson; kInvalidRequest naming the field (unknown, missing, of the wrong type; a type of schema that
// there is not; "message", which only Protobuf knows).
Result<schema::registry::SchemaDraft> read_schema_body(ByteView body, std::string_view supported_types);

}  // namespace propylon::api

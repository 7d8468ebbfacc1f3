// Makes a Program of the documents in a Library.
#pragma once
#include <expected>
#include <memory>
#include <vector>

#include "schema/compiled_schema.h"
#include "schema/json_schema/library.h"
#include "schema/json_schema/program.h"

namespace propylon::schema::json_schema {

enum class FormatRule : std::uint8_t {
  kByDraft,  // asserted up to draft 7 and where a meta-schema has the vocabulary format-assertion
  kAssert,
  kAnnotate,
};

// Compiles the subschema at `root`. Every fault that can be found is listed, at most kDefinitionFaultsMax.
// The library loads what references need. Time and memory: linear in the subschemas reached.
std::expected<Program, std::vector<DefinitionFault>> compile_program(Library& library, Place root, FormatRule formats);

}  // namespace propylon::schema::json_schema

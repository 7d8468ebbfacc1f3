// Checks a definition against the meta-schema that its $schema names.
#pragma once
#include <vector>

#include "schema/compiled_schema.h"
#include "schema/json_schema/library.h"

namespace propylon::schema::json_schema {

// Everything that the meta-schema refuses, each with its place; empty when nothing is wrong. The meta-schemas of the
// drafts are compiled once for the process. Thread: any.
std::vector<DefinitionFault> check_definition(const Library& library, Place root, const Resolver& resolver);

}  // namespace propylon::schema::json_schema

// References that lead back to the same subschema for the same value.
#pragma once
#include <optional>

#include "schema/json_schema/program.h"

namespace propylon::schema::json_schema {

// A node from which a chain of $ref, allOf, anyOf, oneOf, not, if and dependentSchemas comes back to it. Judging by it
// could go on for ever, so such a schema is refused. $dynamicRef is left to the bound on depth when messages are
// judged.
std::optional<NodeIndex> find_in_place_loop(const Program& program);

// Makes every node that is nothing but a reference an alias of what it refers to. Only without loops.
void resolve_aliases(Program& program);

}  // namespace propylon::schema::json_schema

// The entrance to JSON Schema: makes a CompiledSchema of a definition.
#pragma once
#include <expected>
#include <memory>
#include <string_view>
#include <vector>

#include "schema/compiled_schema.h"
#include "schema/json_schema/compiler.h"

namespace propylon::schema::json_schema {

struct CompileOptions {
  FormatRule formats = FormatRule::kByDraft;
  Resolver resolver;  // for tests; without one a reference to another document is a fault
};

// Drafts 4, 6, 7, 2019-09 and 2020-12 by `$schema`, 2020-12 without it. The definition is checked against its
// meta-schema first. Faults are never empty on failure: text that is no JSON, a definition beyond limits.h, each place
// that the meta-schema refuses, references that lead nowhere, regular expressions that cannot be matched in linear
// time. Time: milliseconds for what people write, bounded by limits.h; do not call it on an I/O loop. Thread: any.
std::expected<std::shared_ptr<const CompiledSchema>, std::vector<DefinitionFault>> compile_json_schema(
    std::string_view definition, const CompileOptions& options = {});

}  // namespace propylon::schema::json_schema

#include "schema/json_schema/json_schema_compiler.h"

#include "core/assert.h"
#include "schema/json_schema/compile.h"

namespace propylon::schema::json_schema {
namespace {

FormatRule rule_of(const DefinitionOptions& options) {
  if (!options.assert_format) return FormatRule::kByDraft;
  return *options.assert_format ? FormatRule::kAssert : FormatRule::kAnnotate;
}

}  // namespace

bool JsonSchemaCompiler::supports(SchemaType type) const { return type == SchemaType::kJson; }

std::expected<std::shared_ptr<const CompiledSchema>, std::vector<DefinitionFault>> JsonSchemaCompiler::compile(
    SchemaType type, std::string_view definition, const DefinitionOptions& options) const {
  PPL_ASSERT(supports(type));
  return compile_json_schema(definition, {.formats = rule_of(options), .resolver = {}});
}

}  // namespace propylon::schema::json_schema

// JSON Schema as the registry of schemas knows a language.
#pragma once
#include "schema/compiler.h"

namespace propylon::schema::json_schema {

// Supports SchemaType::kJson alone. References to other documents are faults. Thread: any.
class JsonSchemaCompiler final : public Compiler {
 public:
  bool supports(SchemaType type) const override;
  std::expected<std::shared_ptr<const CompiledSchema>, std::vector<DefinitionFault>> compile(
      SchemaType type, std::string_view definition, const DefinitionOptions& options) const override;
};

}  // namespace propylon::schema::json_schema

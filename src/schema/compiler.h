// What the registry of schemas asks of the languages that they are written in.
//
// schema/json_schema/json_schema_compiler.h is the real one; tests make their own.
#pragma once
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schema/compiled_schema.h"
#include "schema/schema_type.h"

namespace propylon::schema {

// What a definition is compiled with, beside its text.
struct DefinitionOptions {
  std::optional<bool> assert_format{};  // JSON Schema: whether `format` must hold; absent: as its draft says
  friend bool operator==(const DefinitionOptions&, const DefinitionOptions&) = default;
};

// Thread: any.
class Compiler {
 public:
  virtual ~Compiler() = default;
  // Whether compile() may be asked for this type.
  virtual bool supports(SchemaType type) const = 0;
  // Takes milliseconds for what people write, and a bounded time for everything else: do not call it on an I/O loop.
  // The faults are never empty. The definition is not needed afterwards.
  virtual std::expected<std::shared_ptr<const CompiledSchema>, std::vector<DefinitionFault>> compile(
      SchemaType type, std::string_view definition, const DefinitionOptions& options) const = 0;
};

// Their names, as a refusal lists them: "json, avro".
inline std::string supported_types(const Compiler& compiler) {
  std::string names;
  for (std::size_t i = 0; i < kSchemaTypes; ++i) {
    const auto type = static_cast<SchemaType>(i);
    if (!compiler.supports(type)) continue;
    if (!names.empty()) names += ", ";
    names += to_string(type);
  }
  return names;
}

}  // namespace propylon::schema

#include "schema/registry/options.h"

namespace propylon::schema::registry {

OptionDescriptions describe(Options& options) {
  return {
      describe_number("schemas_max", options.schemas_max, 1, 1'000'000, "Schemas of all accounts together."),
      describe_number("schema_definitions_bytes_max", options.schema_definitions_bytes_max, 1 * kMiB, 1ull << 40,
                      "Bytes of the definitions of all versions of all schemas together; they are kept in memory."),
      describe_number(
          "compiled_schemas_bytes_max", options.compiled_schemas_bytes_max, 1 * kMiB, 1ull << 40,
          "Bytes of memory, roughly, of the schemas that are kept compiled; the one that was loaded last is "
          "kept in any case."),
  };
}

}  // namespace propylon::schema::registry

// Messages from strangers, judged by schemas that use every family of keywords: the quick way over simdjson, the slow
// way over our own tape, and the collection of violations agree.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/assert.h"
#include "schema/json_schema/compile.h"
#include "schema/json_schema/limits.h"
#include "schema/json_schema/message_reader.h"
#include "schema/json_schema/tape_builder.h"
#include "schema/json_schema/value.h"

using namespace propylon;
using namespace propylon::schema;

namespace {

constexpr std::string_view kDefinitions[] = {
    "true",
    R"({"type":"object","required":["a","b"],"properties":{"a":{"type":"integer","minimum":0,"maximum":9},
        "b":{"enum":["x","y",1.5,null]},"c":{"minLength":2,"maxLength":3}},"additionalProperties":false,
        "propertyNames":{"maxLength":4}})",
    R"({"patternProperties":{"^a":{"type":"number","multipleOf":0.01},"z$":{"format":"date"}},"minProperties":1,
        "maxProperties":3,"dependentRequired":{"a":["b"]},"dependentSchemas":{"c":{"required":["d"]}}})",
    R"({"$id":"urn:tree","$ref":"#/$defs/tree","$defs":{"tree":{"type":["array","object","number","null"],"uniqueItems":true,
        "items":{"$ref":"#/$defs/tree"},"additionalProperties":{"$ref":"#/$defs/tree"},"maxItems":5}}})",
    R"({"anyOf":[{"type":"string","pattern":"^(a|b)*c"},{"properties":{"a":true}},{"prefixItems":[true]}],
        "unevaluatedProperties":{"type":"number"},"unevaluatedItems":false,"not":{"const":{"a":[1,2]}}})",
    R"({"oneOf":[{"contains":{"type":"integer"},"minContains":2,"maxContains":3},{"items":{"type":"string"}}],
        "if":{"type":"array"},"then":{"minItems":1},"else":false})",
    R"({"$id":"urn:formats","$schema":"http://json-schema.org/draft-07/schema#","items":[{"format":"ipv6"},{"format":"email"},
        {"format":"date-time"},{"format":"uri"},{"format":"regex"},{"format":"idn-hostname"},{"format":"uri-template"}],
        "additionalItems":{"exclusiveMinimum":-1.5}})",
};

using Schemas = std::vector<std::shared_ptr<const CompiledSchema>>;

Schemas compile_all(const std::string& before, const std::string& behind) {
  Schemas made;
  for (const auto definition : kDefinitions) {
    // A definition of another draft does not fit the meta-schema of what is around it.
    if (!before.empty() && definition.find("$schema") != std::string_view::npos) continue;
    auto one = json_schema::compile_json_schema(before + std::string(definition) + behind);
    PPL_ASSERT(one);
    made.push_back(*std::move(one));
  }
  return made;
}

const Schemas& schemas() {
  static const Schemas compiled = compile_all("", "");
  return compiled;
}

// Each for the first item of an array.
const Schemas& wrapped_schemas() {
  static const Schemas compiled = compile_all(R"({"prefixItems":[)", R"(,{"type":"number"}],"maxItems":2})");
  return compiled;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view message(reinterpret_cast<const char*>(data), size);
  static Scratch scratch;
  static json_schema::MessageReader reader;
  const auto own = json_schema::build_tape(message, json_schema::kMessageDepthMax);
  if (const auto quick = reader.read(message)) {
    PPL_ASSERT(own);
    if (!json_schema::has_repeated_names(*quick, quick->root())) {
      std::uint64_t steps = UINT64_MAX;
      PPL_ASSERT(json_schema::equal_values(*quick, quick->root(), own->view(), 0, steps));
    }
  }
  if (own) PPL_ASSERT(!json_schema::has_repeated_names(own->view(), 0));
  // Two wrappings of the message that differ in a number which simdjson refuses, so that one is judged the slow way.
  const std::string quick_text = "[" + std::string(message) + ",1e9]",
                    slow_text = "[" + std::string(message) + ",1e999]";
  for (const auto& schema : wrapped_schemas()) {
    PPL_ASSERT(schema->accepts(quick_text, scratch) == schema->accepts(slow_text, scratch));
  }
  for (const auto& schema : schemas()) {
    const bool accepted = schema->accepts(message, scratch);
    const auto violations = schema->violations(message, scratch);
    PPL_ASSERT(accepted == violations.empty());
    if (!accepted) PPL_ASSERT((violations.front().keyword == "json") == !own);
  }
  return 0;
}

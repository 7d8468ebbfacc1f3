// Definitions from strangers: compiled or refused with a place and a sentence, and what compiles judges every message
// the same way whether it is asked for a verdict or for the violations.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/assert.h"
#include "schema/json_schema/compile.h"

using namespace propylon;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view definition(reinterpret_cast<const char*>(data), size);
  static schema::Scratch scratch;
  const auto compiled = schema::json_schema::compile_json_schema(definition);
  if (!compiled) {
    PPL_ASSERT(!compiled.error().empty());
    for (const auto& fault : compiled.error()) PPL_ASSERT(!fault.message.empty());
    return 0;
  }
  constexpr std::string_view kMessages[] = {"null",
                                            "true",
                                            "0",
                                            "-1.5",
                                            "12345678901234567890123",
                                            "\"\"",
                                            "\"a\"",
                                            "[]",
                                            "[1,1,\"a\",null]",
                                            "{}",
                                            R"({"a":1,"b":{"a":"x"},"c":[{}]})",
                                            R"({"a":1,"a":"x"})"};
  // The definition is a message too: one that looks like what it describes.
  for (const std::string_view message : kMessages)
    PPL_ASSERT((*compiled)->accepts(message, scratch) == (*compiled)->violations(message, scratch).empty());
  PPL_ASSERT((*compiled)->accepts(definition, scratch) == (*compiled)->violations(definition, scratch).empty());
  return 0;
}

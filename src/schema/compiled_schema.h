// A schema that is ready to judge messages, of whatever type; what the produce endpoints hold and call.
//
// A schema is compiled once (for JSON Schema by schema/json_schema/compile.h) and shared by every thread. A message is
// judged in two steps: accepts() says yes or no and allocates nothing for a yes; violations() is asked only after a no.
#pragma once
#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "schema/schema_type.h"

namespace propylon::schema {

// One reason why a message does not fit.
struct Violation {
  std::string pointer;  // where in the message: a JSON pointer, "" for the message as a whole
  std::string keyword;  // which rule of the schema; "json" when the message is no JSON, "limit" when it is too costly
  std::string
      schema_pointer;   // where that rule stands, through references as they were followed ("/properties/a/$ref/type")
  std::string message;  // what is wrong; values longer than a line are shortened
};

// One reason why a definition cannot be compiled.
struct DefinitionFault {
  std::string pointer;  // where in the definition: a JSON pointer
  std::string message;  // a full sentence
};

// What one type of schema keeps between messages.
class ScratchPart {
 public:
  virtual ~ScratchPart() = default;
};

// Memory that is used again for every message: parsers and their buffers. One serves the schemas of all types; it keeps
// at most a few MB. Thread: one at a time, so each thread that judges has its own.
class Scratch final {
 public:
  // The part of a type, made by `make` (which gives a unique_ptr) at the first call.
  template <class Part, class Make>
  Part& part(SchemaType type, Make make) {
    auto& slot = parts_[static_cast<std::size_t>(type)];
    if (!slot) slot = make();
    return static_cast<Part&>(*slot);
  }

 private:
  std::array<std::unique_ptr<ScratchPart>, kSchemaTypes> parts_;
};

// Thread: any, as nothing changes after it was compiled.
class CompiledSchema {
 public:
  virtual ~CompiledSchema() = default;
  virtual SchemaType type() const = 0;
  // Whether the message fits. Never blocks; its work is bounded by a budget, and what exceeds that does not fit.
  virtual bool accepts(std::string_view message, Scratch& scratch) const = 0;
  // Everything that is wrong, at most 100, in the order of the schema. Empty exactly when accepts() is true.
  virtual std::vector<Violation> violations(std::string_view message, Scratch& scratch) const = 0;
  // The text with which the reference reports the first of them, without its `Schema validation has failed: `. For a
  // JSON schema `jsonschema: '/user/age' does not validate with orders#/properties/user/...: must be >= 0 but found
  // -1`. `violations` must not be empty; `name` is that of the schema.
  virtual std::string sentence(const std::vector<Violation>& violations, std::string_view name) const = 0;
  // Bytes of memory that it holds, roughly, for a cache with a bound.
  virtual std::size_t memory_bytes() const = 0;
};

}  // namespace propylon::schema

// Turns messages into tapes with memory that is used again: by simdjson where it can, and otherwise by our own builder.
#pragma once
#include <memory>
#include <optional>
#include <string_view>

#include "schema/compiled_schema.h"
#include "schema/json_schema/evaluation.h"
#include "schema/json_schema/tape.h"

namespace propylon::schema::json_schema {

// The part of a Scratch that JSON schemas use.
class MessageReader final : public ScratchPart {
 public:
  MessageReader();
  ~MessageReader() override;

  // The message as simdjson reads it, until the next call; empty for everything that it refuses, which is more than
  // what is no JSON: numbers that no 64 bits hold, halves of surrogate pairs. Names may be repeated in objects.
  // Allocates only when the message is longer than those before it.
  std::optional<Tape> read(std::string_view message);

  EvaluationMemory& memory() { return memory_; }

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
  EvaluationMemory memory_;
};

}  // namespace propylon::schema::json_schema

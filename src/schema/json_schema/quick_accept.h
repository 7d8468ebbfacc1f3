// The common case of a leaf, settled without running instructions: "a string of 1 to 64 characters", "an integer from
// 0", "one of these words", "a boolean".
#pragma once
#include "schema/json_schema/program.h"

namespace propylon::schema::json_schema {

// Fills the quick parts of every node. For a compiled program, once.
void work_out_quick_accepts(Program& program);

// Whether the value certainly fits. False says nothing.
inline bool quick_accepts(const Program& program, const Node& node, const Tape& tape, Position at) {
  const std::uint8_t type = tape.type_bits(at);
  if ((node.quick_types & type) == 0) return false;
  if (type == kStringBit) {
    const std::string_view text = tape.text(at);
    if (text.size() < node.bytes_min || text.size() > node.bytes_max) return false;
    return node.string_set == Node::kNoSet || program.string_sets[node.string_set].find(text) != NameTable::kNone;
  }
  if (type != kNumberBit) return true;
  switch (tape.tag(at)) {
    case 'l': return tape.signed_number(at) >= node.signed_min && tape.signed_number(at) <= node.signed_max;
    case 'd': return tape.double_number(at) >= node.double_min && tape.double_number(at) <= node.double_max;
    default: return false;
  }
}

}  // namespace propylon::schema::json_schema

// The common case of a leaf, settled without running instructions: "a string of 1 to 64 characters", "an integer from
// 0", "one of these words", "a boolean".
#pragma once
#include <cstdint>
#include <string_view>

#include "schema/json_schema/characters.h"
#include "schema/json_schema/program.h"

namespace propylon::schema::json_schema {

// Fills the quick parts of every node. For a compiled program, once.
void work_out_quick_accepts(Program& program);

inline bool has_characters(std::string_view text, std::uint64_t least) {
  return text.size() >= least && code_points(text) >= least;
}

inline bool quick_accepts_string(const Program& program, const Node& node, const Tape& tape, Position at) {
  const std::string_view text = tape.text(at);
  if (text.size() > node.bytes_max) return false;
  if (text.size() < node.bytes_min && !has_characters(text, node.characters_min)) return false;
  return node.string_set == Node::kNoSet || program.string_sets[node.string_set].find(tape.raw_text(at)) != nullptr;
}

// Whether the value certainly fits; false says nothing. `next` becomes the position behind the value either way.
//
// Branches give that position, not Tape::next()'s table: messages of one station have the same types at the same
// places, so the processor guesses the branch and goes on, where it would wait for the table.
inline bool quick_accepts(const Program& program, const Node& node, const Tape& tape, Position at, Position& next) {
  const std::uint64_t word = tape.word(at);
  const std::uint8_t types = node.quick_types;
  next = at + 1;
  switch (static_cast<char>(word >> 56)) {
    case '"': return (types & kStringBit) != 0 && quick_accepts_string(program, node, tape, at);
    case 't':
    case 'f': return (types & kBooleanBit) != 0;
    case 'n': return (types & kNullBit) != 0;
    case 'l':
      next = at + 2;
      return (types & kNumberBit) != 0 && tape.signed_number(at) >= node.signed_min &&
             tape.signed_number(at) <= node.signed_max;
    case 'd':
      next = at + 2;
      return (types & kNumberBit) != 0 && tape.double_number(at) >= node.double_min &&
             tape.double_number(at) <= node.double_max;
    case '{': next = static_cast<Position>(word); return (types & kObjectBit) != 0;
    case '[': next = static_cast<Position>(word); return (types & kArrayBit) != 0;
    default: next = tape.next(at); return false;
  }
}

}  // namespace propylon::schema::json_schema

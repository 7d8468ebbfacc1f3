#include "schema/json_schema/quick_accept.h"

#include <algorithm>

namespace propylon::schema::json_schema {
namespace {

constexpr std::uint64_t kBytesOfCharacter = 4;  // at most, in UTF-8

// Narrows the quick test of a string or a number by one instruction; the types that the instruction leaves to itself.
std::uint8_t narrow(Program& program, Node& node, const Instruction& instruction) {
  constexpr std::uint64_t kMost = UINT32_MAX;
  switch (instruction.op) {
    case Op::kMinLength:
      // So many bytes are certainly enough characters.
      node.bytes_min = static_cast<std::uint32_t>(
          std::max<std::uint64_t>(node.bytes_min, std::min(instruction.value, kMost / 4) * kBytesOfCharacter));
      if (instruction.value <= 1) node.bytes_min = static_cast<std::uint32_t>(instruction.value);
      return 0;
    case Op::kMaxLength:
      node.bytes_max = static_cast<std::uint32_t>(std::min<std::uint64_t>(node.bytes_max, instruction.value));
      return 0;
    case Op::kMinimum:
    case Op::kMaximum: {
      const Bound& bound = program.bounds[instruction.index];
      if (!bound.is_signed) return kNumberBit;
      if (instruction.op == Op::kMinimum) node.signed_min = bound.number;
      if (instruction.op == Op::kMaximum) node.signed_max = bound.number;
      return 0;
    }
    case Op::kEnum: {
      const ValueSet& set = program.sets[instruction.index];
      std::vector<std::string> words;
      for (const Position value : set.values) {
        if (set.tape.is_string(value)) words.emplace_back(set.tape.text(value));
      }
      std::ranges::sort(words);
      words.erase(std::ranges::unique(words).begin(), words.end());
      if (words.empty()) return 0xFF;
      node.string_set = static_cast<std::uint32_t>(program.string_sets.size());
      program.string_sets.emplace_back().build(words);
      return static_cast<std::uint8_t>(~kStringBit);
    }
    case Op::kPattern:
    case Op::kFormat: return kStringBit;
    case Op::kExclusiveMinimum:
    case Op::kExclusiveMaximum:
    case Op::kMultipleOf: return kNumberBit;
    case Op::kObject:
    case Op::kDependentRequired:
    case Op::kDependentSchema:
    case Op::kUnevaluatedProperties: return kObjectBit;
    case Op::kMinItems:
    case Op::kMaxItems:
    case Op::kUniqueItems:
    case Op::kItems:
    case Op::kContains:
    case Op::kUnevaluatedItems: return kArrayBit;
    case Op::kConst:
    case Op::kRef:
    case Op::kRecursiveRef:
    case Op::kDynamicRef:
    case Op::kNot:
    case Op::kAllOf:
    case Op::kAnyOf:
    case Op::kOneOf:
    case Op::kIf: return 0xFF;
  }
  return 0xFF;
}

}  // namespace

void work_out_quick_accepts(Program& program) {
  for (Node& node : program.nodes) {
    if (node.refuses) continue;
    // What has tag 'l' is an integer, and it is all that the quick test takes of numbers.
    unsigned types = node.types;
    if ((types & kIntegerBit) != 0) types |= kNumberBit;
    for (std::uint32_t i = node.begin; i < node.end; ++i)
      types &= ~unsigned{narrow(program, node, program.instructions[i])};
    node.quick_types = static_cast<std::uint8_t>(types);
  }
}

}  // namespace propylon::schema::json_schema

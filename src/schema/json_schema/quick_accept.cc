#include "schema/json_schema/quick_accept.h"

#include <algorithm>

namespace propylon::schema::json_schema {
namespace {

constexpr std::uint64_t kBytesOfCharacter = 4;  // at most, in UTF-8

// A bound narrows the test of the numbers that have its own form; those of the other form are left to the instruction
// unless the bound means the same there.
void narrow_number(Node& node, const Bound& bound, bool minimum) {
  constexpr std::int64_t kExactInDouble = std::int64_t{1} << 53;
  constexpr double kNever = std::numeric_limits<double>::infinity();
  const bool is_double = bound.tape.tag(bound.at) == 'd';
  const bool exact = bound.is_signed && bound.number <= kExactInDouble && bound.number >= -kExactInDouble;
  const double limit = is_double ? bound.tape.double_number(bound.at) : static_cast<double>(bound.number);
  if (minimum) {
    node.signed_min = bound.is_signed ? bound.number : INT64_MAX;
    node.double_min = is_double || exact ? limit : kNever;
  } else {
    node.signed_max = bound.is_signed ? bound.number : INT64_MIN;
    node.double_max = is_double || exact ? limit : -kNever;
  }
}

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
      narrow_number(node, program.bounds[instruction.index], instruction.op == Op::kMinimum);
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
    unsigned types = node.types;
    const bool integers_only = (types & kNumberBit) == 0 && (types & kIntegerBit) != 0;
    if (integers_only) types |= kNumberBit;
    for (std::uint32_t i = node.begin; i < node.end; ++i)
      types &= ~unsigned{narrow(program, node, program.instructions[i])};
    node.quick_types = static_cast<std::uint8_t>(types);
    // Whether a double is an integer has to be looked at.
    if (integers_only) node.double_min = std::numeric_limits<double>::infinity();
  }
}

}  // namespace propylon::schema::json_schema

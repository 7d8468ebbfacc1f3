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
      node.characters_min = instruction.value;
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
      program.string_sets.emplace_back().build(words, std::vector<NoValue>(words.size()));
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

NodeIndex past_aliases(const Program& program, NodeIndex index) {
  while (index != kNoNode && program.nodes[index].alias != kNoNode) index = program.nodes[index].alias;
  return index;
}

// Notes what an instruction says of members; false when it says more than Node can hold.
bool note_object(const Program& program, Node& node, const Instruction& instruction) {
  if (instruction.op != Op::kObject) return false;
  node.quick_object = instruction.index;
  const ObjectPlan& plan = program.objects[instruction.index];
  return plan.only_names_matter && plan.members_min == 0 && plan.members_max == UINT64_MAX;
}

// Notes what an instruction says of items; false when it says more than Node can hold.
bool note_items(const Program& program, Node& node, const Instruction& instruction) {
  if (instruction.op == Op::kMinItems) node.items_min = instruction.value;
  if (instruction.op == Op::kMaxItems) node.items_max = instruction.value;
  if (instruction.op == Op::kMinItems || instruction.op == Op::kMaxItems) return true;
  if (instruction.op != Op::kItems || !program.items[instruction.index].prefix.empty()) return false;
  node.quick_items = past_aliases(program, program.items[instruction.index].rest);
  return true;
}

void build_names(const Program& program, ObjectPlan& plan) {
  const auto judge_of = [&](NodeIndex index) {
    return index == kNoNode ? nullptr : &program.nodes[past_aliases(program, index)];
  };
  plan.judge_of_others = judge_of(plan.additional);
  std::vector<Member> members;
  members.reserve(plan.properties.size());
  for (const Property& property : plan.properties) {
    const NodeIndex judge = property.node == kNoNode ? plan.additional : property.node;
    members.push_back({judge_of(judge), property.required_bit});
  }
  plan.names.build(plan.property_names, members);
}

void work_out(Program& program, Node& node) {
  unsigned types = node.types;
  const bool integers_only = (types & kNumberBit) == 0 && (types & kIntegerBit) != 0;
  if (integers_only) types |= kNumberBit;
  // The dynamic scope is kept by the instructions.
  bool objects = (types & kObjectBit) != 0 && !program.has_dynamic_scope;
  bool arrays = (types & kArrayBit) != 0 && !program.has_dynamic_scope;
  for (std::uint32_t i = node.begin; i < node.end; ++i) {
    const Instruction& instruction = program.instructions[i];
    const unsigned left = narrow(program, node, instruction);
    types &= ~left;
    if ((left & kObjectBit) != 0) objects = note_object(program, node, instruction) && objects;
    if ((left & kArrayBit) != 0) arrays = note_items(program, node, instruction) && arrays;
  }
  node.quick_types = static_cast<std::uint8_t>(types);
  node.quick_array = arrays;
  if (!objects) node.quick_object = Node::kNoPlan;
  // Whether a double is an integer has to be looked at.
  if (integers_only) node.double_min = std::numeric_limits<double>::infinity();
}

}  // namespace

void work_out_quick_accepts(Program& program) {
  for (Node& node : program.nodes) {
    if (!node.refuses) work_out(program, node);
  }
  for (ObjectPlan& plan : program.objects) build_names(program, plan);
}

}  // namespace propylon::schema::json_schema

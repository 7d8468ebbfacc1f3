#include "schema/json_schema/in_place_loops.h"

namespace propylon::schema::json_schema {
namespace {

void append_in_place(const Program& program, NodeIndex node, std::vector<NodeIndex>& out) {
  const auto add = [&](NodeIndex target) {
    if (target != kNoNode) out.push_back(target);
  };
  for (std::uint32_t i = program.nodes[node].begin; i < program.nodes[node].end; ++i) {
    const Instruction& instruction = program.instructions[i];
    switch (instruction.op) {
      case Op::kRef:
      case Op::kNot: add(instruction.index); break;
      case Op::kRecursiveRef:
      case Op::kDynamicRef:
        if (instruction.value == 0) add(instruction.index);
        break;
      case Op::kAllOf:
      case Op::kAnyOf:
      case Op::kOneOf:
        for (const NodeIndex branch : program.branches[instruction.index]) add(branch);
        break;
      case Op::kIf: {
        const Condition& condition = program.conditions[instruction.index];
        add(condition.test);
        add(condition.then);
        add(condition.otherwise);
        break;
      }
      case Op::kDependentSchema: add(program.dependent_schemas[instruction.index].node); break;
      default: break;
    }
  }
}

}  // namespace

// Depth first with a stack of its own: a chain of references may be as long as there are subschemas.
std::optional<NodeIndex> find_in_place_loop(const Program& program) {
  enum class State : std::uint8_t { kNew, kOpen, kDone };
  struct Visit {
    NodeIndex node;
    std::vector<NodeIndex> targets;
  };
  std::vector<State> states(program.nodes.size(), State::kNew);
  std::vector<Visit> stack;
  const auto open = [&](NodeIndex node) {
    states[node] = State::kOpen;
    stack.push_back({node, {}});
    append_in_place(program, node, stack.back().targets);
  };
  for (NodeIndex start = 0; start < program.nodes.size(); ++start) {
    if (states[start] != State::kNew) continue;
    open(start);
    while (!stack.empty()) {
      if (stack.back().targets.empty()) {
        states[stack.back().node] = State::kDone;
        stack.pop_back();
        continue;
      }
      const NodeIndex target = stack.back().targets.back();
      stack.back().targets.pop_back();
      if (states[target] == State::kOpen) return target;
      if (states[target] == State::kNew) open(target);
    }
  }
  return std::nullopt;
}

void resolve_aliases(Program& program) {
  const auto target_of = [&](NodeIndex index) {
    const Node& node = program.nodes[index];
    if (node.refuses || node.types != 0xFF || node.end - node.begin != 1) return kNoNode;
    const Instruction& only = program.instructions[node.begin];
    if (only.op != Op::kRef) return kNoNode;
    // A change of resource counts for the references that look at the way that led to them.
    const bool same = program.nodes[only.index].resource == node.resource;
    return program.has_dynamic_scope && !same ? kNoNode : only.index;
  };
  constexpr int kChainMax = 16;  // of references to references that are cut short; longer ones take several cuts
  for (NodeIndex i = 0; i < program.nodes.size(); ++i) {
    NodeIndex target = target_of(i);
    for (int cut = 0; target != kNoNode && cut < kChainMax; ++cut, target = target_of(target))
      program.nodes[i].alias = target;
  }
}

}  // namespace propylon::schema::json_schema

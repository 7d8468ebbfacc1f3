#include "schema/json_schema/evaluation.h"

#include "schema/json_schema/evaluation_array.h"
#include "schema/json_schema/evaluation_branches.h"
#include "schema/json_schema/evaluation_object.h"
#include "schema/json_schema/evaluation_scalars.h"
#include "schema/json_schema/messages.h"
#include "schema/json_schema/quick_accept.h"

namespace propylon::schema::json_schema {

template <EvaluationMode mode>
bool Evaluation<mode>::has_type(std::uint8_t types, Position at) const {
  const std::uint8_t type = tape_.type_bits(at);
  if ((types & type) != 0) return true;
  return type == kNumberBit && (types & kIntegerBit) != 0 && is_integer(tape_, at);
}

template <EvaluationMode mode>
inline bool Evaluation<mode>::value(const Node& node, Position at, Position& next)
  requires(mode == EvaluationMode::kVerdict)
{
  return quick_accepts(program_, node, tape_, at, next) || beyond_leaf(node, at);
}

template <EvaluationMode mode>
bool Evaluation<mode>::beyond_leaf(const Node& node, Position at)
  requires(mode == EvaluationMode::kVerdict)
{
  const bool object = tape_.is_object(at);
  const bool quick = object ? node.quick_object != Node::kNoPlan : tape_.is_array(at) && node.quick_array;
  if (!quick) return this->node(static_cast<NodeIndex>(&node - program_.nodes.data()), at, {}, {});
  if (!spend(1 + tape_.count(at) / kMembersOfStep)) return false;
  if (state_.depth == kEvaluationDepthMax) {
    state_.exhausted = true;
    return false;
  }
  ++state_.depth;
  const bool fit = object ? named_members(program_.objects[node.quick_object], at) : all_items(node, at);
  --state_.depth;
  return fit;
}

template <EvaluationMode mode>
bool Evaluation<mode>::node(NodeIndex index, Position at, const Path& path, Marks marks) {
  if constexpr (!kCollecting) {
    while (program_.nodes[index].alias != kNoNode) index = program_.nodes[index].alias;
  } else if (state_.violations->size() >= kViolationsMax) {
    return false;
  }
  if (!spend()) return false;
  const Node& node = program_.nodes[index];
  // Marks tell what was looked at in objects and arrays; an object that is accepted quickly has nothing to tell.
  if (Position next; quick_accepts(program_, node, tape_, at, next)) return true;
  if (node.refuses) return fail(path, "", [] { return not_allowed_message(); });
  if (!has_type(node.types, at)) return fail(path, "type", [&] { return type_message(node.types, tape_, at); });
  if (node.begin == node.end) return true;
  if (state_.depth == kEvaluationDepthMax) {
    state_.exhausted = true;
    return false;
  }
  ++state_.depth;
  const bool fit = instructions(node, at, path, marks);
  --state_.depth;
  return fit;
}

// Sets up what the node's instructions share: the dynamic scope, and marks of its own when it has unevaluated*, which
// looks at its own keywords and not at those of its neighbours.
template <EvaluationMode mode>
bool Evaluation<mode>::instructions(const Node& node, Position at, const Path& path, Marks marks) {
  auto& scope = state_.memory.resources;
  const bool enters = program_.has_dynamic_scope && (scope.empty() || scope.back() != node.resource);
  if (enters) scope.push_back(node.resource);
  const bool container = tape_.is_object(at) || tape_.is_array(at);
  const Marks own = node.collects && container ? new_marks(at) : marks;
  bool fit = true;
  for (std::uint32_t i = node.begin; i < node.end && (fit || kCollecting) && !state_.exhausted; ++i) {
    if (!apply(program_.instructions[i], at, path, own)) fit = false;
  }
  if (node.collects && container) {
    if (fit) merge(marks, own);
    drop_marks(own);
  }
  if (enters) scope.pop_back();
  return fit;
}

template <EvaluationMode mode>
bool Evaluation<mode>::apply(const Instruction& instruction, Position at, const Path& path, Marks marks) {
  const std::uint32_t index = instruction.index;
  switch (instruction.op) {
    case Op::kConst:
    case Op::kEnum: return one_of(instruction, at, path);
    case Op::kFormat: return !tape_.is_string(at) || format(instruction, at, path);
    case Op::kObject: return !tape_.is_object(at) || object(program_.objects[index], at, path, marks);
    case Op::kDependentRequired:
      return !tape_.is_object(at) || dependent_required(program_.required_names[index], at, path);
    case Op::kDependentSchema:
      return !tape_.is_object(at) || dependent_schema(program_.dependent_schemas[index], at, path, marks);
    case Op::kMinItems:
    case Op::kMaxItems: return !tape_.is_array(at) || item_count(instruction, at, path);
    case Op::kUniqueItems: return !tape_.is_array(at) || unique_items(at, path);
    case Op::kItems: return !tape_.is_array(at) || items(program_.items[index], at, path, marks);
    case Op::kContains: return !tape_.is_array(at) || contains(program_.contains[index], at, path, marks);
    case Op::kMinLength:
    case Op::kMaxLength: return !tape_.is_string(at) || length(instruction, at, path);
    case Op::kPattern: return !tape_.is_string(at) || pattern(instruction, at, path);
    case Op::kMinimum:
    case Op::kExclusiveMinimum:
    case Op::kMaximum:
    case Op::kExclusiveMaximum: return !tape_.is_number(at) || bound(instruction, at, path);
    case Op::kMultipleOf: return !tape_.is_number(at) || multiple(instruction, at, path);
    case Op::kRef:
    case Op::kRecursiveRef:
    case Op::kDynamicRef: return reference(instruction, at, path, marks);
    case Op::kNot: return negation(index, at, path);
    case Op::kAllOf: return all_of(program_.branches[index], at, path, marks);
    case Op::kAnyOf: return any_of(program_.branches[index], at, path, marks);
    case Op::kOneOf: return exactly_one_of(program_.branches[index], at, path, marks);
    case Op::kIf: return condition(program_.conditions[index], at, path, marks);
    case Op::kUnevaluatedItems: return !tape_.is_array(at) || unevaluated_items(index, at, path, marks);
    case Op::kUnevaluatedProperties: return !tape_.is_object(at) || unevaluated_properties(index, at, path, marks);
  }
  return true;
}

template <EvaluationMode mode>
Marks Evaluation<mode>::new_marks(Position at) {
  auto& marks = state_.memory.marks;
  const Marks made{static_cast<std::uint32_t>(marks.size()), tape_.count(at) / 64 + 1};
  (void)spend(made.words);
  marks.resize(marks.size() + made.words, 0);
  return made;
}

template <EvaluationMode mode>
void Evaluation<mode>::report(const PathStep& path, std::string_view keyword, std::string message) {
  if (state_.violations->size() >= kViolationsMax) return;
  state_.violations->push_back(make_violation(path, keyword, std::move(message)));
}

template class Evaluation<EvaluationMode::kVerdict>;
template class Evaluation<EvaluationMode::kCollect>;

}  // namespace propylon::schema::json_schema

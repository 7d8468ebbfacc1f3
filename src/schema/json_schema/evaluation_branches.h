// The parts of Evaluation for references and for keywords that join subschemas; included by evaluation.cc alone.
#pragma once
#include <vector>

#include "schema/json_schema/evaluation.h"
#include "schema/json_schema/messages.h"

namespace propylon::schema::json_schema {

template <EvaluationMode mode>
bool Evaluation<mode>::fits(NodeIndex index, Position at, Marks marks) {
  const Marks own = marks.wanted() ? new_marks(at) : Marks{};
  const bool fit = !state_.exhausted && Verdict(state_).node(index, at, {}, own) && !state_.exhausted;
  if (fit) merge(marks, own);
  drop_marks(own);
  return fit;
}

// A dynamic reference goes to the outermost resource of the scope that has the name.
template <EvaluationMode mode>
bool Evaluation<mode>::reference(const Instruction& instruction, Position at, const Path& path, Marks marks) {
  NodeIndex target = instruction.index;
  if (instruction.op != Op::kRef && instruction.value != 0) {
    bool found = false;
    for (const std::uint32_t resource : state_.memory.resources) {
      for (const auto& [name, node_index] : program_.resources[resource].dynamic_anchors) {
        if (name != instruction.value) continue;
        target = node_index;
        found = true;
        break;
      }
      if (found || !spend()) break;
    }
  }
  return node(target, at, Path(path, Kind::kSchema, keyword_of(instruction.op)), marks);
}

template <EvaluationMode mode>
bool Evaluation<mode>::negation(NodeIndex index, Position at, const Path& path) {
  if (!fits(index, at, {})) return !state_.exhausted;
  return fail(path, "not", [] { return not_message(); });
}

template <EvaluationMode mode>
bool Evaluation<mode>::all_of(const std::vector<NodeIndex>& branches, Position at, const Path& path, Marks marks) {
  bool fit = true;
  const Path keyword(path, Kind::kSchema, std::string_view("allOf"));
  for (std::size_t i = 0; i < branches.size(); ++i) {
    fit = node(branches[i], at, Path(keyword, Kind::kSchemaIndex, i), marks) && fit;
    if (!fit && (!kCollecting || state_.exhausted)) return false;
  }
  return fit;
}

// What is wrong in each of the branches, the first one's first.
template <EvaluationMode mode>
bool Evaluation<mode>::none_fits(const std::vector<NodeIndex>& branches, Position at, const Path& path) {
  if constexpr (kCollecting) {
    for (std::size_t i = 0; i < branches.size() && !state_.exhausted; ++i)
      (void)node(branches[i], at, Path(path, Kind::kSchemaIndex, i), {});
  }
  return false;
}

template <EvaluationMode mode>
bool Evaluation<mode>::any_of(const std::vector<NodeIndex>& branches, Position at, const Path& path, Marks marks) {
  bool fit = false;
  for (const NodeIndex branch : branches) {
    if (fits(branch, at, marks)) fit = true;
    if (fit && !marks.wanted()) return true;
  }
  if (fit || state_.exhausted) return fit;
  return none_fits(branches, at, Path(path, Kind::kSchema, std::string_view("anyOf")));
}

template <EvaluationMode mode>
bool Evaluation<mode>::exactly_one_of(const std::vector<NodeIndex>& branches, Position at, const Path& path,
                                      Marks marks) {
  std::size_t fitting = branches.size();
  for (std::size_t i = 0; i < branches.size(); ++i) {
    if (!fits(branches[i], at, marks)) continue;
    if (fitting != branches.size()) return fail(path, "oneOf", [&] { return several_fit_message(fitting, i); });
    fitting = i;
  }
  if (state_.exhausted) return false;
  if (fitting != branches.size()) return true;
  return none_fits(branches, at, Path(path, Kind::kSchema, std::string_view("oneOf")));
}

template <EvaluationMode mode>
bool Evaluation<mode>::condition(const Condition& rule, Position at, const Path& path, Marks marks) {
  const bool test = fits(rule.test, at, marks);
  if (state_.exhausted) return false;
  const NodeIndex next = test ? rule.then : rule.otherwise;
  if (next == kNoNode) return true;
  return node(next, at, Path(path, Kind::kSchema, std::string_view(test ? "then" : "else")), marks);
}

}  // namespace propylon::schema::json_schema

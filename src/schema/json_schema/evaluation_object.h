// The parts of Evaluation for objects; included by evaluation.cc alone.
//
// A verdict passes the members once, whatever the keywords. A collection goes keyword by keyword in the reference's
// order, so that the first violation is the one that it would show.
#pragma once
#include <algorithm>
#include <string>
#include <vector>

#include "schema/json_schema/evaluation.h"
#include "schema/json_schema/messages.h"
#include "schema/json_schema/quick_accept.h"

namespace propylon::schema::json_schema {

template <EvaluationMode mode>
bool Evaluation<mode>::object(const ObjectPlan& plan, Position at, const Path& path, Marks marks) {
  if constexpr (kCollecting) {
    return collect_object(plan, at, path, marks);
  } else {
    const std::uint32_t members_there = tape_.count(at);
    if (members_there < plan.members_min || members_there > plan.members_max) return false;
    if (!plan.visits_members) return true;
    if (!spend(1 + members_there / kMembersOfStep)) return false;
    return plan.only_names_matter && !marks.wanted() ? named_members(plan, at) : members(plan, at, path, marks);
  }
}

// The commonest case by itself: each member is judged by its name alone, and nobody asks which were looked at.
template <EvaluationMode mode>
bool Evaluation<mode>::named_members(const ObjectPlan& plan, Position at)
  requires(mode == EvaluationMode::kVerdict)
{
  const Tape tape = tape_;
  std::uint64_t missing = plan.required_mask;
  const auto* likely = plan.names.first();
  const Position end = tape.last(at);
  for (Position key = tape.first(at); key != end;) {
    const char* const name = tape.raw_text(key);
    const auto* const found = plan.names.is(likely, name) ? likely : plan.names.find(name);
    const Node* judge = plan.judge_of_others;
    if (found != nullptr) {
      likely = found + 1;
      missing &= ~found->value.required_bit;
      judge = found->value.judge;
    }
    const Position member = key + 1;
    if (judge == nullptr) {
      key = tape.next(member);
    } else if (!value(*judge, member, key)) {
      return false;
    }
  }
  return missing == 0 && (plan.required.size() <= 64 || required_beyond_mask(plan, at));
}

template <EvaluationMode mode>
bool Evaluation<mode>::members(const ObjectPlan& plan, Position at, const Path& path, Marks marks)
  requires(mode == EvaluationMode::kVerdict)
{
  std::uint64_t missing = plan.required_mask;
  std::size_t index = 0;
  const Position end = tape_.last(at);
  for (Position key = tape_.first(at); key != end; key = tape_.next(key + 1), ++index) {
    bool known = false;
    if (const auto* const found = plan.names.find(tape_.raw_text(key)); found != nullptr) {
      const Property& property = plan.properties[plan.names.index_of(found)];
      missing &= ~property.required_bit;
      known = property.node != kNoNode;
      if (known && !node(property.node, key + 1, path, {})) return false;
    }
    if (!plan.patterns.empty() && !member_by_patterns(plan, key, known, path)) return false;
    if (!known && plan.additional != kNoNode) {
      if (!node(plan.additional, key + 1, path, {})) return false;
      known = true;
    }
    if (plan.member_names != kNoNode && !node(plan.member_names, key, path, {})) return false;
    if (known) mark(marks, index);
  }
  return missing == 0 && (plan.required.size() <= 64 || required_beyond_mask(plan, at));
}

template <EvaluationMode mode>
bool Evaluation<mode>::member_by_patterns(const ObjectPlan& plan, Position key, bool& known, const Path& path) {
  const std::string_view name = tape_.text(key);
  for (const PatternProperty& rule : plan.patterns) {
    if (!spend() || !program_.patterns[rule.pattern].matches(name)) continue;
    known = true;
    if (!node(rule.node, key + 1, path, {})) return false;
  }
  return true;
}

template <EvaluationMode mode>
bool Evaluation<mode>::required_beyond_mask(const ObjectPlan& plan, Position at) {
  for (std::size_t i = 64; i < plan.required.size(); ++i) {
    if (!spend(1 + tape_.count(at) / kMembersOfStep) || tape_.find(at, plan.required[i]) == 0) return false;
  }
  return true;
}

template <EvaluationMode mode>
bool Evaluation<mode>::collect_object(const ObjectPlan& plan, Position at, const Path& path, Marks marks) {
  bool fit = true;
  const std::uint32_t there = tape_.count(at);
  if (there < plan.members_min)
    fit = fail(path, "minProperties", [&] { return members_message("minimum", plan.members_min, there); });
  if (there > plan.members_max)
    fit = fail(path, "maxProperties", [&] { return members_message("maximum", plan.members_max, there); });
  fit = collect_required(plan, at, path) && fit;
  if (!plan.visits_members) return fit;
  fit = collect_declared(plan, at, path, marks) && fit;
  fit = collect_names(plan, at, path) && fit;
  fit = collect_patterns(plan, at, path, marks) && fit;
  return collect_additional(plan, at, path, marks) && fit;
}

template <EvaluationMode mode>
bool Evaluation<mode>::collect_required(const ObjectPlan& plan, Position at, const Path& path) {
  std::vector<std::string_view> missing;
  for (const std::string& name : plan.required) {
    if (!spend(1 + tape_.count(at) / kMembersOfStep)) return false;
    if (tape_.find(at, name) == 0) missing.push_back(name);
  }
  if (missing.empty()) return true;
  return fail(path, "required", [&] { return missing_message(missing); });
}

template <EvaluationMode mode>
bool Evaluation<mode>::collect_declared(const ObjectPlan& plan, Position at, const Path& path, Marks marks) {
  std::vector<Position> values(plan.properties.size(), 0);
  std::size_t index = 0;
  tape_.each_member(at, [&](Position key, Position value) {
    const auto* const found = plan.names.find(tape_.raw_text(key));
    if (found != nullptr && plan.properties[plan.names.index_of(found)].node != kNoNode) {
      values[plan.names.index_of(found)] = value;
      mark(marks, index);
    }
    ++index;
  });
  bool fit = true;
  const Path keyword(path, Kind::kSchema, std::string_view("properties"));
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] == 0) continue;
    const std::string_view name = plan.property_names[i];
    const Path rule(keyword, Kind::kSchema, name);
    fit = node(plan.properties[i].node, values[i], Path(rule, Kind::kInstance, name), {}) && fit;
  }
  return fit;
}

template <EvaluationMode mode>
bool Evaluation<mode>::collect_names(const ObjectPlan& plan, Position at, const Path& path) {
  if (plan.member_names == kNoNode) return true;
  bool fit = true;
  const Path rule(path, Kind::kSchema, std::string_view("propertyNames"));
  tape_.each_member(at, [&](Position key, Position) {
    fit = node(plan.member_names, key, Path(rule, Kind::kInstance, tape_.text(key)), {}) && fit;
  });
  return fit;
}

template <EvaluationMode mode>
bool Evaluation<mode>::collect_patterns(const ObjectPlan& plan, Position at, const Path& path, Marks marks) {
  bool fit = true;
  const Path keyword(path, Kind::kSchema, std::string_view("patternProperties"));
  for (const PatternProperty& rule : plan.patterns) {
    const Pattern& pattern = program_.patterns[rule.pattern];
    const Path below(keyword, Kind::kSchema, std::string_view(pattern.source()));
    std::size_t index = 0;
    tape_.each_member(at, [&](Position key, Position value) {
      if (spend() && pattern.matches(tape_.text(key))) {
        mark(marks, index);
        fit = node(rule.node, value, Path(below, Kind::kInstance, tape_.text(key)), {}) && fit;
      }
      ++index;
    });
  }
  return fit;
}

template <EvaluationMode mode>
bool Evaluation<mode>::is_known(const ObjectPlan& plan, Position key) {
  const auto* const found = plan.names.find(tape_.raw_text(key));
  if (found != nullptr && plan.properties[plan.names.index_of(found)].node != kNoNode) return true;
  return std::ranges::any_of(plan.patterns, [&](const PatternProperty& rule) {
    return spend() && program_.patterns[rule.pattern].matches(tape_.text(key));
  });
}

template <EvaluationMode mode>
bool Evaluation<mode>::collect_additional(const ObjectPlan& plan, Position at, const Path& path, Marks marks) {
  if (plan.additional == kNoNode) return true;
  bool fit = true;
  std::vector<std::string_view> refused;
  std::size_t index = 0;
  const Path rule(path, Kind::kSchema, std::string_view("additionalProperties"));
  tape_.each_member(at, [&](Position key, Position value) {
    const std::string_view name = tape_.text(key);
    if (!is_known(plan, key)) {
      mark(marks, index);
      if (program_.nodes[plan.additional].refuses) {
        refused.push_back(name);
      } else {
        fit = node(plan.additional, value, Path(rule, Kind::kInstance, name), {}) && fit;
      }
    }
    ++index;
  });
  if (refused.empty()) return fit;
  return fail(path, "additionalProperties", [&] { return not_allowed_message("additionalProperties", refused); });
}

template <EvaluationMode mode>
bool Evaluation<mode>::dependent_required(const DependentRequired& rule, Position at, const Path& path) {
  if (tape_.find(at, rule.name) == 0) return true;
  std::vector<std::string_view> missing;
  for (const std::string& name : rule.required) {
    if (!spend(1 + tape_.count(at) / kMembersOfStep)) return false;
    if (tape_.find(at, name) != 0) continue;
    if (!kCollecting) return false;
    missing.push_back(name);
  }
  if (missing.empty()) return true;
  const Path keyword(path, Kind::kSchema, rule.keyword);
  return fail(keyword, rule.name, [&] { return dependent_message(missing, rule.name); });
}

template <EvaluationMode mode>
bool Evaluation<mode>::dependent_schema(const DependentSchema& rule, Position at, const Path& path, Marks marks) {
  if (!spend(1 + tape_.count(at) / kMembersOfStep) || tape_.find(at, rule.name) == 0) return true;
  const Path keyword(path, Kind::kSchema, rule.keyword);
  return node(rule.node, at, Path(keyword, Kind::kSchema, std::string_view(rule.name)), marks);
}

template <EvaluationMode mode>
bool Evaluation<mode>::unevaluated_properties(NodeIndex rule, Position at, const Path& path, Marks marks) {
  bool fit = true;
  std::vector<std::string_view> refused;
  std::size_t index = 0;
  const Path keyword(path, Kind::kSchema, std::string_view("unevaluatedProperties"));
  const Position end = tape_.last(at);
  for (Position key = tape_.first(at); key != end; key = tape_.next(key + 1), ++index) {
    if (marked(marks, index)) continue;
    if (kCollecting && program_.nodes[rule].refuses) {
      refused.push_back(tape_.text(key));
    } else {
      fit = node(rule, key + 1, Path(keyword, Kind::kInstance, tape_.text(key)), {}) && fit;
      if (!fit && !kCollecting) return false;
    }
  }
  mark_all(marks);
  if (refused.empty()) return fit;
  return fail(path, "unevaluatedProperties", [&] { return not_allowed_message("unevaluatedProperties", refused); });
}

}  // namespace propylon::schema::json_schema

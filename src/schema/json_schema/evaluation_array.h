// The parts of Evaluation for arrays; included by evaluation.cc alone.
#pragma once
#include <algorithm>
#include <utility>
#include <vector>

#include "schema/json_schema/evaluation.h"
#include "schema/json_schema/messages.h"
#include "schema/json_schema/value.h"

namespace propylon::schema::json_schema {

template <EvaluationMode mode>
bool Evaluation<mode>::item_count(const Instruction& instruction, Position at, const Path& path) {
  const std::uint32_t there = tape_.count(at);
  const bool minimum = instruction.op == Op::kMinItems;
  if (minimum ? there >= instruction.value : there <= instruction.value) return true;
  return fail(path, keyword_of(instruction.op),
              [&] { return items_message(minimum ? "minimum" : "maximum", instruction.value, there); });
}

// Few items are compared in pairs; many are sorted by their hashes first.
template <EvaluationMode mode>
bool Evaluation<mode>::equal_pair(Position at, std::size_t& first, std::size_t& second) {
  constexpr std::uint32_t kFew = 8;
  const auto equal = [&](Position a, Position b) { return equal_values(tape_, a, tape_, b, state_.steps); };
  const Position end = tape_.last(at);
  if (tape_.count(at) <= kFew) {
    first = 0;
    for (Position a = tape_.first(at); a != end; a = tape_.next(a), ++first) {
      second = first + 1;
      for (Position b = tape_.next(a); b != end; b = tape_.next(b), ++second) {
        if (equal(a, b)) return true;
      }
    }
    return false;
  }
  struct Item {
    std::uint64_t hash;
    std::size_t index;
    Position position;
  };
  std::vector<Item> items;
  items.reserve(tape_.count(at));
  if (!spend(tape_.next(at) - at)) return false;
  tape_.each_item(at, [&](Position item) { items.push_back({hash_value(tape_, item), items.size(), item}); });
  std::ranges::sort(
      items, [](const Item& a, const Item& b) { return std::pair(a.hash, a.index) < std::pair(b.hash, b.index); });
  for (std::size_t i = 0; i < items.size(); ++i) {
    for (std::size_t k = i + 1; k < items.size() && items[k].hash == items[i].hash; ++k) {
      first = items[i].index;
      second = items[k].index;
      if (equal(items[i].position, items[k].position)) return true;
    }
  }
  return false;
}

template <EvaluationMode mode>
bool Evaluation<mode>::unique_items(Position at, const Path& path) {
  std::size_t first = 0, second = 0;
  const bool equal = equal_pair(at, first, second);
  if (state_.steps == 0) state_.exhausted = true;
  if (!equal) return true;
  return fail(path, "uniqueItems", [&] { return equal_items_message(first, second); });
}

template <EvaluationMode mode>
bool Evaluation<mode>::all_items(const Node& node, Position at)
  requires(mode == EvaluationMode::kVerdict)
{
  const std::uint32_t there = tape_.count(at);
  if (there < node.items_min || there > node.items_max) return false;
  if (node.quick_items == kNoNode) return true;
  const Position end = tape_.last(at);
  for (Position item = tape_.first(at); item != end;) {
    if (!value(program_.nodes[node.quick_items], Position(item), item)) return false;
  }
  return true;
}

template <EvaluationMode mode>
bool Evaluation<mode>::items(const ItemsPlan& plan, Position at, const Path& path, Marks marks) {
  bool fit = true;
  std::size_t index = 0;
  const Position end = tape_.last(at);
  const Path prefix(path, Kind::kSchema, plan.prefix_keyword), rest(path, Kind::kSchema, plan.rest_keyword);
  for (Position item = tape_.first(at); item != end; item = tape_.next(item), ++index) {
    if (index < plan.prefix.size()) {
      const Path rule(prefix, Kind::kSchemaIndex, index);
      fit = node(plan.prefix[index], item, Path(rule, Kind::kInstanceIndex, index), {}) && fit;
      mark(marks, index);
    } else if (plan.rest == kNoNode) {
      break;
    } else if (kCollecting && program_.nodes[plan.rest].refuses) {
      mark_all(marks);
      return fail(path, plan.rest_keyword, [&] { return too_many_items_message(plan.prefix.size(), tape_.count(at)); });
    } else {
      fit = node(plan.rest, item, Path(rest, Kind::kInstanceIndex, index), {}) && fit;
    }
    if (!fit && (!kCollecting || state_.exhausted)) return false;
  }
  if (plan.rest != kNoNode) mark_all(marks);
  return fit;
}

template <EvaluationMode mode>
bool Evaluation<mode>::contains(const ContainsPlan& plan, Position at, const Path& path, Marks marks) {
  std::uint64_t found = 0;
  std::size_t index = 0;
  const Position end = tape_.last(at);
  for (Position item = tape_.first(at); item != end; item = tape_.next(item), ++index) {
    if (!fits(plan.node, item, {})) continue;
    ++found;
    if (plan.marks_items) mark(marks, index);
    const bool settled = found >= plan.min && plan.max == UINT64_MAX;
    if (settled && !(marks.wanted() && plan.marks_items)) return true;
  }
  if (state_.exhausted) return false;
  if (found < plan.min) {
    const std::string_view keyword = plan.has_min ? "minContains" : "contains";
    return fail(path, keyword, [&] { return contains_message("minimum", plan.min, found); });
  }
  if (found > plan.max) return fail(path, "maxContains", [&] { return contains_message("maximum", plan.max, found); });
  return true;
}

template <EvaluationMode mode>
bool Evaluation<mode>::unevaluated_items(NodeIndex rule, Position at, const Path& path, Marks marks) {
  bool fit = true;
  std::size_t index = 0;
  const Path keyword(path, Kind::kSchema, std::string_view("unevaluatedItems"));
  const Position end = tape_.last(at);
  for (Position item = tape_.first(at); item != end; item = tape_.next(item), ++index) {
    if (marked(marks, index)) continue;
    fit = node(rule, item, Path(keyword, Kind::kInstanceIndex, index), {}) && fit;
    if (!fit && (!kCollecting || state_.exhausted)) return false;
  }
  mark_all(marks);
  return fit;
}

}  // namespace propylon::schema::json_schema

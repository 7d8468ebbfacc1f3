// The parts of Evaluation for const, enum, strings and numbers; included by evaluation.cc alone.
#pragma once
#include <algorithm>

#include "schema/json_schema/characters.h"
#include "schema/json_schema/evaluation.h"
#include "schema/json_schema/messages.h"
#include "schema/json_schema/value.h"

namespace propylon::schema::json_schema {

template <EvaluationMode mode>
bool Evaluation<mode>::one_of(const Instruction& instruction, Position at, const Path& path) {
  const ValueSet& set = program_.sets[instruction.index];
  const auto equal = [&](Position value) { return equal_values(set.tape, value, tape_, at, state_.steps); };
  bool found = false;
  if (set.by_hash.empty()) {
    found = std::ranges::any_of(set.values, equal);
  } else {
    const std::uint64_t hash = hash_value(tape_, at);
    auto entry = std::ranges::lower_bound(set.by_hash, std::pair{hash, std::uint32_t{0}});
    for (; !found && entry != set.by_hash.end() && entry->first == hash; ++entry)
      found = equal(set.values[entry->second]);
  }
  if (state_.steps == 0) state_.exhausted = true;
  if (found) return true;
  const bool constant = instruction.op == Op::kConst;
  return fail(path, keyword_of(instruction.op), [&] { return constant ? const_message(set) : enum_message(set); });
}

template <EvaluationMode mode>
bool Evaluation<mode>::format(const Instruction& instruction, Position at, const Path& path) {
  if (matches_format(static_cast<Format>(instruction.index), tape_.text(at))) return true;
  return fail(path, "format", [&] { return format_message(tape_.text(at), program_.format_names[instruction.index]); });
}

template <EvaluationMode mode>
bool Evaluation<mode>::length(const Instruction& instruction, Position at, const Path& path) {
  const std::string_view text = tape_.text(at);
  const bool minimum = instruction.op == Op::kMinLength;
  // A character has one to four bytes, which settles most cases without counting.
  if (minimum ? text.size() / 4 >= instruction.value : text.size() <= instruction.value) return true;
  const std::uint64_t characters = code_points(text);
  if (minimum ? characters >= instruction.value : characters <= instruction.value) return true;
  return fail(path, keyword_of(instruction.op), [&] { return length_message(minimum, instruction.value, characters); });
}

template <EvaluationMode mode>
bool Evaluation<mode>::pattern(const Instruction& instruction, Position at, const Path& path) {
  const Pattern& rule = program_.patterns[instruction.index];
  if (rule.matches(tape_.text(at))) return true;
  return fail(path, "pattern", [&] { return pattern_message(rule.source()); });
}

template <EvaluationMode mode>
bool Evaluation<mode>::bound(const Instruction& instruction, Position at, const Path& path) {
  const Bound& limit = program_.bounds[instruction.index];
  int order = 0;
  if (limit.is_signed && tape_.tag(at) == 'l') {
    const std::int64_t number = tape_.signed_number(at);
    order = static_cast<int>(number > limit.number) - static_cast<int>(number < limit.number);
  } else {
    order = compare_numbers(tape_, at, limit.tape, limit.at);
  }
  const bool fit = instruction.op == Op::kMinimum            ? order >= 0
                   : instruction.op == Op::kExclusiveMinimum ? order > 0
                   : instruction.op == Op::kMaximum          ? order <= 0
                                                             : order < 0;
  if (fit) return true;
  return fail(path, keyword_of(instruction.op), [&] { return bound_message(instruction.op, limit, tape_, at); });
}

template <EvaluationMode mode>
bool Evaluation<mode>::multiple(const Instruction& instruction, Position at, const Path& path) {
  const Bound& divisor = program_.bounds[instruction.index];
  if (divisor.is_signed && tape_.tag(at) == 'l') {
    if (tape_.signed_number(at) % divisor.number == 0) return true;
  } else if (is_multiple(tape_, at, divisor.decimal)) {
    return true;
  }
  return fail(path, "multipleOf", [&] { return multiple_message(divisor, tape_, at); });
}

}  // namespace propylon::schema::json_schema

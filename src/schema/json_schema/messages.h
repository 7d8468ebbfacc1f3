// The sentences of violations, in the reference's words where it has them (the Memphis SDK's validator).
//
// Texts of the message that a sentence quotes are at most about kShownBytesMax long.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "schema/compiled_schema.h"
#include "schema/json_schema/evaluation.h"

namespace propylon::schema::json_schema {

// The violation at the end of a path; `keyword` is its last step into the schema unless it is empty.
Violation make_violation(const PathStep& path, std::string_view keyword, std::string message);

// Single quotes around, `'` inside as `\'`; shortened.
std::string quoted(std::string_view text);

std::string type_message(std::uint8_t wanted, const Tape& tape, Position at);
std::string const_message(const ValueSet& set);
std::string enum_message(const ValueSet& set);
std::string format_message(std::string_view text, std::string_view format);
std::string length_message(bool minimum, std::uint64_t limit, std::uint64_t found);
std::string pattern_message(std::string_view source);
std::string bound_message(Op op, const Bound& limit, const Tape& tape, Position at);
std::string multiple_message(const Bound& divisor, const Tape& tape, Position at);
std::string members_message(std::string_view side, std::uint64_t limit, std::uint64_t found);
std::string missing_message(const std::vector<std::string_view>& names);
std::string dependent_message(const std::vector<std::string_view>& missing, std::string_view name);
std::string not_allowed_message();
std::string not_allowed_message(std::string_view keyword, const std::vector<std::string_view>& names);
std::string items_message(std::string_view side, std::uint64_t limit, std::uint64_t found);
std::string too_many_items_message(std::size_t allowed, std::uint64_t found);
std::string equal_items_message(std::size_t first, std::size_t second);
std::string contains_message(std::string_view side, std::uint64_t limit, std::uint64_t found);
std::string not_message();
std::string several_fit_message(std::size_t first, std::size_t second);

}  // namespace propylon::schema::json_schema

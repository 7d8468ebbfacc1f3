// Whole values on tapes: equality as JSON Schema means it, hashes that go with it, and texts for messages.
#pragma once
#include <cstdint>
#include <string>

#include "schema/json_schema/tape.h"

namespace propylon::schema::json_schema {

// Numbers are equal by value (1 and 1.0), objects whatever the order of their members. `steps` is lowered by one for
// each value looked at; once it is 0 the answer is false and means nothing. Depth: that of the values.
bool equal_values(const Tape& a, Position at_a, const Tape& b, Position at_b, std::uint64_t& steps);

// Equal values have equal hashes. Seeded at the start of the process, so that nobody can choose values that collide.
std::uint64_t hash_value(const Tape& tape, Position at);
std::uint64_t hash_text(std::string_view text);

// Compact JSON, at most about `bytes_max` bytes of it and then "...". For messages.
std::string value_text(const Tape& tape, Position at, std::size_t bytes_max);

}  // namespace propylon::schema::json_schema

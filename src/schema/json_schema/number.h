// Numbers as JSON Schema sees them: compared exactly, whatever their size.
//
// An integer is itself. A number with a fraction or an exponent is the double nearest to it, taken as the shortest
// decimal that reads back as that double: 19.99 is 1999/100. What no double holds (1e400) is its own text, exactly.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "schema/json_schema/tape.h"

namespace propylon::schema::json_schema {

// A number's text as words of a tape.
struct ParsedNumber {
  char tag;            // 'l', 'u', 'd' or 'N', see tape.h
  std::uint64_t word;  // of the first three, what follows the tag
};

// `text` is a number as JSON writes it.
ParsedNumber parse_number(std::string_view text);

// Sign, digits without zeros at either end, and the power of ten of the last digit: 1500 is 15 and 2. Zero: no digits.
struct Decimal {
  bool negative = false;
  std::string digits;
  std::int64_t exponent = 0;
};
Decimal to_decimal(const Tape& tape, Position at);

// Below 0, 0 or above 0, as the number at one position is less than, equal to or more than the other.
int compare_numbers(const Tape& a, Position at_a, const Tape& b, Position at_b);

// Whether the fraction is zero: 1.0 and 1e3 are integers.
bool is_integer(const Tape& tape, Position at);

// `divisor` has 1 to kMultipleOfDigitsMax digits. Time: linear in the digits.
bool is_multiple(const Tape& tape, Position at, const Decimal& divisor);

// Equal numbers have equal hashes.
std::uint64_t hash_number(const Tape& tape, Position at);

// As a person reads it: -1, 2.5, or the text that it was written with.
std::string number_text(const Tape& tape, Position at);

// An integer from 0 to 2^63-1, also written as 3.0; -1 for anything else. What is larger counts as that.
std::int64_t to_count(const Tape& tape, Position at);

}  // namespace propylon::schema::json_schema

// Parses any JSON text into a tape of our own (tape.h): slower than simdjson, and for everything that it is not for.
//
// Numbers of any size are kept exactly, of members with one name the last counts, half of a surrogate pair is U+FFFD,
// and a refusal says where. Definitions are read by it always, messages when simdjson refuses or repeats a name.
#pragma once
#include <cstddef>
#include <string_view>

#include "core/result.h"
#include "schema/json_schema/tape.h"

namespace propylon::schema::json_schema {

// Errors: kInvalidJson, whose message ends in the position ("at byte 17"). Texts of 4 GiB and more are refused so too.
Result<OwnTape> build_tape(std::string_view text, std::size_t depth_max);

// Whether any object below `at` has two members with one name.
bool has_repeated_names(const Tape& tape, Position at);

}  // namespace propylon::schema::json_schema

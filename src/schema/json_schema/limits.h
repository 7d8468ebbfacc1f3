// What bounds a JSON schema and the judging of a message; docs/json-schema.md tells users.
#pragma once
#include <cstddef>
#include <cstdint>

namespace propylon::schema::json_schema {

// Of a definition.
inline constexpr std::size_t kDefinitionBytesMax = 1024 * 1024;
inline constexpr std::size_t kDefinitionDepthMax = 128;      // brackets and braces inside each other
inline constexpr std::size_t kSubschemasMax = 20'000;        // with those of the documents that it refers to
inline constexpr std::size_t kDefinitionFaultsMax = 100;     // listed of one definition
inline constexpr std::size_t kMultipleOfDigitsMax = 18;      // significant digits of the divisor
inline constexpr std::size_t kPatternBytesMax = 4096;        // one regular expression as written
inline constexpr std::int64_t kPatternMemoryMax = 1 << 20;   // one regular expression compiled, with its automaton
inline constexpr std::size_t kPatternsBytesMax = 64 * 1024;  // all regular expressions of a schema as written
inline constexpr int kPatternRepeatMax = 1000;               // the largest count in {n,m}; RE2 takes no larger one

// Of judging one message.
inline constexpr std::size_t kMessageDepthMax = 1024;  // brackets and braces inside each other
inline constexpr std::uint32_t kEvaluationDepthMax =
    2600;  // subschemas inside each other; 3 MB of stack in a debug build
// Subschemas applied and values compared: so many, and so many more for each word of the message's tape (tape.h). What
// people write takes a few for each word; a schema that takes exponential work is stopped after milliseconds.
inline constexpr std::uint64_t kEvaluationSteps = 200'000;
inline constexpr std::uint64_t kEvaluationStepsPerWord = 64;
// Names looked for and leaves settled at once count as a step for so many.
inline constexpr std::uint64_t kMembersOfStep = 16;
inline constexpr std::size_t kViolationsMax = 100;
inline constexpr std::size_t kShownBytesMax = 256;             // of a value or a list of names inside a message
inline constexpr std::size_t kScratchKeptBytes = 1024 * 1024;  // a longer message's buffers are not kept

// One level of a message takes at most two and a half levels of evaluation in schemas that people write.
static_assert(kEvaluationDepthMax > 2 * kMessageDepthMax);

}  // namespace propylon::schema::json_schema

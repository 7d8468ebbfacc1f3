// The names in a path: which ones a route has, and their rules.
#pragma once
#include <array>
#include <cstdint>
#include <string_view>

#include "core/result.h"
#include "http/router.h"

namespace propylon::api {

struct RequestContext;

enum class Capture : std::uint8_t {
  kNone,
  kStation,     // {station}
  kGroup,       // {group}
  kUser,        // {user}
  kSchema,      // {schema}
  kVersion,     // {version}: of the schema
  kDeadLetter,  // {dead_letter}
};

// The names of a route's pattern in their order, filled up with kNone. A word in braces that is none of the above is
// our own mistake and asserted.
using Captures = std::array<Capture, http::kCapturesMax>;
Captures captures_of(std::string_view pattern);

// Checks what stood in the path and puts it into the context, in normal form.
// Errors: kInvalidName with the rule's words; kInvalidRequest for a version that is no number from 1 on.
Result<void> take_captures(const Captures& captures, const http::RouteMatch& match, RequestContext& context);

}  // namespace propylon::api

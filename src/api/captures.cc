#include "api/captures.h"

#include "api/request_context.h"
#include "core/assert.h"
#include "core/decimal.h"
#include "core/name_rules.h"

namespace propylon::api {
namespace {

Capture capture_named(std::string_view word) {
  if (word == "station") return Capture::kStation;
  if (word == "group") return Capture::kGroup;
  if (word == "dead_letter") return Capture::kDeadLetter;
  if (word == "schema") return Capture::kSchema;
  if (word == "version") return Capture::kVersion;
  PPL_ASSERT(word == "user");
  return Capture::kUser;
}

Result<std::uint32_t> parse_version(std::string_view digits) {
  const auto version = decimal_from_one<std::uint32_t>(digits);
  if (!version) return fail(ErrorCode::kInvalidRequest, "A version is a number from 1 on.", "version");
  return *version;
}

Result<void> take(Capture capture, std::string_view name, RequestContext& context) {
  switch (capture) {
    case Capture::kNone: return {};
    case Capture::kStation: return context.station.assign(name);
    case Capture::kGroup: context.group = PPL_TRY(normalize_name(NameKind::kGroup, name)); return {};
    case Capture::kUser:
      PPL_CHECK(check_user_name(name));
      context.user = name;
      return {};
    case Capture::kDeadLetter: context.dead_letter = name; return {};
    case Capture::kSchema: context.schema = PPL_TRY(normalize_name(NameKind::kSchema, name)); return {};
    case Capture::kVersion: context.version = PPL_TRY(parse_version(name)); return {};
  }
  return {};
}

}  // namespace

Captures captures_of(std::string_view pattern) {
  Captures captures{};
  std::size_t count = 0;
  for (std::size_t at = 0; (at = pattern.find('{', at)) != std::string_view::npos; ++at) {
    PPL_ASSERT(count < captures.size());
    captures[count++] = capture_named(pattern.substr(at + 1, pattern.find('}', at) - at - 1));
  }
  return captures;
}

Result<void> take_captures(const Captures& captures, const http::RouteMatch& match, RequestContext& context) {
  for (std::size_t i = 0; i < captures.size() && captures[i] != Capture::kNone; ++i)
    PPL_CHECK(take(captures[i], match.captures[i], context));
  return {};
}

}  // namespace propylon::api

// Times as text that people and programs exchange: RFC 3339, section 5.6. core/logger.h writes them.
#pragma once
#include <optional>
#include <string_view>

#include "core/clock.h"

namespace propylon {

// "2026-01-31T12:00:00Z", "2026-01-31t12:00:00.25+02:00": strictly the section's grammar, T and Z in either case. A
// fraction is cut to microseconds; second 60 is the next minute's first. An empty optional for everything else, also
// for dates that do not exist.
std::optional<WallTime> parse_rfc3339(std::string_view text);

}  // namespace propylon

// Whether this program and the servers that it starts are built with sanitizers.
#pragma once

namespace propylon::testing {

#ifdef PROPYLON_SANITIZED
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

}  // namespace propylon::testing

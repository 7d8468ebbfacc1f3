// PPL_ASSERT: a check of our own reasoning that stays on in release. Input, network and disk get an Error instead.
#pragma once

namespace propylon {
// Prints the broken assumption to stderr and aborts. Thread: any.
[[noreturn]] void assertion_failed(const char* expression, const char* file, int line);
}  // namespace propylon

#define PPL_ASSERT(condition) \
  (static_cast<bool>(condition) ? void(0) : ::propylon::assertion_failed(#condition, __FILE__, __LINE__))

#include "core/assert.h"

#include <cstdio>
#include <cstdlib>

namespace propylon {

void assertion_failed(const char* expression, const char* file, int line) {
  std::fprintf(stderr, "propylon: assertion failed: %s (%s:%d)\n", expression, file, line);
  std::abort();
}

}  // namespace propylon

#include "core/yield_to_loops.h"

#include <sys/resource.h>
#include <unistd.h>

namespace propylon {
namespace {

constexpr int kPriority = 10;

}  // namespace

void yield_to_loops() {
  thread_local const int done = ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kPriority);
  (void)done;
}

}  // namespace propylon

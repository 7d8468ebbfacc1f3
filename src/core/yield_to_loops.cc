#include "core/yield_to_loops.h"

#include <sys/resource.h>
#include <unistd.h>

#include <utility>

namespace propylon {

void yield_to_loops(Patience patience) {
  thread_local const int done =
      ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), std::to_underlying(patience));
  (void)done;
}

}  // namespace propylon

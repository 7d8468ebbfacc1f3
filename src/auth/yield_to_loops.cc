#include "auth/yield_to_loops.h"

#include <sys/resource.h>
#include <unistd.h>

namespace propylon::auth {
namespace {

constexpr int kHashPriority = 10;

}  // namespace

void yield_to_loops() {
  thread_local const int done = ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kHashPriority);
  (void)done;
}

}  // namespace propylon::auth

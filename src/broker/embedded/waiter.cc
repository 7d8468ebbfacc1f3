#include "broker/embedded/waiter.h"

#include "broker/embedded/station.h"
#include "core/assert.h"

namespace propylon::broker::embedded {

void Waiter::enlist() {
  PPL_ASSERT(!enlisted_);
  enlisted_ = true;
  place_ = group_.waiters.insert(group_.waiters.end(), this);
}

void Waiter::wake_enlisted() {
  PPL_ASSERT(enlisted_);
  enlisted_ = false;
  group_.waiters.erase(place_);
  resumption_.resume();
}

void Waiter::dismiss_enlisted() {
  dismissed_ = true;
  wake_enlisted();
}

void Waiter::wake() {
  std::lock_guard lock(station_.mutex);
  if (enlisted_) wake_enlisted();
}

}  // namespace propylon::broker::embedded

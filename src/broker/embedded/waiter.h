// One fetch that waits: until new messages, the end of a lease, its deadline or its cancellation wake it, once.
//
// It is enlisted in its group under the station's lock, in the same breath as the look that found too little, so no
// message can slip in between. Lives in the fetch's coroutine frame. Thread: its loop, but for wake_enlisted().
#pragma once
#include <cstdint>
#include <list>

#include "core/cancellation.h"
#include "core/loop.h"

namespace propylon::broker::embedded {

struct GroupState;
class Station;

class Waiter final : public Timer, public Cancellation::Listener {
 public:
  Waiter(Loop& loop, Station& station, GroupState& group, std::uint32_t min_messages, std::uint32_t max_messages)
      : loop_(loop),
        station_(station),
        group_(group),
        min_messages_(min_messages),
        max_messages_(max_messages),
        resumption_(loop) {}

  std::uint32_t min_messages() const { return min_messages_; }
  std::uint32_t max_messages() const { return max_messages_; }

  // Hold the station's mutex.
  void enlist();
  // Hold the station's mutex; enlisted only. Any thread.
  void wake_enlisted();
  // The same, and for good: the station or the group is gone.
  void dismiss_enlisted();
  // After wait(): whether it was dismissed.
  bool dismissed() const { return dismissed_; }

  // Suspends until woken, at the latest at `until`. enlist() first, without the lock held any more.
  auto wait(SteadyTime until, Cancellation& cancel) {
    return resumption_.start([this, until, &cancel] {
      cancel_ = &cancel;
      loop_.arm(*this, until);
      cancel.listen(this);
      if (cancel.requested()) wake();
    });
  }
  // After wait(): nothing may call this any more.
  void finish() {
    loop_.disarm(*this);
    cancel_->listen(nullptr);
  }

  void expired() override { wake(); }
  void cancelled() override { wake(); }

 private:
  void wake();

  Loop& loop_;
  Station& station_;
  GroupState& group_;
  const std::uint32_t min_messages_;
  const std::uint32_t max_messages_;
  LoopResumption resumption_;
  Cancellation* cancel_ = nullptr;
  bool enlisted_ = false;   // under the station's mutex
  bool dismissed_ = false;  // set before the wake-up, read after it
  std::list<Waiter*>::iterator place_;
};

}  // namespace propylon::broker::embedded

// The timers of one loop: a wheel of 512 slots of 10 ms, so arming, moving and disarming are a few pointer writes.
//
// A deadline beyond the wheel's 5.12 s waits in its slot for the turns that it needs. Moving a deadline to a later
// time only writes it down; the timer moves when its old slot comes round, so that a keep-alive connection pays one
// store per request. Thread: caller serialises (one loop).
#pragma once
#include <array>
#include <cstddef>
#include <optional>

#include "core/loop.h"

namespace propylon {

class TimerWheel {
 public:
  static constexpr std::chrono::milliseconds kTick{10};

  explicit TimerWheel(SteadyTime now);
  TimerWheel(const TimerWheel&) = delete;
  TimerWheel& operator=(const TimerWheel&) = delete;

  void arm(Timer& timer, SteadyTime deadline);
  void disarm(Timer& timer);
  // Calls expired() of every timer whose deadline has passed; each is disarmed before its call and may be armed
  // again in it.
  void advance(SteadyTime now);
  // When advance() should be called next; nothing while no timer is armed. Never later than the earliest deadline
  // plus one tick; may be earlier.
  std::optional<SteadyTime> next_wake() const;
  std::size_t armed() const { return armed_; }

 private:
  static constexpr std::size_t kSlots = 512;
  struct Slot final : Timer {
    void expired() override {}
  };
  static std::int64_t tick_of(SteadyTime time);
  void link(Timer& timer, std::int64_t tick);
  static void unlink(Timer& timer);
  void run_slot(Timer& head, SteadyTime now);

  std::array<Slot, kSlots> slots_;  // heads of circular lists
  std::int64_t done_tick_;          // every slot up to this tick has been served
  std::size_t armed_ = 0;
};

}  // namespace propylon

// A clock that a test moves by hand.
#pragma once
#include <atomic>

#include "core/clock.h"

namespace propylon {

// Thread: any. Both clocks start at fixed points so that tests are repeatable: steady at one hour, wall at
// 2026-01-01T00:00:00Z.
class FakeClock final : public Clock {
 public:
  SteadyTime steady() const override { return SteadyTime(std::chrono::microseconds(steady_us_.load())); }
  WallTime wall() const override { return WallTime(std::chrono::microseconds(wall_us_.load())); }
  // Moves both clocks on.
  void advance(std::chrono::microseconds by) {
    steady_us_ += by.count();
    wall_us_ += by.count();
  }
  // Moves the wall clock alone, also backwards: what an operator or NTP does.
  void jump_wall(std::chrono::microseconds by) { wall_us_ += by.count(); }

 private:
  std::atomic<std::int64_t> steady_us_{3'600'000'000};
  std::atomic<std::int64_t> wall_us_{1'767'225'600'000'000};
};

}  // namespace propylon

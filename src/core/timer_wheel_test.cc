#include "core/timer_wheel.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "core/fake_clock.h"
#include "core/long_tests.h"

namespace propylon {
namespace {

using std::chrono::milliseconds;

struct CountingTimer final : Timer {
  void expired() override { ++fired; }
  int fired = 0;
};

TEST(TimerWheel, FiresOnceAtTheDeadlineAndNeverBefore) {
  FakeClock clock;
  TimerWheel wheel(clock.steady());
  CountingTimer timer;
  wheel.arm(timer, clock.steady() + milliseconds(95));
  for (int ms = 0; ms < 95; ++ms) {
    wheel.advance(clock.steady());
    EXPECT_EQ(timer.fired, 0) << ms;
    clock.advance(milliseconds(1));
  }
  clock.advance(milliseconds(15));
  wheel.advance(clock.steady());
  EXPECT_EQ(timer.fired, 1);
  EXPECT_FALSE(timer.armed());
  EXPECT_EQ(wheel.armed(), 0u);
}

TEST(TimerWheel, AMovedTimerFiresAtItsLastDeadline) {
  FakeClock clock;
  TimerWheel wheel(clock.steady());
  CountingTimer timer;
  wheel.arm(timer, clock.steady() + milliseconds(50));
  wheel.arm(timer, clock.steady() + milliseconds(500));
  clock.advance(milliseconds(480));
  wheel.advance(clock.steady());
  EXPECT_EQ(timer.fired, 0);
  wheel.arm(timer, clock.steady() + milliseconds(5));
  clock.advance(milliseconds(20));
  wheel.advance(clock.steady());
  EXPECT_EQ(timer.fired, 1);
}

TEST(TimerWheel, RandomTimersFireWithinOneTickAfterTheirDeadline) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE("PROPYLON_TEST_SEED=" + std::to_string(seed));
  std::mt19937 random(static_cast<std::uint32_t>(seed));
  FakeClock clock;
  TimerWheel wheel(clock.steady());
  struct Entry final : Timer {
    void expired() override { fired = true; }
    bool fired = false;
    SteadyTime deadline;
  };
  std::vector<Entry> entries(300);
  for (auto& entry : entries) {
    entry.deadline = clock.steady() + milliseconds(random() % 20'000);
    wheel.arm(entry, entry.deadline);
  }
  for (int step = 0; step < 2100; ++step) {
    clock.advance(milliseconds(10));
    wheel.advance(clock.steady());
    for (auto& entry : entries) {
      EXPECT_TRUE(!entry.fired || entry.deadline <= clock.steady());
      EXPECT_TRUE(entry.fired || entry.deadline + 2 * TimerWheel::kTick >= clock.steady());
    }
  }
  EXPECT_EQ(wheel.armed(), 0u);
}

TEST(TimerWheel, ATimerMayDisarmAnotherOfTheSameSlot) {
  FakeClock clock;
  TimerWheel wheel(clock.steady());
  CountingTimer victim;
  struct Killer final : Timer {
    void expired() override { wheel->disarm(*victim); }
    TimerWheel* wheel = nullptr;
    Timer* victim = nullptr;
  } killer;
  killer.wheel = &wheel;
  killer.victim = &victim;
  wheel.arm(killer, clock.steady() + milliseconds(20));
  wheel.arm(victim, clock.steady() + milliseconds(20));
  clock.advance(milliseconds(50));
  wheel.advance(clock.steady());
  EXPECT_EQ(victim.fired, 0);
  EXPECT_EQ(wheel.armed(), 0u);
}

}  // namespace
}  // namespace propylon

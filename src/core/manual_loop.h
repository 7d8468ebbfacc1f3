// A loop that a test turns by hand, on a FakeClock.
#pragma once
#include <mutex>

#include "core/fake_clock.h"
#include "core/loop.h"
#include "core/thread_annotations.h"
#include "core/timer_wheel.h"

namespace propylon {

// Thread: the test's; post() from any.
class ManualLoop final : public Loop {
 public:
  explicit ManualLoop(FakeClock& clock, std::size_t index = 0) : clock_(clock), index_(index), wheel_(clock.steady()) {}

  std::size_t index() const override { return index_; }
  SteadyTime now() const override { return clock_.steady(); }
  void post(Job& job) override {
    std::lock_guard lock(mutex_);
    posted_.push(job);
  }
  void at_turn_end(Job& job) override { at_end_.push(job); }
  void arm(Timer& timer, SteadyTime deadline) override { wheel_.arm(timer, deadline); }
  void disarm(Timer& timer) override { wheel_.disarm(timer); }

  // One turn: due timers, then what was posted, then the end-of-turn jobs. True when anything ran.
  bool turn() {
    wheel_.advance(now());
    bool ran = false;
    for (JobList jobs = take_posted(); Job* job = jobs.pop();) {
      job->run();
      ran = true;
    }
    JobList at_end = at_end_;
    at_end_ = JobList();
    while (Job* job = at_end.pop()) {
      job->run();
      ran = true;
    }
    return ran;
  }
  // Turns until nothing is left to do.
  void settle() {
    while (turn()) {
    }
  }
  // Moves the clock in ticks of the wheel, turning after each, so that timers fire in their order.
  void advance(std::chrono::milliseconds by) {
    for (auto left = by; left.count() > 0; left -= TimerWheel::kTick) {
      clock_.advance(std::min<std::chrono::milliseconds>(left, TimerWheel::kTick));
      settle();
    }
  }

 private:
  JobList take_posted() {
    std::lock_guard lock(mutex_);
    JobList jobs = posted_;
    posted_ = JobList();
    return jobs;
  }

  FakeClock& clock_;
  const std::size_t index_;
  TimerWheel wheel_;
  JobList at_end_;
  std::mutex mutex_;
  JobList posted_ GUARDED_BY(mutex_);
};

}  // namespace propylon

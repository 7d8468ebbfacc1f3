// A loop that a test turns by hand, on a FakeClock.
#pragma once
#include <algorithm>
#include <chrono>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>

#include "core/fake_clock.h"
#include "core/loop.h"
#include "core/task.h"
#include "core/thread_annotations.h"
#include "core/timer_wheel.h"

namespace propylon {

// Awaits the task and puts what it gives into `result`, for spawn().
template <class T>
Task<void> store_result(Task<T> task, std::optional<T>& result) {
  result.emplace(co_await std::move(task));
}

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
  // Turns until the condition holds, which other threads may bring about; the clock stands still. A test that waits for
  // what does not come within 20 seconds of real time ends with an exception.
  template <class Condition>
  void turn_until(Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!condition()) {
      if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error("The condition did not come to hold.");
      if (!turn()) std::this_thread::yield();
    }
  }
  // Turns until the task has ended, as turn_until().
  template <class T>
  T finish(Task<T> task) {
    std::optional<T> result;
    spawn(store_result(std::move(task), result));
    turn_until([&] { return result.has_value(); });
    return *std::move(result);
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

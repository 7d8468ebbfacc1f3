// What a part below the sockets may ask of the I/O loop that runs a request.
//
// The loop itself is http/io_loop.h; tests use core/manual_loop.h. A Job and a Timer are parts of their owner's
// object: nothing is allocated to post or to arm.
#pragma once
#include <coroutine>
#include <cstddef>

#include "core/clock.h"

namespace propylon {

// Something that runs once on a loop. The owner keeps it alive until it has run; it may be posted again then.
class Job {
 public:
  virtual void run() = 0;

 protected:
  ~Job() = default;

 private:
  friend class JobList;
  Job* next_ = nullptr;
};

// A first-in first-out list of jobs, linked through the jobs. Thread: caller serialises.
class JobList {
 public:
  bool empty() const { return head_ == nullptr; }
  void push(Job& job) {
    job.next_ = nullptr;
    (tail_ ? tail_->next_ : head_) = &job;
    tail_ = &job;
  }
  Job* pop() {
    Job* job = head_;
    if (job) {
      head_ = job->next_;
      if (!head_) tail_ = nullptr;
    }
    return job;
  }

 private:
  Job* head_ = nullptr;
  Job* tail_ = nullptr;
};

// A deadline on a loop's timer wheel. Coarse: expired() comes at the deadline or up to one tick (10 ms) later,
// never before. Thread: its loop.
class Timer {
 public:
  virtual void expired() = 0;
  bool armed() const { return next_ != nullptr; }

 protected:
  ~Timer() = default;  // the owner disarms before it goes

 private:
  friend class TimerWheel;
  Timer* next_ = nullptr;
  Timer* previous_ = nullptr;
  SteadyTime deadline_{};
};

class Loop {
 public:
  virtual ~Loop() = default;
  // This loop's place among the server's loops, 0 based: for state that is kept per loop.
  virtual std::size_t index() const = 0;
  // The time at the start of this turn. Thread: the loop.
  virtual SteadyTime now() const = 0;
  // Runs the job on the loop, later. Thread: any.
  virtual void post(Job& job) = 0;
  // Runs the job on the loop after the descriptors that are ready in this turn have been served: where the changes
  // of a turn are committed as one group. Thread: the loop.
  virtual void at_turn_end(Job& job) = 0;
  // Arms, or moves, a timer. Moving to a later deadline is cheap. Thread: the loop.
  virtual void arm(Timer& timer, SteadyTime deadline) = 0;
  // Thread: the loop. A timer that is not armed stays so.
  virtual void disarm(Timer& timer) = 0;
};

// Suspends a coroutine until somebody calls resume() from any thread; it goes on on its loop. Lives in the
// coroutine's frame. One use.
class LoopResumption final : public Job {
 public:
  explicit LoopResumption(Loop& loop) : loop_(loop) {}
  // For the party that finishes the work: schedules the coroutine on its loop. Exactly one call, any thread.
  void resume() { loop_.post(*this); }
  // `co_await resumption.start(f)`: suspends first, then calls f, which hands the work to somebody else.
  template <class Start>
  auto start(Start start_work) {
    struct Awaiter {
      LoopResumption& self;
      Start start_work;
      bool await_ready() const noexcept { return false; }
      void await_suspend(std::coroutine_handle<> waiter) {
        self.waiter_ = waiter;
        start_work();
      }
      void await_resume() const noexcept {}
    };
    return Awaiter{*this, std::move(start_work)};
  }
  void run() override { waiter_.resume(); }

 private:
  Loop& loop_;
  std::coroutine_handle<> waiter_;
};

}  // namespace propylon

// One I/O loop: waits for descriptors, timers and posted jobs, and serves them in turns on one thread.
//
// Asio's io_context is the outer loop, for everything that comes with Asio. Plain sockets stand in an epoll
// descriptor of our own, level-triggered, which Asio watches as one descriptor: so a request costs no epoll_ctl
// (docs/decisions/0002-io-loop.md).
//
// A turn: up to 128 ready descriptors, expired timers, posted jobs, then the jobs for the end of the turn. What
// those post (the answers of a committed group) still runs in this turn.
// Thread: run() and everything not marked "any" belong to one thread; before run() to the thread that set it up.
#pragma once
#include <atomic>
#include <coroutine>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "core/clock.h"
#include "core/loop.h"
#include "core/result.h"
#include "core/thread_annotations.h"
#include "core/timer_wheel.h"
#include "http/file_descriptor.h"

namespace propylon::http {

// What a descriptor is ready for or is asked about; a set of bits.
enum Events : std::uint32_t {
  kReadable = 0x001,
  kWritable = 0x004,
  kError = 0x008,            // a reset, or the kernel gave up
  kFailed = kError | 0x010,  // error or full hang-up; reported whether asked for or not
  kPeerClosed = 0x2000,      // the peer sends no more
};

// The owner of a watched descriptor.
class Watched {
 public:
  virtual ~Watched() = default;
  // Once per turn while the descriptor is ready (level-triggered). May also come once after unwatch(), in the turn
  // of that call: an event that was fetched before.
  virtual void ready(std::uint32_t events) = 0;
};

class IoLoop final : public Loop {
 public:
  // Errors: kIo (no descriptors left).
  static Result<std::unique_ptr<IoLoop>> open(std::size_t index, const Clock& clock);
  ~IoLoop() override;

  std::size_t index() const override { return index_; }
  SteadyTime now() const override { return now_; }
  void post(Job& job) override;
  void at_turn_end(Job& job) override;
  void arm(Timer& timer, SteadyTime deadline) override;
  void disarm(Timer& timer) override { wheel_.disarm(timer); }

  // Runs the job in the next turn, after other descriptors have had theirs.
  void next_turn(Job& job);

  // Errors: kIo. The descriptor must be unwatched before it is closed.
  Result<void> watch(int fd, Watched& owner, std::uint32_t events);
  void change(int fd, Watched& owner, std::uint32_t events);
  void unwatch(int fd);
  // Destroys the owner at the end of this turn, when no event of it can be under way.
  void retire(std::unique_ptr<Watched> owner) { retired_.push_back(std::move(owner)); }

  // Serves until stop(). Not to be called again afterwards; jobs posted from then on are kept and not run.
  void run();
  // Thread: any.
  void stop();

 private:
  struct Reactor;
  IoLoop(std::size_t index, const Clock& clock, FileDescriptor epoll, FileDescriptor wakeup);

  void wait_for_sockets();
  void wait_for_timers();
  void turn();
  void serve_ready();
  void run_jobs();
  bool run_posted();
  bool run_turn_end();
  void wake();

  const std::size_t index_;
  const Clock& clock_;
  const FileDescriptor epoll_;
  const FileDescriptor wakeup_;  // an eventfd in the epoll set
  const std::unique_ptr<Reactor> reactor_;

  SteadyTime now_;
  TimerWheel wheel_;
  std::optional<SteadyTime> wake_at_;      // when the reactor's timer fires
  std::optional<SteadyTime> wake_wanted_;  // the earliest deadline armed since the timer was last set
  bool in_turn_ = false;
  JobList local_;
  JobList turn_end_;
  JobList next_turn_;
  std::vector<std::unique_ptr<Watched>> retired_;

  std::atomic<bool> has_posted_{false};
  std::mutex mutex_;
  JobList posted_ GUARDED_BY(mutex_);
};

// `co_await next_turn` lets the other descriptors of the loop have their turn. Lives in the coroutine's frame.
class NextTurn final : public Job {
 public:
  explicit NextTurn(IoLoop& loop) : loop_(loop) {}
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> waiter) {
    waiter_ = waiter;
    loop_.next_turn(*this);
  }
  void await_resume() const {}
  void run() override { waiter_.resume(); }

 private:
  IoLoop& loop_;
  std::coroutine_handle<> waiter_;
};

}  // namespace propylon::http

#include "http/io_loop.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <cstring>
#include <string>

#include "core/assert.h"

namespace propylon::http {
namespace {

namespace asio = boost::asio;

static_assert(std::uint32_t{kReadable} == EPOLLIN && std::uint32_t{kWritable} == EPOLLOUT &&
              std::uint32_t{kError} == EPOLLERR && std::uint32_t{kFailed} == (EPOLLERR | EPOLLHUP) &&
              std::uint32_t{kPeerClosed} == EPOLLRDHUP);

constexpr int kBatch = 128;
// How often jobs may lead to more jobs before the descriptors get their turn again.
constexpr int kRoundsMax = 8;

thread_local const IoLoop* running_here = nullptr;

}  // namespace

struct IoLoop::Reactor {
  explicit Reactor(int epoll) : sockets(io, epoll), timer(io) {}
  // The epoll descriptor belongs to the loop.
  ~Reactor() { sockets.release(); }

  asio::io_context io{1};
  asio::posix::basic_stream_descriptor<asio::io_context::executor_type> sockets;
  asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>,
                             asio::io_context::executor_type>
      timer;
};

Result<std::unique_ptr<IoLoop>> IoLoop::open(std::size_t index, const Clock& clock) {
  FileDescriptor epoll(::epoll_create1(EPOLL_CLOEXEC));
  FileDescriptor wakeup(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  epoll_event event{};
  event.events = EPOLLIN;
  if (!epoll || !wakeup || ::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, wakeup.get(), &event) != 0) {
    return fail(ErrorCode::kIo, std::string("An I/O loop cannot be made: ") + std::strerror(errno));
  }
  return std::unique_ptr<IoLoop>(new IoLoop(index, clock, std::move(epoll), std::move(wakeup)));
}

IoLoop::IoLoop(std::size_t index, const Clock& clock, FileDescriptor epoll, FileDescriptor wakeup)
    : index_(index),
      clock_(clock),
      epoll_(std::move(epoll)),
      wakeup_(std::move(wakeup)),
      reactor_(std::make_unique<Reactor>(epoll_.get())),
      now_(clock.steady()),
      wheel_(now_) {}

IoLoop::~IoLoop() = default;

void IoLoop::post(Job& job) {
  if (running_here == this && in_turn_) {
    local_.push(job);
    return;
  }
  bool first = false;
  {
    std::lock_guard lock(mutex_);
    first = posted_.empty();
    posted_.push(job);
    has_posted_.store(true, std::memory_order_release);
  }
  if (first) wake();
}

void IoLoop::at_turn_end(Job& job) {
  turn_end_.push(job);
  if (!in_turn_) wake();
}

void IoLoop::next_turn(Job& job) {
  next_turn_.push(job);
  if (!in_turn_) wake();
}

void IoLoop::arm(Timer& timer, SteadyTime deadline) {
  wheel_.arm(timer, deadline);
  if (!wake_wanted_ || deadline < *wake_wanted_) {
    wake_wanted_ = deadline;
    if (!in_turn_) wake();
  }
}

Result<void> IoLoop::watch(int fd, Watched& owner, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = &owner;
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0) return {};
  return fail(ErrorCode::kIo, std::string("A socket cannot be watched: ") + std::strerror(errno));
}

void IoLoop::change(int fd, Watched& owner, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = &owner;
  PPL_ASSERT(::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event) == 0);
}

void IoLoop::unwatch(int fd) { PPL_ASSERT(::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr) == 0); }

void IoLoop::run() {
  running_here = this;
  turn();
  wait_for_sockets();
  reactor_->io.run();
  running_here = nullptr;
}

void IoLoop::stop() {
  asio::post(reactor_->io, [this] { reactor_->io.stop(); });
}

void IoLoop::wait_for_sockets() {
  reactor_->sockets.async_wait(asio::posix::descriptor_base::wait_read, [this](boost::system::error_code error) {
    if (error) return;
    turn();
    wait_for_sockets();
  });
}

// Sets the reactor's timer when it would fire too late; a timer that fires early costs one empty turn.
void IoLoop::wait_for_timers() {
  if (wake_at_ && now_ >= *wake_at_) {
    wake_at_.reset();
    wake_wanted_ = SteadyTime::min();
  }
  if (!wake_wanted_ || (wake_at_ && *wake_wanted_ >= *wake_at_)) return;
  const auto next = wheel_.next_wake();
  if (!next) {
    wake_wanted_.reset();
    return;
  }
  wake_at_ = wake_wanted_ = std::max(*next, now_ + std::chrono::milliseconds(1));
  reactor_->timer.expires_at(*wake_at_);
  reactor_->timer.async_wait([this](boost::system::error_code error) {
    if (!error) turn();
  });
}

void IoLoop::turn() {
  now_ = clock_.steady();
  in_turn_ = true;
  for (JobList jobs = std::exchange(next_turn_, JobList()); Job* job = jobs.pop();) job->run();
  serve_ready();
  wheel_.advance(now_);
  run_jobs();
  retired_.clear();
  wait_for_timers();
  in_turn_ = false;
  // Only now: this turn may have taken an earlier wake-up for its own.
  if (!next_turn_.empty()) wake();
}

void IoLoop::serve_ready() {
  std::array<epoll_event, kBatch> events;
  const int ready = ::epoll_wait(epoll_.get(), events.data(), kBatch, 0);
  for (int i = 0; i < ready; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    if (auto* owner = static_cast<Watched*>(event.data.ptr)) {
      owner->ready(event.events);
    } else {
      eventfd_t count = 0;
      ::eventfd_read(wakeup_.get(), &count);
    }
  }
}

void IoLoop::run_jobs() {
  for (int round = 0; round < kRoundsMax; ++round) {
    const bool posted = run_posted();
    if (!run_turn_end() && !posted) return;
  }
  // The loop must not go to sleep on a job.
  if (!local_.empty() || !turn_end_.empty()) wake();
}

bool IoLoop::run_posted() {
  JobList jobs = std::exchange(local_, JobList());
  bool ran = false;
  for (; Job* job = jobs.pop(); ran = true) job->run();
  if (!has_posted_.load(std::memory_order_acquire)) return ran;
  {
    std::lock_guard lock(mutex_);
    jobs = std::exchange(posted_, JobList());
    has_posted_.store(false, std::memory_order_relaxed);
  }
  for (; Job* job = jobs.pop(); ran = true) job->run();
  return ran;
}

bool IoLoop::run_turn_end() {
  JobList jobs = std::exchange(turn_end_, JobList());
  bool ran = false;
  for (; Job* job = jobs.pop(); ran = true) job->run();
  return ran;
}

void IoLoop::wake() { ::eventfd_write(wakeup_.get(), 1); }

}  // namespace propylon::http

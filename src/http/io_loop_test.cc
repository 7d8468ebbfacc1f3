#include "http/io_loop.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <functional>
#include <string>
#include <thread>

#include "core/task.h"

namespace propylon::http {
namespace {

using namespace std::chrono_literals;

class Call final : public Job {
 public:
  explicit Call(std::function<void()> function) : function_(std::move(function)) {}
  void run() override { function_(); }

 private:
  std::function<void()> function_;
};

class CallTimer final : public Timer {
 public:
  explicit CallTimer(std::function<void()> function) : function_(std::move(function)) {}
  void expired() override { function_(); }

 private:
  std::function<void()> function_;
};

class IoLoopTest : public testing::Test {
 protected:
  // Runs the loop until somebody stops it; fails instead of hanging.
  void run() {
    CallTimer too_late([this] {
      ADD_FAILURE() << "nobody stopped the loop";
      loop->stop();
    });
    loop->arm(too_late, clock.steady() + 20s);
    loop->run();
    loop->disarm(too_late);
  }

  SystemClock clock;
  std::unique_ptr<IoLoop> loop = std::move(IoLoop::open(3, clock).value());
};

TEST_F(IoLoopTest, RunsJobsOfOtherThreads) {
  int runs = 0;
  Call job([&] {
    if (++runs == 2) loop->stop();
  });
  Call again([&] { loop->post(job); });
  loop->post(job);
  std::thread other([&] { loop->post(again); });
  run();
  other.join();
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(loop->index(), 3u);
}

TEST_F(IoLoopTest, EndsATurnAfterWhatWasPostedInIt) {
  std::string order;
  Call at_end([&] { order += "e"; });
  Call later([&] { order += "l"; });
  Call last([&] { loop->stop(); });
  Call first([&] {
    loop->at_turn_end(at_end);
    order += "f";
    loop->post(later);
    loop->next_turn(last);
  });
  Call second([&] { order += "s"; });
  loop->post(first);
  loop->post(second);
  run();
  EXPECT_EQ(order, "fsel");
}

Task<void> count_turns(IoLoop& loop, int& turns) {
  while (turns < 1000) {
    NextTurn next_turn(loop);
    co_await next_turn;
    ++turns;
  }
  loop.stop();
}

TEST_F(IoLoopTest, NeverSleepsOnAJobForTheNextTurn) {
  int turns = 0;
  spawn(count_turns(*loop, turns));
  const auto begin = clock.steady();
  run();
  EXPECT_EQ(turns, 1000);
  EXPECT_LT(clock.steady() - begin, 15s);
}

TEST_F(IoLoopTest, RunsTimersAtTheirDeadlineInOrder) {
  std::string order;
  SteadyTime fired{};
  CallTimer late([&] {
    order += "l";
    fired = clock.steady();
    loop->stop();
  });
  CallTimer early([&] { order += "e"; });
  CallTimer never([&] { order += "n"; });
  const SteadyTime deadline = clock.steady() + 60ms;
  loop->arm(late, deadline);
  loop->arm(never, clock.steady() + 30ms);
  loop->arm(early, clock.steady() + 10ms);
  loop->disarm(never);
  run();
  EXPECT_EQ(order, "el");
  EXPECT_GE(fired, deadline);
}

class Reader final : public Watched {
 public:
  Reader(IoLoop& loop, int fd, int& seen) : loop_(loop), fd_(fd), seen_(seen) {}
  ~Reader() override { seen_ += 100; }
  void ready(std::uint32_t events) override {
    EXPECT_TRUE(events & kReadable);
    if (++seen_ == 3) {
      loop_.unwatch(fd_);
      loop_.retire(std::unique_ptr<Watched>(this));
      loop_.stop();
    }
  }

 private:
  IoLoop& loop_;
  int fd_;
  int& seen_;
};

TEST_F(IoLoopTest, ReportsReadinessUntilItIsTakenCareOf) {
  int fds[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
  const FileDescriptor a(fds[0]);
  const FileDescriptor b(fds[1]);
  int seen = 0;
  auto reader = std::make_unique<Reader>(*loop, a.get(), seen);
  ASSERT_TRUE(loop->watch(a.get(), *reader.release(), kReadable));
  ASSERT_EQ(::send(b.get(), "x", 1, 0), 1);
  run();
  EXPECT_EQ(seen, 103);  // three times ready, then destroyed at the end of the turn
}

TEST_F(IoLoopTest, RefusesADescriptorThatCannotBeWatched) {
  int seen = 0;
  Reader reader(*loop, -1, seen);
  EXPECT_EQ(loop->watch(-1, reader, kReadable).error().code, ErrorCode::kIo);
}

}  // namespace
}  // namespace propylon::http

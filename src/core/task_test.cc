#include "core/task.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "core/manual_loop.h"
#include "core/worker_pool.h"

namespace propylon {
namespace {

Task<int> give(int value) { co_return value; }
Task<Result<int>> fail_with(ErrorCode code) { co_return fail(code, "no"); }
Task<Result<int>> add_one(Task<Result<int>> before) {
  auto result = co_await std::move(before);
  co_return PPL_CO_TRY(std::move(result)) + 1;
}
Task<void> store(Task<int> task, int& out) { out = co_await std::move(task); }

TEST(Task, GivesItsValueToTheAwaiter) {
  int out = 0;
  spawn(store(give(7), out));
  EXPECT_EQ(out, 7);
}

TEST(Task, PassesAnErrorOn) {
  Result<int> out = 0;
  spawn([](Result<int>& to) -> Task<void> { to = co_await add_one(fail_with(ErrorCode::kIo)); }(out));
  ASSERT_FALSE(out.has_value());
  EXPECT_EQ(out.error().code, ErrorCode::kIo);
}

TEST(Task, AnExceptionComesOutOfTheAwait) {
  bool caught = false;
  spawn([](bool& seen) -> Task<void> {
    try {
      co_await []() -> Task<int> {
        throw std::runtime_error("x");
        co_return 1;
      }();
    } catch (const std::runtime_error&) {
      seen = true;
    }
  }(caught));
  EXPECT_TRUE(caught);
}

TEST(WorkerPool, RunOnComesBackToTheLoopWithTheResult) {
  FakeClock clock;
  ManualLoop loop(clock);
  WorkerPool pool("test", 1, 4);
  std::optional<Result<int>> out;
  std::thread::id worker;
  spawn([](WorkerPool& p, Loop& l, std::optional<Result<int>>& to, std::thread::id& id) -> Task<void> {
    to = co_await run_on(p, l, [&id]() -> Result<int> {
      id = std::this_thread::get_id();
      return 5;
    });
  }(pool, loop, out, worker));
  while (!out) loop.turn();
  EXPECT_EQ(**out, 5);
  EXPECT_NE(worker, std::this_thread::get_id());
}

TEST(WorkerPool, AnExceptionOfTheWorkComesOutOfTheAwait) {
  FakeClock clock;
  ManualLoop loop(clock);
  WorkerPool pool("test", 1, 4);
  std::optional<std::string> caught;
  spawn([](WorkerPool& p, Loop& l, std::optional<std::string>& to) -> Task<void> {
    try {
      (void)co_await run_on(p, l, []() -> Result<int> { throw std::runtime_error("at fault"); });
      to = "nothing";
    } catch (const std::runtime_error& failure) {
      to = failure.what();
    }
  }(pool, loop, caught));
  while (!caught) loop.turn();
  EXPECT_EQ(*caught, "at fault");
}

TEST(WorkerPool, AFullQueueRefuses) {
  FakeClock clock;
  ManualLoop loop(clock);
  WorkerPool pool("test", 1, 0);
  std::optional<Result<int>> out;
  spawn([](WorkerPool& p, Loop& l, std::optional<Result<int>>& to) -> Task<void> {
    to = co_await run_on(p, l, []() -> Result<int> { return 5; });
  }(pool, loop, out));
  loop.settle();
  ASSERT_TRUE(out.has_value());
  EXPECT_EQ(out->error().code, ErrorCode::kOverloaded);
}

}  // namespace
}  // namespace propylon

// A store that is full: what is decided beside a refused produce, and what is left for emptying it.
#include <gtest/gtest.h>

#include "broker/embedded/embedded_world.h"

namespace propylon::broker::embedded {
namespace {

class FullStoreTest : public testing::Test {
 protected:
  StationRef orders() const { return {kDefaultAccount, "orders"}; }
  Task<Result<Appended>> append(std::string_view payload) {
    const ByteView views[] = {payload};
    AppendRequest request{orders(), IfMissing::kCreate, {}, views};
    co_return co_await world.broker().append(world.loop, request);
  }
  Result<Appended> produce(std::string_view payload) { return world.run(append(payload)); }
  Task<Result<std::unique_ptr<Fetched>>> take(std::string_view group, std::uint32_t max) {
    co_return co_await world.broker().fetch(world.loop, world.fetch_request(orders(), group, max), cancel);
  }
  Result<std::unique_ptr<Fetched>> fetch(std::string_view group, std::uint32_t max = 10) {
    return world.run(take(group, max));
  }
  std::vector<std::string> payloads(std::string_view group) {
    std::vector<std::string> all;
    const auto fetched = fetch(group);
    EXPECT_TRUE(fetched) << fetched.error().message;
    if (!fetched) return all;
    for (const auto& message : (*fetched)->messages()) all.emplace_back(message.payload);
    return all;
  }
  template <class T>
  static std::shared_ptr<std::optional<T>> start(Task<T> task) {
    auto result = std::make_shared<std::optional<T>>();
    spawn([](Task<T> inner, std::shared_ptr<std::optional<T>> to) -> Task<void> {
      to->emplace(co_await std::move(inner));
    }(std::move(task), result));
    return result;
  }
  // The next write finds no space; the one after it does.
  void next_write_is_full() { world.faults.plan(log::FaultKind::kFull, log::FaultCalls::kWrites, 0, 1); }

  EmbeddedWorld world{8 * kKiB};
  Cancellation cancel;
};

// In one group, in either order: a produce that finds no space, and a change that is decided with the last sequence.
TEST_F(FullStoreTest, APurgeBesideARefusedProduceTakesNothingThatComesLater) {
  for (const bool purge_first : {false, true}) {
    SCOPED_TRACE(purge_first);
    ASSERT_TRUE(produce("before"));
    const auto purge = [&] { return start(world.broker().purge(world.loop, orders(), {})); };
    auto purged = purge_first ? purge() : nullptr;
    const auto refused = start(append("refused"));
    if (!purge_first) purged = purge();
    next_write_is_full();
    world.loop.settle();
    world.faults.heal();
    ASSERT_TRUE(refused->has_value() && purged->has_value());
    ASSERT_FALSE((*refused)->has_value());
    EXPECT_EQ((*refused)->error().code, ErrorCode::kStorageFull);
    ASSERT_TRUE((*purged)->has_value());
    ASSERT_TRUE(produce("after"));
    EXPECT_EQ(world.run(world.broker().station(world.loop, orders()))->messages, 1u);
    world.reopen();
    EXPECT_EQ(payloads("new" + std::to_string(purge_first)), std::vector<std::string>{"after"});
  }
}

TEST_F(FullStoreTest, ASeekBehindTheEndBesideARefusedProduceSkipsNothingThatComesLater) {
  for (const bool seek_first : {false, true}) {
    SCOPED_TRACE(seek_first);
    ASSERT_TRUE(produce("before"));
    (void)payloads("g");
    const SeekTarget target{.to = SeekTarget::To::kSequence, .sequence = Sequence{999}, .time = {}};
    const auto seek = [&] { return start(world.broker().seek_group(world.loop, orders(), "g", target)); };
    auto moved = seek_first ? seek() : nullptr;
    const auto refused = start(append("refused"));
    if (!seek_first) moved = seek();
    next_write_is_full();
    world.loop.settle();
    world.faults.heal();
    ASSERT_FALSE((*refused)->has_value());
    ASSERT_TRUE((*moved)->has_value());
    ASSERT_TRUE(produce("after"));
    world.reopen();
    EXPECT_EQ(payloads("g"), std::vector<std::string>{"after"});
  }
}

// What was decided for a group is taken back whole when all of it is refused.
TEST_F(FullStoreTest, TwoSeeksOfOneGroupThatAreRefusedTogetherLeaveItsDeliveriesValid) {
  ASSERT_TRUE(produce("a"));
  auto held = fetch("g");
  ASSERT_TRUE(held);
  const SeekTarget earliest;
  const auto first = start(world.broker().seek_group(world.loop, orders(), "g", earliest));
  const auto second = start(world.broker().seek_group(world.loop, orders(), "g", earliest));
  next_write_is_full();
  world.loop.settle();
  world.faults.heal();
  ASSERT_FALSE((*first)->has_value());
  ASSERT_FALSE((*second)->has_value());
  ASSERT_TRUE(world.run(world.broker().settle(world.loop, **held, Settlement::kAcknowledge)));
  EXPECT_EQ(payloads("g"), std::vector<std::string>{}) << "the acknowledgement counts";
}

// On a disk that gives no more space: consuming ends before it has used up what emptying the store needs.
TEST_F(FullStoreTest, ConsumingLeavesRoomForPurgesSeeksAwayAndRemovals) {
  world.embedded().maintenance().run_once();
  world.faults.plan(log::FaultKind::kFull, log::FaultCalls::kAllocates, 0);
  std::uint64_t stored = 0;
  for (;; ++stored) {
    const auto produced = produce(std::string(60, 'x'));
    if (produced) continue;
    ASSERT_EQ(produced.error().code, ErrorCode::kStorageFull);
    break;
  }
  ASSERT_GT(stored, 20u);
  for (int i = 0;; ++i) {
    ASSERT_LT(i, 10'000) << "consuming never ended";
    auto fetched = fetch("g", 1);
    const auto done =
        fetched ? world.run(world.broker().settle(world.loop, **fetched, Settlement::kGiveBack)) : Result<void>{};
    if (fetched && done) continue;
    ASSERT_EQ(fetched.error().code, ErrorCode::kStorageFull);
    break;
  }
  for (int i = 0; i < 3; ++i) {
    const auto purged = world.run(world.broker().purge(world.loop, orders(), Sequence{static_cast<std::uint64_t>(i)}));
    ASSERT_TRUE(purged) << purged.error().message;
  }
  ASSERT_TRUE(world.run(world.broker().remove_group(world.loop, orders(), "g")));
  ASSERT_TRUE(world.run(world.broker().purge(world.loop, orders(), {})));
  world.faults.heal();
  for (int i = 0; i < 12; ++i) {
    world.clock.advance(std::chrono::seconds(30));
    world.embedded().maintenance().run_once();
  }
  EXPECT_TRUE(produce("room again"));
}

}  // namespace
}  // namespace propylon::broker::embedded

// A floor never goes back: lives of a station, written out, in which something below it is deleted and the process
// dies.
#include <gtest/gtest.h>

#include "broker/embedded/embedded_world.h"

namespace propylon::broker::embedded {
namespace {

// Segments of 8 KiB; no checkpoint but those that a test takes.
class FloorsTest : public testing::Test {
 protected:
  FloorsTest() {
    world_.options.checkpoint_bytes = UINT64_MAX;
    world_.options.checkpoint_interval_ms = UINT64_MAX / 2'000'000;
    put("filler", {RetentionType::kMessages, 1});
  }

  StationRef ref(std::string_view name) const { return {kDefaultAccount, name}; }
  void put(std::string_view name, Retention retention) {
    SettingsChange change;
    change.retention = retention;
    const auto put = world_.run(world_.broker().put_station(world_.loop, ref(name), change, {}, IfMissing::kCreate));
    ASSERT_TRUE(put) << put.error().message;
  }
  void produce(std::string_view name, std::size_t bytes) {
    const std::string payload(bytes, 'x');
    const ByteView views[] = {payload};
    const auto appended = world_.run(world_.broker().append(world_.loop, {ref(name), IfMissing::kRefuse, {}, views}));
    ASSERT_TRUE(appended) << appended.error().message;
  }
  void produce(std::string_view name, int count, std::size_t bytes) {
    for (int i = 0; i < count; ++i) produce(name, bytes);
  }
  enum class Then { kAcknowledge, kLeave };
  // Takes up to so many messages.
  std::size_t consume(std::string_view name, std::string_view group, std::uint32_t max, Then then) {
    const FetchRequest request = world_.fetch_request(ref(name), group, max);
    const auto fetched = world_.run(world_.broker().fetch(world_.loop, request, cancel_));
    EXPECT_TRUE(fetched) << fetched.error().message;
    const std::size_t count = (*fetched)->messages().size();
    if (then == Then::kAcknowledge) {
      EXPECT_TRUE(world_.run(world_.broker().settle(world_.loop, **fetched, Settlement::kAcknowledge)));
    }
    return count;
  }
  StationInfo info(std::string_view name) {
    return world_.run(world_.broker().station(world_.loop, ref(name))).value();
  }
  // Two of them, so that the background may delete what is older.
  void checkpoints() {
    for (int i = 0; i < 2; ++i) ASSERT_TRUE(world_.embedded().maintenance().checkpoint());
  }
  std::uint64_t segment() { return world_.embedded().log().end().segment; }
  void fill_segment() {
    for (const auto at = segment(); segment() == at;) produce("filler", 1000);
  }

  std::size_t segments_kept() { return world_.embedded().log().segments().size(); }

  enum class Leaves { kNothingInTheSecond, kOneInTheSecond };
  // `orders` keeps 4,000 bytes. Its first message is small and lies in a segment that `keeper` needs; eight follow in
  // the second segment, and after the checkpoints four large ones that push all nine out.
  void small_then_large(Leaves leaves = Leaves::kNothingInTheSecond) {
    put("keeper", {RetentionType::kMessageAgeSec, 0});
    put("orders", {RetentionType::kBytes, 4000});
    produce("orders", 10);
    produce("keeper", 6, 1000);
    fill_segment();
    produce("orders", 8, 400);
    if (leaves == Leaves::kOneInTheSecond) produce("keeper", 100);
    fill_segment();
    fill_segment();
    checkpoints();
    produce("orders", 4, 900);
  }
  void run_background(int rounds = 8) {
    for (int i = 0; i < rounds; ++i) world_.embedded().maintenance().run_once();
  }

  EmbeddedWorld world_{8 * kKiB};
  Cancellation cancel_;
};

// By bytes: with the large messages deleted there would be room again for the small one that went before them.
TEST_F(FloorsTest, WhatBytesTookAwayStaysAwayWhenSomethingWasDeletedAndTheProcessDies) {
  small_then_large();
  const StationInfo before = info("orders");
  ASSERT_EQ(before.first.value, 10u);
  const std::size_t segments = segments_kept();
  run_background();
  ASSERT_LT(segments_kept(), segments) << "the test is about deleting";
  world_.reopen();
  const StationInfo after = info("orders");
  EXPECT_EQ(after.first, before.first);
  EXPECT_EQ(after.messages, before.messages);
}

// What was not synced is lost, the messages as well (the station is `os`): the floor that something was deleted for is
// not.
TEST_F(FloorsTest, NothingIsDeletedBeforeItsFloorIsDurable) {
  small_then_large();
  run_background();
  world_.reopen_after_power_cut([] { return false; });
  EXPECT_EQ(info("orders").first.value, 10u);
}

// The same where a segment is rewritten for what is left in it.
TEST_F(FloorsTest, WhatIsLeftOutOfARewrittenSegmentStaysAwayWhenTheProcessDies) {
  small_then_large(Leaves::kOneInTheSecond);
  const StationInfo before = info("orders");
  const StationInfo keeper = info("keeper");
  run_background();
  const auto segments = world_.embedded().log().segments();
  ASSERT_GT(segments.size(), 2u);
  ASSERT_LT(segments[1].bytes, 2000u) << "the test is about rewriting";
  world_.reopen();
  EXPECT_EQ(info("orders").first, before.first);
  EXPECT_EQ(info("orders").messages, before.messages);
  EXPECT_EQ(info("keeper").messages, keeper.messages);
}

// A group's place in what was deleted must not hold up what counts from the floor.
TEST_F(FloorsTest, AFloorThatARetentionRaisedIsThereAfterAKillForWhateverRetentionComesNext) {
  put("orders", {RetentionType::kMessages, 4});
  produce("orders", 4, 400);
  ASSERT_EQ(consume("orders", "g", 2, Then::kLeave), 2u);
  fill_segment();
  fill_segment();
  checkpoints();
  produce("orders", 4, 400);
  ASSERT_EQ(info("orders").first.value, 5u);
  const std::size_t segments = segments_kept();
  run_background();
  ASSERT_LT(segments_kept(), segments) << "the test is about deleting";
  world_.reopen();
  put("orders", {RetentionType::kAckBased, 0});
  ASSERT_EQ(consume("orders", "g", 10, Then::kAcknowledge), 4u);
  EXPECT_EQ(info("orders").messages, 0u);
}

}  // namespace
}  // namespace propylon::broker::embedded

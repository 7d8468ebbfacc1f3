// The broker's choice of what is rewritten, and that nobody notices.
#include "broker/embedded/segment_rewriting.h"

#include <gtest/gtest.h>

#include "broker/embedded/embedded_world.h"

namespace propylon::broker::embedded {
namespace {

class SegmentRewritingTest : public testing::Test {
 protected:
  static StationRef ref(const std::string& station) { return {kDefaultAccount, station}; }
  void produce(const std::string& station, const std::string& payload) {
    const ByteView view = payload;
    AppendRequest request{ref(station), IfMissing::kCreate, {}, {&view, 1}};
    const auto appended = world.run(world.broker().append(world.loop, request));
    ASSERT_TRUE(appended.has_value()) << appended.error().message;
    stored[station].push_back(payload);
  }
  // Nineteen messages that will go for one that stays.
  void fill(int rounds) {
    for (int i = 0; i < rounds; ++i) {
      for (int k = 0; k < 19; ++k) produce("brief", std::string(400, 'b'));
      produce("kept", "kept " + std::to_string(stored["kept"].size()) + std::string(200, 'k'));
    }
  }
  std::vector<std::string> all(const std::string& group, const std::string& station) {
    std::vector<std::string> payloads;
    for (;;) {
      FetchRequest request;
      request.station = ref(station);
      request.if_missing = IfMissing::kCreate;
      request.group = group;
      request.max_messages = 1000;
      request.deadline = world.clock.steady();
      const auto fetched = world.run(world.broker().fetch(world.loop, request, cancel));
      EXPECT_TRUE(fetched.has_value()) << fetched.error().message;
      if (!fetched || (*fetched)->messages().empty()) return payloads;
      for (const auto& message : (*fetched)->messages()) payloads.emplace_back(message.payload);
    }
  }
  void purge(const std::string& station) {
    ASSERT_TRUE(world.run(world.broker().purge(world.loop, ref(station), std::nullopt)).has_value());
    stored[station].clear();
  }
  void rounds(int count) {
    for (int i = 0; i < count; ++i) world.embedded().maintenance().run_once();
  }
  void checkpoints() {
    for (int i = 0; i < 2; ++i) ASSERT_TRUE(world.embedded().maintenance().checkpoint().has_value());
  }
  std::uint64_t rewritten() {
    const std::string text = world.registry->expose();
    const std::string name = "\npropylon_log_rewritten_segments_total{log=\"disk\"} ";
    const auto at = text.find(name);
    return at == std::string::npos ? 0 : std::stoull(text.substr(at + name.size()));
  }
  std::uint64_t messages(const std::string& station) {
    return world.run(world.broker().station(world.loop, ref(station)))->messages;
  }

  EmbeddedWorld world{64 * kKiB};
  Cancellation cancel;
  std::map<std::string, std::vector<std::string>> stored;
};

TEST_F(SegmentRewritingTest, AFewMessagesDoNotKeepTheSpaceOfManyThatAreGone) {
  fill(250);
  rounds(1);
  const auto before = world.embedded().log().bytes_on_disk();
  EXPECT_GT(world.embedded().log().segments().size(), 20u);
  purge("brief");
  checkpoints();
  rounds(40);
  EXPECT_LT(world.embedded().log().bytes_on_disk(), before / 5);
  EXPECT_EQ(all("one", "kept"), stored["kept"]);
  EXPECT_EQ(all("one", "brief"), stored["brief"]);
  EXPECT_EQ(messages("kept"), stored["kept"].size());
  world.reopen();
  EXPECT_EQ(all("two", "kept"), stored["kept"]);
  EXPECT_EQ(messages("kept"), stored["kept"].size());
  EXPECT_EQ(messages("brief"), 0u);
}

TEST_F(SegmentRewritingTest, WhatWasRewrittenIsLeftInPeaceUntilMoreOfItDies) {
  fill(250);
  purge("brief");
  rounds(1);
  checkpoints();
  rounds(60);
  const std::uint64_t first = rewritten();
  EXPECT_GT(first, 10u);
  rounds(100);
  EXPECT_EQ(rewritten(), first);
  fill(60);
  purge("brief");
  rounds(1);
  checkpoints();
  rounds(100);
  const std::uint64_t second = rewritten();
  EXPECT_GT(second, first);
  rounds(100);
  EXPECT_EQ(rewritten(), second);
  EXPECT_EQ(all("one", "kept"), stored["kept"]);
}

TEST_F(SegmentRewritingTest, WantedMessagesAreNotRewritten) {
  fill(100);
  rounds(1);
  checkpoints();
  rounds(60);
  EXPECT_EQ(rewritten(), 0u);
}

TEST_F(SegmentRewritingTest, OfAStationThatWasRemovedNothingIsKept) {
  fill(100);
  for (int i = 0; i < 50; ++i) produce("removed", std::string(300, 'r'));
  fill(100);
  purge("brief");
  const auto gone = world.run(world.broker().remove_station(world.loop, ref("removed"), {}));
  ASSERT_TRUE(gone.has_value()) << gone.error().message;
  rounds(1);
  checkpoints();
  rounds(60);
  EXPECT_GT(rewritten(), 5u);
  world.reopen();
  EXPECT_EQ(all("one", "kept"), stored["kept"]);
}

TEST_F(SegmentRewritingTest, RestsAfterAFullDiskAndGoesOnLater) {
  fill(150);
  purge("brief");
  rounds(1);
  checkpoints();
  const auto before = world.embedded().log().bytes_on_disk();
  world.faults.plan(log::FaultKind::kFull, log::FaultCalls::kWrites, 0);
  rounds(20);
  EXPECT_EQ(rewritten(), 0u);
  world.faults.heal();
  rounds(20);
  EXPECT_EQ(rewritten(), 0u) << "it rests";
  rounds(static_cast<int>(SegmentRewriting::kRestCalls) + 60);
  EXPECT_GT(rewritten(), 5u);
  EXPECT_LT(world.embedded().log().bytes_on_disk(), before);
  EXPECT_EQ(all("one", "kept"), stored["kept"]);
}

TEST_F(SegmentRewritingTest, SegmentsReadWithoutTheirIndexesAtOpenAreTakenTooOnceTheyHaveThem) {
  fill(150);
  rounds(1);
  checkpoints();
  world.drop_broker();
  const auto names = world.files.list("/log").value();
  for (std::size_t i = 0; i < names.size(); i += 3) {
    if (!names[i].ends_with(".idx")) continue;
    ASSERT_TRUE(world.files.unlink("/log/" + names[i]).has_value());
  }
  ASSERT_TRUE(world.open().has_value());
  EXPECT_EQ(all("one", "kept"), stored["kept"]);
  purge("brief");
  rounds(1);
  checkpoints();
  rounds(60);
  EXPECT_GT(rewritten(), 5u);
  EXPECT_EQ(all("two", "kept"), stored["kept"]);
}

}  // namespace
}  // namespace propylon::broker::embedded

// The two logs of the embedded broker: what waits for the disk, what is full and empties itself again, what is
// forgotten.
#include <gtest/gtest.h>

#include <algorithm>

#include "broker/embedded/embedded_world.h"

namespace propylon::broker::embedded {
namespace {

class StoresTest : public testing::Test {
 protected:
  void start(std::uint64_t segment_bytes = 256 * kKiB) { world = std::make_unique<EmbeddedWorld>(segment_bytes); }
  Broker& broker() { return world->broker(); }
  Maintenance& maintenance() { return world->embedded().maintenance(); }

  StationInfo put(const std::string& station, Durability durability, Retention retention = {}) {
    SettingsChange change;
    change.durability = durability;
    change.retention = retention;
    auto made =
        world->run(broker().put_station(world->loop, {kDefaultAccount, station}, change, {}, IfMissing::kCreate));
    EXPECT_TRUE(made.has_value()) << made.error().message;
    return made ? made->info : StationInfo{};
  }
  Result<Appended> produce(const std::string& station, const std::string& payload) {
    const ByteView views[] = {payload};
    AppendRequest request{{kDefaultAccount, station}, IfMissing::kRefuse, {}, views};
    return world->run(broker().append(world->loop, request));
  }
  std::unique_ptr<Fetched> fetch(const std::string& station, std::uint32_t max) {
    FetchRequest request;
    request.station = {kDefaultAccount, station};
    request.group = "g";
    request.consumer = "c";
    request.max_messages = max;
    request.deadline = world->clock.steady();
    auto fetched = world->run(broker().fetch(world->loop, request, cancel));
    EXPECT_TRUE(fetched.has_value()) << fetched.error().message;
    return fetched ? std::move(*fetched) : nullptr;
  }
  Result<void> acknowledge(Fetched& fetched) {
    return world->run(broker().settle(world->loop, fetched, Settlement::kAcknowledge));
  }
  StationInfo info(const std::string& station) {
    auto found = world->run(broker().station(world->loop, {kDefaultAccount, station}));
    EXPECT_TRUE(found.has_value()) << found.error().message;
    return found ? *found : StationInfo{};
  }
  void purge(const std::string& station) {
    const auto purged = world->run(broker().purge(world->loop, {kDefaultAccount, station}, {}));
    EXPECT_TRUE(purged.has_value()) << purged.error().message;
  }
  // Produces until it is refused; gives the refusal.
  Error fill(const std::string& station, std::size_t payload_bytes) {
    const std::string payload(payload_bytes, 'x');
    for (int i = 0; i < 100'000; ++i) {
      auto produced = produce(station, payload);
      if (!produced) return produced.error();
      ++stored;
    }
    ADD_FAILURE() << "never full";
    return {};
  }
  // Rounds of the background, a few seconds apart.
  void rounds(int count) {
    for (int i = 0; i < count; ++i) {
      world->clock.advance(std::chrono::seconds(5));
      maintenance().run_once();
    }
  }

  std::unique_ptr<EmbeddedWorld> world;
  Cancellation cancel;
  std::uint64_t stored = 0;
};

TEST_F(StoresTest, AMessageWhoseSyncFailedIsNeitherAnsweredNorShown) {
  start();
  put("safe", Durability::kDisk);
  put("quick", Durability::kOs);
  ASSERT_TRUE(produce("safe", "before").has_value());
  world->faults.plan(log::FaultKind::kFail, log::FaultCalls::kSyncs, 0);
  const auto refused = produce("safe", "held");
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::kOutcomeUnknown);
  EXPECT_EQ(info("safe").messages, 1u);
  EXPECT_EQ(info("safe").last, Sequence{1});
  world->faults.heal();
  for (const char* station : {"safe", "quick"}) {
    const auto later = produce(station, "later");
    ASSERT_FALSE(later.has_value()) << "a failed sync is never forgotten";
    EXPECT_EQ(later.error().code, ErrorCode::kStoreUnavailable);
  }
  EXPECT_FALSE(broker().health().accepts_messages);
  world->reopen();
  EXPECT_GE(info("safe").messages, 1u);
  EXPECT_TRUE(produce("safe", "after").has_value());
}

TEST_F(StoresTest, OneSyncServesAllThatWait) {
  start();
  put("safe", Durability::kDisk);
  world->faults.plan(log::FaultKind::kFail, log::FaultCalls::kSyncs, UINT64_MAX);  // counts, fails none
  std::vector<std::optional<Result<Appended>>> answers(100);
  const std::string payload = "x";
  const ByteView views[] = {payload};
  for (auto& answer : answers) {
    spawn(
        [](Broker& on, Loop& loop, std::span<const ByteView> what, std::optional<Result<Appended>>& to) -> Task<void> {
          AppendRequest request{{kDefaultAccount, "safe"}, IfMissing::kRefuse, {}, what};
          to.emplace(co_await on.append(loop, request));
        }(broker(), world->loop, views, answer));
  }
  ASSERT_TRUE(
      world->turn_until([&] { return std::ranges::all_of(answers, [](auto& each) { return each.has_value(); }); }));
  for (const auto& answer : answers) EXPECT_TRUE((*answer).has_value());
  EXPECT_LE(world->faults.calls(), 3u);
  EXPECT_EQ(info("safe").messages, 100u);
}

// The power cut keeps nothing that was not synced; the answers had left.
TEST_F(StoresTest, OfADiskStationADeliveryIsDurableBeforeItLeaves) {
  start();
  put("safe", Durability::kDisk);
  for (const char* payload : {"a", "b", "c"}) ASSERT_TRUE(produce("safe", payload).has_value());
  const auto acknowledged = fetch("safe", 1);
  ASSERT_TRUE(acknowledge(*acknowledged).has_value());
  ASSERT_EQ(fetch("safe", 1)->messages().size(), 1u);
  world->reopen_after_power_cut([] { return false; });
  const auto again = fetch("safe", 10);
  ASSERT_EQ(again->messages().size(), 2u);
  EXPECT_EQ(again->messages()[0].payload, "b");
  EXPECT_EQ(again->messages()[0].deliveries, 2u);
  EXPECT_EQ(again->messages()[1].deliveries, 1u);
}

TEST_F(StoresTest, OneSyncServesAllDeliveriesThatWait) {
  start();
  put("safe", Durability::kDisk);
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(produce("safe", "x").has_value());
  (void)fetch("safe", 1);                                                          // makes the group
  world->faults.plan(log::FaultKind::kFail, log::FaultCalls::kSyncs, UINT64_MAX);  // counts, fails none
  std::vector<std::optional<Result<std::unique_ptr<Fetched>>>> answers(50);
  for (auto& answer : answers) {
    FetchRequest request;
    request.station = {kDefaultAccount, "safe"};
    request.group = "g";
    request.consumer = "c";
    request.max_messages = 1;
    request.deadline = world->clock.steady();
    spawn([](Broker& on, Loop& loop, FetchRequest what, Cancellation& stop,
             std::optional<Result<std::unique_ptr<Fetched>>>& to) -> Task<void> {
      to.emplace(co_await on.fetch(loop, what, stop));
    }(broker(), world->loop, request, cancel, answer));
  }
  ASSERT_TRUE(
      world->turn_until([&] { return std::ranges::all_of(answers, [](auto& each) { return each.has_value(); }); }));
  for (const auto& answer : answers) EXPECT_EQ((**answer)->messages().size(), 1u);
  EXPECT_LE(world->faults.calls(), 2u);
}

TEST_F(StoresTest, ADeliveryWhoseSyncFailedIsNotHandedOut) {
  start();
  put("safe", Durability::kDisk);
  ASSERT_TRUE(produce("safe", "a").has_value());
  world->faults.plan(log::FaultKind::kFail, log::FaultCalls::kSyncs, 0);
  FetchRequest request;
  request.station = {kDefaultAccount, "safe"};
  request.group = "g";
  request.consumer = "c";
  request.deadline = world->clock.steady();
  const auto refused = world->run(broker().fetch(world->loop, request, cancel));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::kStoreUnavailable);
  world->faults.heal();
  world->reopen();
  EXPECT_EQ(fetch("safe", 10)->messages().size(), 1u);
}

TEST_F(StoresTest, WhatIsStoredInMemoryIsBoundedAndAcknowledgingMakesRoom) {
  start();
  put("fast", Durability::kMemory, {RetentionType::kAckBased, 0});
  put("kept", Durability::kOs);
  const Error full = fill("fast", kMiB);
  EXPECT_EQ(full.code, ErrorCode::kStorageFull);
  EXPECT_GT(stored, 60u);
  EXPECT_LT(stored, 256u);
  EXPECT_TRUE(produce("kept", "the disk has room").has_value());
  for (std::uint64_t done = 0; done < stored;) {
    const auto fetched = fetch("fast", 10);
    ASSERT_FALSE(fetched->messages().empty());
    done += fetched->messages().size();
    ASSERT_TRUE(acknowledge(*fetched).has_value()) << "acknowledging is how it gets empty";
  }
  EXPECT_EQ(info("fast").messages, 0u);
  for (int i = 0; i < 4; ++i) {
    world->clock.advance(std::chrono::seconds(5));
    world->embedded().maintenance_of_memory().run_once();
  }
  EXPECT_TRUE(produce("fast", std::string(kMiB, 'y')).has_value());
}

TEST_F(StoresTest, AboveDataBytesMaxMessagesAreRefusedAndAPurgeMakesRoom) {
  start();
  world->drop_broker();
  world->options.data_bytes_max = 4 * kMiB;
  ASSERT_TRUE(world->open().has_value());
  put("orders", Durability::kOs);
  const Error full = fill("orders", 100 * kKiB);
  EXPECT_EQ(full.code, ErrorCode::kStorageFull);
  EXPECT_NE(full.message.find("data_bytes_max"), std::string::npos) << full.message;
  EXPECT_FALSE(broker().health().accepts_messages);
  const auto fetched = fetch("orders", 3);
  EXPECT_EQ(fetched->messages().size(), 3u);
  EXPECT_TRUE(acknowledge(*fetched).has_value());
  purge("orders");
  // Nobody produces meanwhile: the two checkpoints that free the segments come by themselves.
  rounds(6);
  EXPECT_LT(world->embedded().log().bytes_on_disk(), 2 * kMiB);
  EXPECT_TRUE(broker().health().accepts_messages);
  EXPECT_TRUE(produce("orders", "again").has_value());
}

TEST_F(StoresTest, AGroupThatNobodyUsesIsForgottenAndItsPlaceWithIt) {
  start();
  world->drop_broker();
  world->options.group_idle_s = 3600;
  world->options.groups_max = 1;
  ASSERT_TRUE(world->open().has_value());
  put("orders", Durability::kOs, {RetentionType::kMessageAgeSec, 0});
  ASSERT_TRUE(produce("orders", "a").has_value());
  ASSERT_TRUE(acknowledge(*fetch("orders", 1)).has_value());
  world->clock.advance(std::chrono::minutes(59));
  maintenance().run_once();
  EXPECT_TRUE(fetch("orders", 1)->messages().empty()) << "it is still there, and now used";
  world->clock.advance(std::chrono::minutes(59));
  maintenance().run_once();
  EXPECT_TRUE(fetch("orders", 1)->messages().empty());
  world->reopen();
  world->clock.advance(std::chrono::minutes(61));
  maintenance().run_once();
  const auto groups = world->run(broker().groups(world->loop, {kDefaultAccount, "orders"}, {}));
  EXPECT_TRUE(groups->items.empty());
  world->reopen();
  EXPECT_EQ(fetch("orders", 1)->messages().size(), 1u) << "a new group begins at the oldest message";
}

TEST_F(StoresTest, ManyChangesOfRetentionBringNothingBackAcrossKills) {
  start();
  put("orders", Durability::kOs, {RetentionType::kMessages, 3});
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(produce("orders", std::to_string(i)).has_value());
  put("orders", Durability::kOs, {RetentionType::kMessageAgeSec, 0});
  world->reopen();
  EXPECT_EQ(info("orders").messages, 3u);
  EXPECT_EQ(info("orders").first, Sequence{8});
}

}  // namespace
}  // namespace propylon::broker::embedded

// Dead letters in the embedded broker: where they lie, what they count for, and what a failure leaves of them.
#include <gtest/gtest.h>

#include "broker/embedded/embedded_world.h"
#include "log/store_check.h"
#include "log/store_uuid.h"
#include "metrics/names.h"

namespace propylon::broker::embedded {
namespace {

class DeadLettersTest : public testing::Test {
 protected:
  Broker& broker() { return world.broker(); }
  Maintenance& maintenance() { return world.embedded().maintenance(); }
  template <class T>
  T run(Task<T> task) {
    return world.run(std::move(task));
  }

  Result<Appended> produce(const std::string& payload, const std::string& station = "orders") {
    const ByteView views[] = {payload};
    AppendRequest request{{kDefaultAccount, station}, IfMissing::kCreate, {}, views};
    return run(broker().append(world.loop, request));
  }
  void put(const SettingsChange& change = {}, const std::string& station = "orders") {
    const auto put = run(broker().put_station(world.loop, {kDefaultAccount, station}, change, {}, IfMissing::kCreate));
    ASSERT_TRUE(put.has_value()) << put.error().message;
  }
  void put(Durability durability) {
    SettingsChange change;
    change.durability = durability;
    put(change);
  }
  void remove(const std::string& station = "orders") {
    ASSERT_TRUE(run(broker().remove_station(world.loop, {kDefaultAccount, station}, {})).has_value());
  }
  Result<void> bury(const std::vector<std::string>& payloads, const std::string& station = "orders",
                    const std::string& details = "[]") {
    std::vector<RefusedMessage> messages;
    for (const auto& payload : payloads) messages.push_back({payload, "It does not fit.", details});
    return run(
        broker().add_dead_letters(world.loop, {kDefaultAccount, station}, DeadLetterReason::kSchema, {}, messages));
  }
  std::vector<DeadLetter> letters(const std::string& station = "orders") {
    const DeadLetterPageRequest request{.limit = kFetchMessagesMax, .max_bytes = UINT64_MAX};
    auto page = run(broker().dead_letters(world.loop, {kDefaultAccount, station}, request));
    EXPECT_TRUE(page.has_value()) << page.error().message;
    return page ? std::move(page->items) : std::vector<DeadLetter>{};
  }
  std::vector<std::string> kept(const std::string& station = "orders") {
    std::vector<std::string> payloads;
    for (const auto& letter : letters(station)) payloads.push_back(letter.payload);
    return payloads;
  }
  Result<void> dig_up(Sequence id) {
    return run(broker().remove_dead_letter(world.loop, {kDefaultAccount, "orders"}, id));
  }
  std::size_t companions() { return world.catalog->list(catalog::Kind::kDeadLetters)->size(); }
  // Rounds of the background, a few seconds apart.
  void rounds(int count) {
    for (int i = 0; i < count; ++i) {
      world.clock.advance(std::chrono::seconds(5));
      maintenance().run_once();
    }
  }

  EmbeddedWorld world;
  Cancellation cancel;
};

using Strings = std::vector<std::string>;

TEST_F(DeadLettersTest, TheirCompanionIsNoStationToAnybody) {
  world.drop_broker();
  world.options.stations_max = 2;
  world.options.groups_max = 1;
  ASSERT_TRUE(world.open().has_value());
  SettingsChange change;
  change.schema = SchemaSetting{"order", 0};
  put(change);
  ASSERT_TRUE(bury({"x", "y"}).has_value());
  ASSERT_TRUE(dig_up(letters()[0].id).has_value());
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(companions(), 1u);
    const auto listed = run(broker().stations(world.loop, kDefaultAccount, {}));
    ASSERT_EQ(listed->items.size(), 1u);
    EXPECT_EQ(listed->items[0].name, "orders");
    EXPECT_EQ(broker().stations_with_schema(kDefaultAccount, "order", 100), Strings{"orders"});
    for (const auto& name : {std::string("dead letters of orders"), std::string("1"), std::string("2")}) {
      const auto hidden = run(broker().station(world.loop, {kDefaultAccount, name}));
      ASSERT_FALSE(hidden.has_value()) << name;
      EXPECT_EQ(hidden.error().code, ErrorCode::kStationNotFound);
    }
    const std::string exposed = world.registry->expose();
    EXPECT_NE(exposed.find("\n" + std::string(metrics::kBrokerStations) + " 1\n"), std::string::npos) << exposed;
    EXPECT_NE(exposed.find("\n" + std::string(metrics::kBrokerGroups) + " 0\n"), std::string::npos) << exposed;
    world.reopen();
  }
  EXPECT_TRUE(produce("b", "second").has_value()) << "stations_max has room";
  FetchRequest request;
  request.station = {kDefaultAccount, "orders"};
  request.group = "g";
  request.deadline = world.clock.steady();
  EXPECT_TRUE(run(broker().fetch(world.loop, request, cancel)).has_value()) << "groups_max has room";
  const auto groups = run(broker().groups(world.loop, {kDefaultAccount, "orders"}, {}));
  ASSERT_EQ(groups->items.size(), 1u);
  EXPECT_EQ(groups->items[0].name, "g");
}

TEST_F(DeadLettersTest, AStationWithoutAnyHasNoCompanion) {
  ASSERT_TRUE(produce("a").has_value());
  EXPECT_EQ(kept(), Strings{});
  EXPECT_FALSE(dig_up(Sequence{1}).has_value());
  EXPECT_EQ(companions(), 0u);
}

TEST_F(DeadLettersTest, TheCompanionGoesWithItsStation) {
  put();
  ASSERT_TRUE(bury({"x"}).has_value());
  EXPECT_EQ(companions(), 1u);
  remove();
  EXPECT_EQ(companions(), 0u);
  put();
  EXPECT_EQ(kept(), Strings{});
  EXPECT_EQ(run(broker().station(world.loop, {kDefaultAccount, "orders"}))->dead_letters, 0u);
}

TEST_F(DeadLettersTest, ACompanionWhoseStationIsGoneIsRemovedWhenTheStoreOpens) {
  put();
  ASSERT_TRUE(bury({"x"}).has_value());
  put({}, "other");
  ASSERT_TRUE(bury({"y"}, "other").has_value());
  world.drop_broker();
  // As a kill between the two removals leaves it.
  ASSERT_TRUE(world.catalog->remove(catalog::Kind::kStation, kDefaultAccount, "orders", 0).has_value());
  EXPECT_EQ(companions(), 2u);
  ASSERT_TRUE(world.open().has_value());
  EXPECT_EQ(companions(), 1u);
  EXPECT_EQ(kept("other"), Strings{"y"});
  put();
  EXPECT_EQ(kept(), Strings{});
}

TEST_F(DeadLettersTest, ACompanionThatCannotBeRemovedNowKeepsNobodyFromOpening) {
  put();
  ASSERT_TRUE(bury({"x"}).has_value());
  world.drop_broker();
  ASSERT_TRUE(world.catalog->remove(catalog::Kind::kStation, kDefaultAccount, "orders", 0).has_value());
  world.catalog->fail_next_change({ErrorCode::kStorageFull, "full", {}, 0});
  ASSERT_TRUE(world.open().has_value());
  EXPECT_EQ(companions(), 1u);
  world.reopen();
  EXPECT_EQ(companions(), 0u);
}

TEST_F(DeadLettersTest, ACompanionOfNoNumberIsDamage) {
  ASSERT_TRUE(world.catalog->create(catalog::Kind::kDeadLetters, kDefaultAccount, "orders", "{}").has_value());
  world.drop_broker();
  const auto opened = world.open();
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().code, ErrorCode::kDamaged);
}

TEST_F(DeadLettersTest, WhenTheCatalogRefusesNothingIsKeptAndTheNextTimeItIs) {
  put();
  world.catalog->fail_next_change({ErrorCode::kStorageFull, "full", {}, 0});
  const auto refused = bury({"x"});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::kStorageFull);
  EXPECT_EQ(companions(), 0u);
  EXPECT_EQ(kept(), Strings{});
  ASSERT_TRUE(bury({"y"}).has_value());
  EXPECT_EQ(kept(), Strings{"y"});
}

TEST_F(DeadLettersTest, OnAFullDiskNoneIsKeptAndOneCanStillBeRemoved) {
  put();
  ASSERT_TRUE(bury({"x", "y"}).has_value());
  const auto before = letters();
  world.faults.plan(log::FaultKind::kFull, log::FaultCalls::kWrites, 0, 1);
  const auto refused = bury({"z"});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::kStorageFull);
  world.faults.heal();
  EXPECT_EQ(kept(), (Strings{"x", "y"}));
  world.drop_broker();
  world.options.data_bytes_max = 5 * 256 * kKiB;
  ASSERT_TRUE(world.open().has_value());
  while (produce(std::string(64 * kKiB, 'x')).has_value()) continue;
  const auto full = bury({"z"});
  ASSERT_FALSE(full.has_value());
  EXPECT_EQ(full.error().code, ErrorCode::kStorageFull);
  ASSERT_TRUE(dig_up(before[0].id).has_value());
  world.reopen();
  EXPECT_EQ(kept(), Strings{"y"});
}

TEST_F(DeadLettersTest, ARemovalThatCouldNotBeWrittenWasNotDone) {
  put();
  ASSERT_TRUE(bury({"x"}).has_value());
  const Sequence id = letters()[0].id;
  world.faults.plan(log::FaultKind::kFail, log::FaultCalls::kWrites, 0, 1);
  ASSERT_FALSE(dig_up(id).has_value());
  world.faults.heal();
  EXPECT_EQ(kept(), Strings{"x"});
  EXPECT_TRUE(dig_up(id).has_value());
}

TEST_F(DeadLettersTest, OfADiskStationTheyAreShownWhenTheyAreDurable) {
  put(Durability::kDisk);
  ASSERT_TRUE(bury({"x"}).has_value());
  world.reopen_after_power_cut([] { return false; });
  EXPECT_EQ(kept(), Strings{"x"});
  world.faults.plan(log::FaultKind::kFail, log::FaultCalls::kSyncs, 0);
  const auto unknown = bury({"held"});
  ASSERT_FALSE(unknown.has_value());
  EXPECT_EQ(unknown.error().code, ErrorCode::kOutcomeUnknown);
  EXPECT_EQ(kept(), Strings{"x"});
}

// The second record of a batch is refused while the first waits for the disk.
TEST_F(DeadLettersTest, APartOfABatchThatWasWrittenIsWaitedForAndShown) {
  put(Durability::kDisk);
  ASSERT_TRUE(bury({"x"}).has_value());
  world.faults.plan(log::FaultKind::kFull, log::FaultCalls::kWrites, 1, 1);
  const auto refused = bury({std::string(100 * kKiB, 'a'), std::string(100 * kKiB, 'b')});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::kStorageFull);
  world.faults.heal();
  EXPECT_EQ(kept(), (Strings{"x", std::string(100 * kKiB, 'a')}));
}

TEST_F(DeadLettersTest, TheNumberActsInTheBackgroundAndSegmentsAreGivenBack) {
  SettingsChange change;
  change.dead_letters.messages = 10;
  put(change);
  for (int i = 0; i < 4'000; ++i) ASSERT_TRUE(bury({std::to_string(i) + std::string(500, '.')}).has_value());
  const auto before = world.embedded().log().bytes_on_disk();
  rounds(6);
  EXPECT_LT(world.embedded().log().bytes_on_disk(), before / 2) << "segments of letters that went are given back";
  EXPECT_EQ(kept().size(), 10u);
  world.reopen();
  EXPECT_EQ(kept().size(), 10u);
}

TEST_F(DeadLettersTest, SpaceIsFreedWhenTheOldestAreRemoved) {
  put();
  for (int i = 0; i < 30; ++i) ASSERT_TRUE(bury({std::string(100 * kKiB, 'x')}).has_value());
  ASSERT_TRUE(bury({"last"}).has_value());
  const auto all = letters();
  const auto before = world.embedded().log().bytes_on_disk();
  for (std::size_t i = 0; i + 1 < all.size(); ++i) ASSERT_TRUE(dig_up(all[i].id).has_value());
  rounds(6);
  EXPECT_LT(world.embedded().log().bytes_on_disk(), before / 2);
  EXPECT_EQ(kept(), Strings{"last"});
  world.reopen();
  EXPECT_EQ(kept(), Strings{"last"});
}

TEST_F(DeadLettersTest, RemovalsAreNotForgottenHoweverLongNobodyLooks) {
  world.drop_broker();
  world.options.group_idle_s = 60;
  ASSERT_TRUE(world.open().has_value());
  SettingsChange change;
  change.dead_letters.retention_sec = 0;
  put(change);
  ASSERT_TRUE(bury({"x", "y", "z"}).has_value());
  ASSERT_TRUE(dig_up(letters()[1].id).has_value());
  for (int i = 0; i < 3; ++i) {
    world.clock.advance(std::chrono::hours(24));
    maintenance().run_once();
  }
  EXPECT_EQ(kept(), (Strings{"x", "z"}));
  ASSERT_TRUE(maintenance().checkpoint().has_value());
  ASSERT_TRUE(maintenance().checkpoint().has_value());
  world.reopen();
  EXPECT_EQ(kept(), (Strings{"x", "z"}));
}

TEST_F(DeadLettersTest, TheyAreThereWithTheirRemovalsInSealedAndRewrittenSegments) {
  SettingsChange change;
  change.retention = Retention{RetentionType::kMessages, 10};
  put(change);
  Strings expected;
  for (int i = 0; i < 3'000; ++i) {
    ASSERT_TRUE(produce("message" + std::string(400, '.')).has_value());
    if (i % 10 == 0) {
      ASSERT_TRUE(bury({std::to_string(i)}).has_value());
      expected.push_back(std::to_string(i));
    }
    if (i % 300 == 0) rounds(1);
  }
  const auto all = letters();
  ASSERT_EQ(all.size(), expected.size());
  for (std::size_t i = all.size(); i-- > 0;) {
    if (i % 3 != 0) continue;
    ASSERT_TRUE(dig_up(all[i].id).has_value());
    expected.erase(expected.begin() + static_cast<std::ptrdiff_t>(i));
  }
  rounds(20);
  EXPECT_EQ(kept(), expected);
  world.reopen();
  EXPECT_EQ(kept(), expected);
  EXPECT_EQ(run(broker().station(world.loop, {kDefaultAccount, "orders"}))->dead_letters, expected.size());
}

// The sequences of a gap are pending like letters, and are none.
TEST_F(DeadLettersTest, TheyAreCountedRightBehindAGapInTheSequences) {
  put();
  ASSERT_TRUE(bury({"a", "b", "c"}).has_value());
  ASSERT_TRUE(dig_up(letters()[1].id).has_value());
  world.reopen_after_power_cut([] { return true; });
  ASSERT_TRUE(bury({"d", "e", "f"}).has_value());
  const auto all = letters();
  ASSERT_EQ(all.size(), 5u);
  ASSERT_GT(all[2].id.value, all[1].id.value + 1) << "there is a gap";
  ASSERT_TRUE(dig_up(all[3].id).has_value());
  const Strings expected{"a", "c", "d", "f"};
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(kept(), expected);
    EXPECT_EQ(run(broker().station(world.loop, {kDefaultAccount, "orders"}))->dead_letters, expected.size());
    world.reopen();
  }
}

TEST_F(DeadLettersTest, TheLargestMessageIsKeptAndALargerLetterRefused) {
  world.drop_broker();
  world.log_options.segment_bytes = log::kSegmentBytes;
  ASSERT_TRUE(world.open().has_value());
  put();
  const std::string large(20 * kMiB, 'x');
  ASSERT_TRUE(bury({"before", large, "after"}).has_value());
  auto kept_ones = kept();
  ASSERT_EQ(kept_ones.size(), 3u);
  EXPECT_TRUE(kept_ones[1] == large);
  EXPECT_EQ(kept_ones[2], "after");
  const auto refused = bury({"small", large}, "orders", std::string(4 * kMiB, '.'));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::kBodyTooLarge);
  EXPECT_EQ(kept().size(), 3u) << "none of them";
}

TEST_F(DeadLettersTest, WhatIsReadForAPageIsBounded) {
  world.drop_broker();
  world.options.fetched_bytes_max = 10'000;
  ASSERT_TRUE(world.open().has_value());
  put();
  ASSERT_TRUE(bury({std::string(20'000, 'x')}).has_value());
  const auto refused = run(broker().dead_letters(world.loop, {kDefaultAccount, "orders"}, {}));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::kOverloaded);
}

TEST_F(DeadLettersTest, AStoreWithThemIsFoundGood) {
  put();
  ASSERT_TRUE(bury({"x", "y"}).has_value());
  ASSERT_TRUE(dig_up(letters()[0].id).has_value());
  ASSERT_TRUE(world.embedded().close().has_value());
  world.drop_broker();
  const log::StoreCheck check{.files = world.files,
                              .directory = "/log",
                              .store = log::parse_store_uuid(world.catalog->store_uuid()),
                              .highest_station = *world.catalog->highest_id(),
                              .options = world.log_options};
  const auto report = log::check_store(check, [](std::uint64_t, std::uint64_t) {});
  ASSERT_TRUE(report.has_value()) << report.error().message;
  EXPECT_EQ(report->damage(), 0u);
  EXPECT_TRUE(report->findings.empty());
  EXPECT_TRUE(report->opening.has_value()) << report->refusal;
  EXPECT_EQ(report->messages, 2u);
}

}  // namespace
}  // namespace propylon::broker::embedded

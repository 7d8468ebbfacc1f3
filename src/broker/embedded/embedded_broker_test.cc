#include "broker/embedded/embedded_broker.h"

#include "broker/conformance.h"
#include "broker/embedded/embedded_world.h"
#include "broker/embedded/station_document.h"

namespace propylon::broker::embedded {
namespace {

std::unique_ptr<World> make_embedded_world() { return std::make_unique<EmbeddedWorld>(); }
INSTANTIATE_TEST_SUITE_P(Embedded, BrokerConformance, testing::Values(&make_embedded_world));
INSTANTIATE_TEST_SUITE_P(Embedded, DeadLetterConformance, testing::Values(&make_embedded_world));

class EmbeddedBrokerTest : public testing::Test {
 protected:
  Result<Appended> produce(const std::vector<std::string>& payloads, const std::string& station = "orders") {
    const std::vector<ByteView> views(payloads.begin(), payloads.end());
    AppendRequest request{{kDefaultAccount, station}, IfMissing::kCreate, {}, views};
    return world.run(world.broker().append(world.loop, request));
  }
  Result<std::unique_ptr<Fetched>> fetch(const std::string& group, std::uint32_t max,
                                         const std::string& station = "orders") {
    FetchRequest request;
    request.station = {kDefaultAccount, station};
    request.if_missing = IfMissing::kCreate;
    request.group = group;
    request.max_messages = max;
    request.deadline = world.clock.steady();
    return world.run(world.broker().fetch(world.loop, request, cancel));
  }
  // Everything that a new group would get.
  std::vector<std::string> all(const std::string& group, const std::string& station = "orders") {
    std::vector<std::string> payloads;
    for (;;) {
      const auto fetched = fetch(group, 1000, station);
      EXPECT_TRUE(fetched.has_value()) << fetched.error().message;
      if (!fetched || (*fetched)->messages().empty()) return payloads;
      for (const auto& message : (*fetched)->messages()) payloads.emplace_back(message.payload);
    }
  }
  static std::string numbered(int i) { return "message-" + std::to_string(i) + std::string(300, '.'); }

  EmbeddedWorld world;
  Cancellation cancel;
};

TEST_F(EmbeddedBrokerTest, MessagesOfSealedAndIndexedSegmentsComeBackInOrderAlsoAfterRestarts) {
  std::vector<std::string> expected;
  for (int i = 0; i < 3000; ++i) {
    expected.push_back(numbered(i));
    ASSERT_TRUE(produce({expected.back()}).has_value());
    if (i % 300 == 0) world.embedded().maintenance().run_once();
    if (i % 1000 == 999) world.reopen();
  }
  EXPECT_GT(world.embedded().log().segments().size(), 3u);
  EXPECT_EQ(all("one"), expected);
  world.embedded().maintenance().run_once();
  ASSERT_TRUE(world.embedded().maintenance().checkpoint().has_value());
  ASSERT_TRUE(world.embedded().maintenance().checkpoint().has_value());
  world.reopen();
  EXPECT_EQ(all("two"), expected);
  const auto next = produce({"next"});
  ASSERT_TRUE(next.has_value());
  EXPECT_EQ(next->first, Sequence{3001});
}

TEST_F(EmbeddedBrokerTest, AfterACheckpointAGroupGoesOnWhereItWas) {
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(produce({numbered(i)}).has_value());
  auto first = fetch("g", 4);
  ASSERT_TRUE(world.run(world.broker().settle(world.loop, **first, Settlement::kAcknowledge)).has_value());
  auto open = fetch("g", 2);
  ASSERT_TRUE(world.embedded().maintenance().checkpoint().has_value());
  auto later = fetch("g", 1);  // behind the checkpoint
  world.reopen();
  const auto again = fetch("g", 100);
  ASSERT_EQ((*again)->messages().size(), 6u);
  EXPECT_EQ((*again)->messages()[0].sequence, Sequence{5});
  EXPECT_EQ((*again)->messages()[0].deliveries, 2u);
  EXPECT_EQ((*again)->messages()[2].deliveries, 2u);
  EXPECT_EQ((*again)->messages()[3].deliveries, 1u);
}

TEST_F(EmbeddedBrokerTest, OldMessagesGoAndTheirSegmentsWithThem) {
  world.drop_broker();
  world.options.retention_age_s = 3600;
  ASSERT_TRUE(world.open().has_value());
  for (int i = 0; i < 2000; ++i) ASSERT_TRUE(produce({numbered(i)}).has_value());
  world.embedded().maintenance().run_once();
  const auto before = world.embedded().log().bytes_on_disk();
  world.clock.advance(std::chrono::seconds(3601));
  ASSERT_TRUE(produce({"young"}).has_value());
  for (int round = 0; round < 3; ++round) {
    world.embedded().maintenance().run_once();
    ASSERT_TRUE(world.embedded().maintenance().checkpoint().has_value());
  }
  world.embedded().maintenance().run_once();
  EXPECT_LT(world.embedded().log().bytes_on_disk(), before);
  EXPECT_EQ(all("g"), std::vector<std::string>{"young"});
  world.reopen();
  EXPECT_EQ(all("h"), std::vector<std::string>{"young"});
  EXPECT_EQ(produce({"x"})->first, Sequence{2002});
}

TEST_F(EmbeddedBrokerTest, AWriteThatFailsStoresNothingAndLeavesNoHole) {
  ASSERT_TRUE(produce({"a"}).has_value());
  world.faults.plan(log::FaultKind::kShortWrite, log::FaultCalls::kWrites, 0, 1);
  const auto refused = produce({"lost"});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::kStorageFull);
  const auto next = produce({"b"});
  ASSERT_TRUE(next.has_value()) << next.error().message;
  EXPECT_EQ(next->first, Sequence{2});
  EXPECT_EQ(all("g"), (std::vector<std::string>{"a", "b"}));
  world.reopen();
  EXPECT_EQ(all("h"), (std::vector<std::string>{"a", "b"}));
}

TEST_F(EmbeddedBrokerTest, OnAFullDiskMessagesAreRefusedAndAcknowledgementsOfTheSameTurnAreNot) {
  ASSERT_TRUE(produce({"a", "b"}).has_value());
  auto held = fetch("g", 1);
  const ByteView body = "refused";
  std::optional<Result<Appended>> appended;
  std::optional<Result<void>> settled;
  spawn([](Broker& broker, Loop& loop, ByteView payload, std::optional<Result<Appended>>& to) -> Task<void> {
    AppendRequest request{{kDefaultAccount, "orders"}, IfMissing::kCreate, {}, {&payload, 1}};
    to.emplace(co_await broker.append(loop, request));
  }(world.broker(), world.loop, body, appended));
  spawn([](Broker& broker, Loop& loop, Fetched& fetched, std::optional<Result<void>>& to) -> Task<void> {
    to.emplace(co_await broker.settle(loop, fetched, Settlement::kAcknowledge));
  }(world.broker(), world.loop, **held, settled));
  world.faults.plan(log::FaultKind::kFull, log::FaultCalls::kWrites, 0, 1);
  world.loop.turn();
  ASSERT_TRUE(appended.has_value() && settled.has_value());
  ASSERT_FALSE(appended->has_value());
  EXPECT_EQ(appended->error().code, ErrorCode::kStorageFull);
  EXPECT_TRUE(settled->has_value());
  world.faults.heal();
  EXPECT_EQ(produce({"c"})->first, Sequence{3});
  world.reopen();
  EXPECT_EQ(all("g"), (std::vector<std::string>{"b", "c"}));
}

TEST_F(EmbeddedBrokerTest, MessagesThatDoNotFitOneGroupAreRefused) {
  const std::string large(13 * kMiB, 'x');
  const auto refused = produce({large, large});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::kBodyTooLarge);
  EXPECT_TRUE(produce({"a"}).has_value());
}

TEST_F(EmbeddedBrokerTest, ADeliveryThatCannotBeRecordedIsNotHandedOut) {
  ASSERT_TRUE(produce({"a"}).has_value());
  world.faults.plan(log::FaultKind::kFail, log::FaultCalls::kWrites, 0, 1);
  ASSERT_FALSE(fetch("g", 1).has_value());
  const auto fetched = fetch("g", 1);
  ASSERT_TRUE(fetched.has_value());
  ASSERT_EQ((*fetched)->messages().size(), 1u);
  EXPECT_EQ((*fetched)->messages()[0].deliveries, 1u);
}

TEST_F(EmbeddedBrokerTest, ALogWithAnOlderCatalogRefusesToOpen) {
  ASSERT_TRUE(produce({"a"}).has_value());
  world.drop_broker();
  world.catalog = std::make_unique<catalog::MemoryCatalog>();
  const auto opened = world.open();
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().code, ErrorCode::kDamaged);
}

TEST_F(EmbeddedBrokerTest, AnotherStoresLogRefusesToOpen) {
  ASSERT_TRUE(produce({"a"}).has_value());
  world.drop_broker();
  world.catalog = std::make_unique<catalog::MemoryCatalog>("00000000-0000-4000-8000-000000000002");
  const auto opened = world.open();
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().code, ErrorCode::kDamaged);
}

TEST_F(EmbeddedBrokerTest, ClientsCannotMakeMoreStationsOrGroupsThanAllowed) {
  world.drop_broker();
  world.options.stations_max = 2;
  world.options.groups_max = 1;
  ASSERT_TRUE(world.open().has_value());
  ASSERT_TRUE(produce({"a"}, "s1").has_value());
  ASSERT_TRUE(produce({"a"}, "s2").has_value());
  const auto third = produce({"a"}, "s3");
  ASSERT_FALSE(third.has_value());
  EXPECT_EQ(third.error().code, ErrorCode::kOverloaded);
  ASSERT_TRUE(fetch("g", 1, "s1").has_value());
  const auto second_group = fetch("h", 1, "s1");
  ASSERT_FALSE(second_group.has_value());
  EXPECT_EQ(second_group.error().code, ErrorCode::kOverloaded);
}

TEST_F(EmbeddedBrokerTest, DeliveriesUnderWayHoldNoMoreMemoryThanAllowed) {
  world.drop_broker();
  world.options.fetched_bytes_max = 10'000;
  ASSERT_TRUE(world.open().has_value());
  const std::string large(6'000, 'x');
  ASSERT_TRUE(produce({large}).has_value());
  ASSERT_TRUE(produce({large}).has_value());
  auto first = fetch("g", 1);
  ASSERT_TRUE(first.has_value());
  const auto refused = fetch("g", 1);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::kOverloaded);
  EXPECT_NE(refused.error().message.find("fetched_bytes_max"), std::string::npos);
  first->reset();
  const auto second = fetch("g", 1);
  ASSERT_TRUE(second.has_value());
  ASSERT_EQ((*second)->messages().size(), 1u);
  EXPECT_EQ((*second)->messages()[0].sequence, Sequence{2});
  EXPECT_EQ((*second)->messages()[0].deliveries, 1u);
}

TEST_F(EmbeddedBrokerTest, ManyRequestsOfOneTurnAreOneGroupInTheirOrder) {
  ASSERT_TRUE(produce({"first"}).has_value());
  const auto end_before = world.embedded().log().end();
  std::vector<std::optional<Result<Appended>>> results(50);
  std::vector<std::string> payloads;
  for (int i = 0; i < 50; ++i) payloads.push_back(std::to_string(i));
  for (std::size_t i = 0; i < results.size(); ++i) {
    spawn([](Broker& broker, Loop& loop, ByteView body, std::optional<Result<Appended>>& to) -> Task<void> {
      AppendRequest request{{kDefaultAccount, "orders"}, IfMissing::kCreate, {}, {&body, 1}};
      to.emplace(co_await broker.append(loop, request));
    }(world.broker(), world.loop, payloads[i], results[i]));
  }
  EXPECT_EQ(world.embedded().log().end(), end_before);
  world.loop.turn();
  for (std::size_t i = 0; i < results.size(); ++i) EXPECT_EQ((*results[i])->first, Sequence{i + 2});
  EXPECT_EQ(world.registry->expose().find("propylon_log_group_records_count") == std::string::npos, false);
}

// Two members fetch; the record of the one that picked later is written first, and the other's never.
TEST_F(EmbeddedBrokerTest, WhatWasPickedAndNotRecordedIsHandedOutAfterAKill) {
  for (int i = 0; i < 6; ++i) ASSERT_TRUE(produce({std::to_string(i)}).has_value());
  ASSERT_TRUE(world.run(world.broker().settle(world.loop, **fetch("g", 1), Settlement::kAcknowledge)).has_value());
  FetchRequest request;
  request.station = {kDefaultAccount, "orders"};
  request.group = "g";
  request.max_messages = 2;
  request.deadline = world.clock.steady();
  using Outcome = std::optional<Result<std::unique_ptr<Fetched>>>;
  const auto start = [&](Loop& loop, Outcome& to) {
    spawn([](Broker& broker, Loop& on, FetchRequest what, Cancellation& never, Outcome& into) -> Task<void> {
      into.emplace(co_await broker.fetch(on, what, never));
    }(world.broker(), loop, request, cancel, to));
  };
  Outcome earlier;
  Outcome later;
  start(world.loop, earlier);
  start(world.other_loop, later);
  world.other_loop.settle();
  ASSERT_FALSE(earlier.has_value()) << "its turn has not ended";
  ASSERT_TRUE(later.has_value() && later->has_value());
  EXPECT_EQ((**later)->messages().front().payload, "3");
  world.faults.plan(log::FaultKind::kFail, log::FaultCalls::kWrites, 0, 1);
  world.loop.settle();
  ASSERT_TRUE(earlier.has_value());
  EXPECT_FALSE(earlier->has_value());
  world.faults.heal();
  world.reopen();
  const auto after = fetch("g", 10);
  std::vector<std::string> payloads;
  std::vector<std::uint32_t> deliveries;
  for (const auto& message : (*after)->messages()) {
    payloads.emplace_back(message.payload);
    deliveries.push_back(message.deliveries);
  }
  EXPECT_EQ(payloads, (std::vector<std::string>{"1", "2", "3", "4", "5"}));
  EXPECT_EQ(deliveries, (std::vector<std::uint32_t>{1, 1, 2, 2, 1}));
}

// While the record of a seek is written another loop picks; the seek is not visible yet.
TEST_F(EmbeddedBrokerTest, AFetchBesideASeekTakesNothingThatTheSeekBringsBack) {
  for (int i = 1; i <= 6; ++i) ASSERT_TRUE(produce({std::to_string(i)}).has_value());
  ASSERT_TRUE(world.run(world.broker().settle(world.loop, **fetch("g", 3), Settlement::kAcknowledge)).has_value());
  std::optional<Result<std::unique_ptr<Fetched>>> beside;
  FetchRequest request;
  request.station = {kDefaultAccount, "orders"};
  request.group = "g";
  request.max_messages = 2;
  request.deadline = world.clock.steady();
  world.faults.beside_next_write([&] {
    spawn([](Broker& broker, Loop& on, FetchRequest what, Cancellation& never,
             std::optional<Result<std::unique_ptr<Fetched>>>& into) -> Task<void> {
      into.emplace(co_await broker.fetch(on, what, never));
    }(world.broker(), world.other_loop, request, cancel, beside));
  });
  const StationRef orders{kDefaultAccount, "orders"};
  ASSERT_TRUE(world.run(world.broker().seek_group(world.loop, orders, "g", {})).has_value());
  world.other_loop.settle();
  ASSERT_TRUE(beside.has_value() && beside->has_value());
  EXPECT_EQ((**beside)->messages().front().payload, "1") << "it counts at the new place";
  ASSERT_TRUE(world.run(world.broker().settle(world.loop, ***beside, Settlement::kAcknowledge)).has_value());
  EXPECT_EQ(all("g"), (std::vector<std::string>{"3", "4", "5", "6"}));
}

// A purge goes through in the same group of records in which the full disk refuses a delivery.
TEST_F(EmbeddedBrokerTest, ADeliveryThatIsUndoneBelowAFloorHoldsUpNoRetention) {
  SettingsChange change;
  change.retention = Retention{RetentionType::kAckBased, 0};
  const StationRef orders{kDefaultAccount, "orders"};
  ASSERT_TRUE(world.run(world.broker().put_station(world.loop, orders, change, {}, IfMissing::kCreate)).has_value());
  ASSERT_TRUE(fetch("g", 1).has_value());  // makes the group
  ASSERT_TRUE(produce({"a", "b", "c", "d"}).has_value());
  using Outcome = std::optional<Result<std::unique_ptr<Fetched>>>;
  FetchRequest request;
  request.station = orders;
  request.group = "g";
  request.max_messages = 2;
  request.deadline = world.clock.steady();
  const auto start = [&](Loop& loop, Outcome& to) {
    spawn([](Broker& broker, Loop& on, FetchRequest what, Cancellation& never, Outcome& into) -> Task<void> {
      into.emplace(co_await broker.fetch(on, what, never));
    }(world.broker(), loop, request, cancel, to));
  };
  Outcome refused;
  Outcome held;
  std::optional<Result<StationInfo>> purged;
  start(world.loop, refused);
  start(world.other_loop, held);
  world.other_loop.settle();
  spawn([](Broker& broker, Loop& on, StationRef of, std::optional<Result<StationInfo>>& into) -> Task<void> {
    into.emplace(co_await broker.purge(on, of, Sequence{3}));
  }(world.broker(), world.loop, orders, purged));
  world.faults.plan(log::FaultKind::kFull, log::FaultCalls::kWrites, 0, 1);
  world.loop.settle();
  world.faults.heal();
  ASSERT_TRUE(refused.has_value() && !refused->has_value());
  ASSERT_TRUE(purged.has_value() && purged->has_value());
  ASSERT_EQ((**held)->messages().front().payload, "c");
  ASSERT_TRUE(world.run(world.broker().settle(world.loop, ***held, Settlement::kAcknowledge)).has_value());
  EXPECT_EQ(world.run(world.broker().station(world.loop, orders))->messages, 0u);
}

// A gap: of a young station every message may have been lost, and their numbers had been shown.
TEST_F(EmbeddedBrokerTest, NumbersOfAStationWhoseMessagesWereAllLostAreNotGivenOutAgain) {
  ASSERT_TRUE(produce({"old"}).has_value());
  ASSERT_TRUE(world.embedded().maintenance().checkpoint().has_value());
  const auto shown = produce({"a", "b"}, "young");
  ASSERT_TRUE(shown.has_value());
  world.reopen_after_power_cut([] { return false; });
  const auto next = produce({"c"}, "young");
  ASSERT_TRUE(next.has_value());
  EXPECT_GT(next->first.value, shown->first.value + 1);
  // A station that is made later begins at 1, however often the log with the gap is replayed.
  ASSERT_EQ(produce({"x"}, "later")->first, Sequence{1});
  world.reopen();
  EXPECT_EQ(produce({"y"}, "later")->first, Sequence{2});
  EXPECT_EQ(produce({"d"}, "young")->first.value, next->first.value + 1);
}

TEST(StationDocument, RoundTripsAndRefusesWhatItDoesNotKnow) {
  StationDocument station;
  station.settings.retention = {RetentionType::kMessages, 5};
  station.settings.durability = Durability::kDisk;
  station.settings.max_message_bytes = 9;
  station.settings.ack_wait_ms = 7;
  station.settings.dead_letters = {.schema = false, .retention_sec = 0, .messages = 3};
  station.created = WallTime(std::chrono::microseconds(1'767'225'600'000'001));
  for (const auto& schema : {std::optional<SchemaSetting>{}, {{"order", 0}}, {{"order", UINT32_MAX}}}) {
    station.settings.schema = schema;
    const auto decoded = decode_station(encode_station(station));
    ASSERT_TRUE(decoded.has_value()) << decoded.error().message;
    EXPECT_EQ(*decoded, station);
  }
  for (const char* bad : {"", "[]", R"({"retention":{"type":"never"}})", R"({"durability":"tape"})",
                          R"({"ack_wait_ms":-1})", R"({"dead_letters":7})", R"({"dead_letters":{"messages":-1}})",
                          R"({"dead_letters":{"schema":1}})", R"({"schema":"order"})", R"({"schema":{"version":1}})",
                          R"({"schema":{"name":"order","version":4294967296}})"}) {
    const auto refused = decode_station(bad);
    ASSERT_FALSE(refused.has_value()) << bad;
    EXPECT_EQ(refused.error().code, ErrorCode::kDamaged);
  }
}

TEST(StationDocument, SettingsThatADocumentDoesNotNameAreTheDefaults) {
  const auto decoded = decode_station(R"({"max_message_bytes":9,"created_us":0})");
  ASSERT_TRUE(decoded.has_value()) << decoded.error().message;
  StationSettings expected;
  expected.max_message_bytes = 9;
  EXPECT_EQ(decoded->settings, expected);
}

}  // namespace
}  // namespace propylon::broker::embedded

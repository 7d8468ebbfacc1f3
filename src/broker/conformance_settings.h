// Claims about putting settings: what a put makes, changes and keeps, and which settings act on what.
#pragma once
#include <algorithm>

#include "broker/conformance_fixture.h"

namespace propylon::broker {

TEST_P(BrokerConformance, APutMakesAStationWithTheTemplatesSettings) {
  ASSERT_TRUE(produce({"a"}, "made-by-use").has_value());
  const auto made = put({});
  ASSERT_TRUE(made.has_value()) << made.error().message;
  EXPECT_TRUE(made->created);
  EXPECT_EQ(made->info.name, "orders");
  EXPECT_EQ(made->info.settings, world_->broker().template_settings());
  EXPECT_EQ(made->info.settings, info("made-by-use").settings);
  EXPECT_GT(made->info.revision, 0u);
  EXPECT_EQ(made->info.messages, 0u);
  EXPECT_EQ(made->info.bytes, 0u);
  EXPECT_EQ(made->info.first, Sequence{1});
  EXPECT_EQ(made->info.last, Sequence{0});
  EXPECT_TRUE(produce({"a"}, "orders", IfMissing::kRefuse).has_value());
}

TEST_P(BrokerConformance, APutChangesWhatItNamesAndKeepsTheRest) {
  SettingsChange first;
  first.retention = Retention{RetentionType::kMessages, 10};
  first.ack_wait_ms = 5'000;
  const auto made = put(first);
  ASSERT_TRUE(made.has_value()) << made.error().message;
  SettingsChange second;
  second.max_message_bytes = 100;
  const auto changed = put(second, "orders", {}, IfMissing::kRefuse);
  ASSERT_TRUE(changed.has_value()) << changed.error().message;
  EXPECT_FALSE(changed->created);
  EXPECT_GT(changed->info.revision, made->info.revision);
  EXPECT_EQ(changed->info.created, made->info.created);
  StationSettings expected = world_->broker().template_settings();
  expected.retention = {RetentionType::kMessages, 10};
  expected.max_message_bytes = 100;
  expected.ack_wait_ms = 5'000;
  EXPECT_EQ(changed->info.settings, expected);
  EXPECT_EQ(info().settings, expected);
  EXPECT_EQ(info().revision, changed->info.revision);
}

TEST_P(BrokerConformance, APutThatChangesNothingKeepsTheRevision) {
  SettingsChange change;
  change.retention = Retention{RetentionType::kMessages, 10};
  const auto made = put(change);
  const auto same = put(change);
  const auto empty = put({});
  ASSERT_TRUE(made.has_value() && same.has_value() && empty.has_value());
  EXPECT_FALSE(same->created);
  EXPECT_EQ(same->info.revision, made->info.revision);
  EXPECT_EQ(empty->info.revision, made->info.revision);
  EXPECT_EQ(empty->info.settings, made->info.settings);
}

TEST_P(BrokerConformance, SettingsAreThereAfterAReopen) {
  const auto now = std::chrono::floor<std::chrono::milliseconds>(world_->clock.wall());
  SettingsChange change;
  change.retention = Retention{RetentionType::kBytes, 12'345};
  change.max_message_bytes = 99;
  change.ack_wait_ms = 1'234;
  change.dead_letters = {.schema = false, .retention_sec = 77, .messages = 88};
  change.schema = SchemaSetting{"order", 3};
  ASSERT_TRUE(put({}).has_value());
  const auto changed = put(change);
  ASSERT_TRUE(changed.has_value()) << changed.error().message;
  world_->clock.advance(std::chrono::hours(1));
  world_->reopen();
  const auto after = info();
  EXPECT_EQ(after.settings, changed->info.settings);
  EXPECT_EQ(after.revision, changed->info.revision);
  EXPECT_EQ(std::chrono::floor<std::chrono::milliseconds>(after.created), now);
}

TEST_P(BrokerConformance, APutHoldsToItsPrecondition) {
  SettingsChange change;
  change.max_message_bytes = 100;
  const Precondition new_only{.revision = {}, .must_not_exist = true};
  EXPECT_EQ(code_of(put(change, "orders", {.revision = 1})), ErrorCode::kPreconditionFailed);
  EXPECT_EQ(code_of(put(change, "orders", {.revision = 1}, IfMissing::kRefuse)), ErrorCode::kStationNotFound);
  EXPECT_EQ(code_of(find_station()), ErrorCode::kStationNotFound);
  const auto made = put(change, "orders", new_only);
  ASSERT_TRUE(made.has_value()) << made.error().message;
  EXPECT_EQ(code_of(put(change, "orders", new_only)), ErrorCode::kPreconditionFailed);
  change.max_message_bytes = 200;
  EXPECT_EQ(code_of(put(change, "orders", {.revision = made->info.revision + 1})), ErrorCode::kPreconditionFailed);
  EXPECT_EQ(info().settings.max_message_bytes, 100u);
  const auto changed = put(change, "orders", {.revision = made->info.revision});
  ASSERT_TRUE(changed.has_value()) << changed.error().message;
  change.max_message_bytes = 300;
  EXPECT_EQ(code_of(put(change, "orders", {.revision = made->info.revision})), ErrorCode::kPreconditionFailed);
  EXPECT_EQ(info().settings.max_message_bytes, 200u);
}

TEST_P(BrokerConformance, ParallelPutsOfOneNameMakeOneStation) {
  std::vector<std::optional<Result<StationPut>>> results(8);
  SettingsChange change;
  change.max_message_bytes = 100;
  for (std::size_t i = 0; i < results.size(); ++i) {
    Loop& loop = i % 2 ? static_cast<Loop&>(world_->other_loop) : world_->loop;
    spawn([](Broker& broker, Loop& on, SettingsChange what, std::optional<Result<StationPut>>& to) -> Task<void> {
      const StationRef station{kDefaultAccount, "orders"};
      const Precondition none;
      to.emplace(co_await broker.put_station(on, station, what, none, IfMissing::kCreate));
    }(world_->broker(), loop, change, results[i]));
  }
  ASSERT_TRUE(
      world_->turn_until([&] { return std::ranges::all_of(results, [](const auto& r) { return r.has_value(); }); }));
  int created = 0;
  for (const auto& result : results) {
    ASSERT_TRUE(result->has_value()) << result->error().message;
    created += (*result)->created ? 1 : 0;
    EXPECT_EQ((*result)->info.revision, (*results[0])->info.revision);
  }
  EXPECT_EQ(created, 1);
  const auto page = world_->run(world_->broker().stations(world_->loop, kDefaultAccount, {}));
  ASSERT_TRUE(page.has_value());
  EXPECT_EQ(page->items.size(), 1u);
}

TEST_P(BrokerConformance, AMessageAboveTheStationsLimitIsRefusedAndNothingIsStored) {
  SettingsChange change;
  change.max_message_bytes = 10;
  ASSERT_TRUE(put(change).has_value());
  EXPECT_EQ(rules().max_message_bytes, 10u);
  EXPECT_TRUE(produce({std::string(10, 'x')}).has_value());
  for (const auto& batch : {Strings{std::string(11, 'x')}, Strings{"small", std::string(11, 'x'), "small"}}) {
    const auto refused = produce(batch);
    ASSERT_EQ(code_of(refused), ErrorCode::kBodyTooLarge);
    EXPECT_NE(refused.error().message.find("10"), std::string::npos) << refused.error().message;
  }
  EXPECT_EQ(info().last, Sequence{1});
  EXPECT_TRUE(produce({std::string(11, 'x')}, "other").has_value());
  change.max_message_bytes = 11;
  ASSERT_TRUE(put(change).has_value());
  EXPECT_EQ(produce({std::string(11, 'x')})->first, Sequence{2});
}

TEST_P(BrokerConformance, TheRulesOfAMissingStationAreTheTemplates) {
  EXPECT_EQ(rules(), produce_rules_of(world_->broker().template_settings()));
  EXPECT_EQ(code_of(find_station()), ErrorCode::kStationNotFound);
  SettingsChange change;
  change.max_message_bytes = 10;
  ASSERT_TRUE(put(change).has_value());
  EXPECT_EQ(rules().max_message_bytes, 10u);
  ASSERT_TRUE(remove().has_value());
  EXPECT_EQ(rules(), produce_rules_of(world_->broker().template_settings()));
}

TEST_P(BrokerConformance, DeadLetterSettingsChangeOneByOne) {
  DeadLetterSettings expected = world_->broker().template_settings().dead_letters;
  ASSERT_EQ(expected, DeadLetterSettings{});
  SettingsChange change;
  change.dead_letters.retention_sec = expected.retention_sec = 60;
  EXPECT_EQ(put(change)->info.settings.dead_letters, expected);
  change.dead_letters = {};
  change.dead_letters.messages = expected.messages = 5;
  EXPECT_EQ(put(change)->info.settings.dead_letters, expected);
  change.dead_letters = {};
  change.dead_letters.schema = expected.schema = false;
  const auto changed = put(change);
  EXPECT_EQ(changed->info.settings.dead_letters, expected);
  EXPECT_EQ(info().settings.dead_letters, expected);
  EXPECT_EQ(put(change)->info.revision, changed->info.revision);
}

TEST_P(BrokerConformance, ASchemaIsAttachedAndDetachedForTheNextCallOfEachLoop) {
  ASSERT_TRUE(produce({"a"}).has_value());
  const auto see = [&](const std::optional<SchemaSetting>& schema, bool keeps_refused) {
    const auto settings = info().settings;
    EXPECT_EQ(settings.schema, schema);
    for (Loop* loop : {static_cast<Loop*>(&world_->loop), static_cast<Loop*>(&world_->other_loop)}) {
      EXPECT_EQ(rules(*loop), produce_rules_of(settings)) << loop->index();
      EXPECT_EQ(rules(*loop).schema, schema) << loop->index();
      EXPECT_EQ(rules(*loop).keeps_refused, keeps_refused) << loop->index();
    }
  };
  see({}, true);
  SettingsChange change;
  for (const SchemaSetting& schema : {SchemaSetting{"order", 0}, {"order", 3}, {"other", 0}}) {
    change.schema = schema;
    ASSERT_TRUE(put(change).has_value());
    see(schema, true);
  }
  SettingsChange keeps_none;
  keeps_none.dead_letters.schema = false;
  ASSERT_TRUE(put(keeps_none).has_value());
  see(SchemaSetting{"other", 0}, false);
  world_->reopen();
  see(SchemaSetting{"other", 0}, false);
  change.schema = std::optional<SchemaSetting>{};
  ASSERT_TRUE(put(change).has_value());
  see({}, false);
}

TEST_P(BrokerConformance, ALoopThatAsksForTwoStationsInTurnIsToldEachOnesRules) {
  SettingsChange change;
  change.schema = SchemaSetting{"order", 0};
  ASSERT_TRUE(put(change).has_value());
  ASSERT_TRUE(put({}, "plain").has_value());
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(rules(world_->loop).schema, (SchemaSetting{"order", 0}));
    EXPECT_EQ(rules(world_->loop, "plain").schema, std::nullopt);
    EXPECT_EQ(rules(world_->loop, "missing").schema, std::nullopt);
  }
}

TEST_P(BrokerConformance, StationsOfASchemaAreListedInOrder) {
  const auto stations = [&](std::string_view schema, std::size_t limit = 100, AccountId account = kDefaultAccount) {
    return world_->broker().stations_with_schema(account, schema, limit);
  };
  EXPECT_EQ(stations("order"), Strings{});
  SettingsChange change;
  change.schema = SchemaSetting{"order", 0};
  for (const auto* name : {"c", "a", "d"}) ASSERT_TRUE(put(change, name).has_value());
  change.schema = SchemaSetting{"order", 2};
  ASSERT_TRUE(put(change, "b").has_value());
  change.schema = SchemaSetting{"orders", 0};
  ASSERT_TRUE(put(change, "aa").has_value());
  ASSERT_TRUE(put({}, "plain").has_value());
  EXPECT_EQ(stations("order"), (Strings{"a", "b", "c", "d"}));
  EXPECT_EQ(stations("order", 2), (Strings{"a", "b"}));
  EXPECT_EQ(stations("orders"), Strings{"aa"});
  EXPECT_EQ(stations("order", 100, AccountId{7}), Strings{});
  change.schema = std::optional<SchemaSetting>{};
  ASSERT_TRUE(put(change, "a").has_value());
  ASSERT_TRUE(remove("c").has_value());
  EXPECT_EQ(stations("order"), (Strings{"b", "d"}));
  world_->reopen();
  EXPECT_EQ(stations("order"), (Strings{"b", "d"}));
}

TEST_P(BrokerConformance, ANewLeaseTimeActsOnTheNextDelivery) {
  ASSERT_TRUE(produce({"a", "b"}).has_value());
  const auto before = fetch("g", 1);
  SettingsChange change;
  change.ack_wait_ms = 1'000;
  ASSERT_TRUE(put(change).has_value());
  const auto after = fetch("g", 1);
  world_->clock.advance(std::chrono::milliseconds(1'100));
  EXPECT_EQ(payloads(*fetch("g")), Strings{"b"});
  world_->clock.advance(std::chrono::seconds(30));
  EXPECT_EQ(payloads(*fetch("g")), (Strings{"a", "b"}));
}

TEST_P(BrokerConformance, ADurabilityThatTheBackendLacksIsRefusedAndMakesNoStation) {
  const auto capabilities = world_->broker().capabilities();
  SettingsChange change;
  const auto refused = [&](Durability durability) {
    change.durability = durability;
    EXPECT_EQ(code_of(put(change)), ErrorCode::kNotImplemented);
    EXPECT_EQ(code_of(find_station()), ErrorCode::kStationNotFound);
  };
  if (!capabilities.durability_disk) refused(Durability::kDisk);
  if (!capabilities.durability_memory) refused(Durability::kMemory);
  change.durability = Durability::kOs;
  EXPECT_TRUE(put(change).has_value());
}

TEST_P(BrokerConformance, AStationOnDiskStoresAndHandsOut) {
  if (!world_->broker().capabilities().durability_disk)
    GTEST_SKIP() << "this backend has no stations of durability disk";
  SettingsChange change;
  change.durability = Durability::kDisk;
  const auto made = put(change);
  ASSERT_TRUE(made.has_value()) << made.error().message;
  EXPECT_EQ(made->info.settings.durability, Durability::kDisk);
  auto request = fetch_request("g");
  request.deadline += std::chrono::seconds(5);
  const auto running = start(request, world_->other_loop);
  ASSERT_TRUE(produce({"a"}).has_value());
  ASSERT_TRUE(finished(*running));
  EXPECT_EQ(payloads(***running->result), Strings{"a"});
  settle(***running->result, Settlement::kAcknowledge);
  ASSERT_TRUE(produce({"b", "c"}).has_value());
  EXPECT_EQ(info().last, Sequence{3});
  EXPECT_EQ(payloads(*fetch("g")), (Strings{"b", "c"}));
  world_->reopen();
  EXPECT_EQ(info().settings.durability, Durability::kDisk);
  EXPECT_EQ(payloads(*fetch("late")), (Strings{"a", "b", "c"}));
}

TEST_P(BrokerConformance, AStationMayGoBetweenOsAndDisk) {
  if (!world_->broker().capabilities().durability_disk)
    GTEST_SKIP() << "this backend has no stations of durability disk";
  ASSERT_TRUE(produce({"a"}).has_value());
  for (const auto durability : {Durability::kDisk, Durability::kOs, Durability::kDisk}) {
    SettingsChange change;
    change.durability = durability;
    const auto changed = put(change);
    ASSERT_TRUE(changed.has_value()) << changed.error().message;
    EXPECT_EQ(changed->info.settings.durability, durability);
    ASSERT_TRUE(produce({"b"}).has_value());
  }
  EXPECT_EQ(readable(), (Strings{"a", "b", "b", "b"}));
}

TEST_P(BrokerConformance, AStationInMemoryWorksAndIsEmptyAfterAReopen) {
  if (!world_->broker().capabilities().durability_memory)
    GTEST_SKIP() << "this backend has no stations of durability memory";
  SettingsChange change;
  change.durability = Durability::kMemory;
  const auto made = put(change);
  ASSERT_TRUE(made.has_value()) << made.error().message;
  ASSERT_TRUE(produce({"a", "b", "c"}).has_value());
  acknowledge("g", 1);
  EXPECT_EQ(payloads(*fetch("g")), (Strings{"b", "c"}));
  EXPECT_EQ(info().messages, 3u);
  if (!world_->broker().capabilities().survives_restart) GTEST_SKIP() << "this backend does not survive a restart";
  world_->reopen();
  EXPECT_EQ(info().settings, made->info.settings);
  EXPECT_EQ(info().messages, 0u);
  EXPECT_EQ(info().bytes, 0u);
  ASSERT_TRUE(produce({"d"}).has_value());
  EXPECT_EQ(payloads(*fetch("g")), Strings{"d"});
}

TEST_P(BrokerConformance, NoStationGoesIntoOrOutOfMemory) {
  if (!world_->broker().capabilities().durability_memory)
    GTEST_SKIP() << "this backend has no stations of durability memory";
  SettingsChange in_memory;
  in_memory.durability = Durability::kMemory;
  ASSERT_TRUE(produce({"a"}).has_value());
  const auto before = info();
  EXPECT_EQ(code_of(put(in_memory)), ErrorCode::kConflict);
  EXPECT_EQ(info().settings, before.settings);
  EXPECT_EQ(info().revision, before.revision);
  ASSERT_TRUE(put(in_memory, "fleeting").has_value());
  SettingsChange kept;
  kept.durability = Durability::kOs;
  EXPECT_EQ(code_of(put(kept, "fleeting")), ErrorCode::kConflict);
  EXPECT_TRUE(put(in_memory, "fleeting").has_value());
}

}  // namespace propylon::broker

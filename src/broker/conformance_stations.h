// Claims about stations as things: missing ones, lists, counts, removal.
#pragma once
#include "broker/conformance_fixture.h"

namespace propylon::broker {

TEST_P(BrokerConformance, NothingIsDoneToAMissingStationAndNothingMakesIt) {
  EXPECT_EQ(code_of(find_station()), ErrorCode::kStationNotFound);
  SettingsChange change;
  change.max_message_bytes = 100;
  EXPECT_EQ(code_of(put(change, "orders", {}, IfMissing::kRefuse)), ErrorCode::kStationNotFound);
  EXPECT_EQ(code_of(remove()), ErrorCode::kStationNotFound);
  EXPECT_EQ(code_of(purge()), ErrorCode::kStationNotFound);
  EXPECT_EQ(code_of(list_groups()), ErrorCode::kStationNotFound);
  EXPECT_EQ(code_of(remove_group("g")), ErrorCode::kStationNotFound);
  EXPECT_EQ(code_of(seek("g", {})), ErrorCode::kStationNotFound);
  EXPECT_EQ(code_of(find_station()), ErrorCode::kStationNotFound);
  EXPECT_EQ(code_of(produce({"a"}, "orders", IfMissing::kRefuse)), ErrorCode::kStationNotFound);
}

TEST_P(BrokerConformance, CountsFollowEveryAppend) {
  ASSERT_TRUE(produce({std::string(100, 'a')}).has_value());
  const auto one = info();
  EXPECT_EQ(one.messages, 1u);
  EXPECT_GE(one.bytes, 100u);
  EXPECT_EQ(one.first, Sequence{1});
  EXPECT_EQ(one.last, Sequence{1});
  ASSERT_TRUE(produce({std::string(100, 'b'), std::string(100, 'c')}).has_value());
  const auto three = info();
  EXPECT_EQ(three.messages, 3u);
  EXPECT_GE(three.bytes, one.bytes + 200);
  EXPECT_EQ(three.first, Sequence{1});
  EXPECT_EQ(three.last, Sequence{3});
  acknowledge("g", 3);
  EXPECT_EQ(info().messages, 3u);
  EXPECT_EQ(info().bytes, three.bytes);
}

TEST_P(BrokerConformance, CountsAreTheSameAfterAReopen) {
  ASSERT_TRUE(produce({"a", "b", "c"}).has_value());
  ASSERT_TRUE(produce({"d"}).has_value());
  ASSERT_TRUE(purge(Sequence{3}).has_value());
  const auto before = info();
  world_->reopen();
  const auto after = info();
  EXPECT_EQ(after.messages, 2u);
  EXPECT_EQ(after.bytes, before.bytes);
  EXPECT_EQ(after.first, Sequence{3});
  EXPECT_EQ(after.last, Sequence{4});
}

TEST_P(BrokerConformance, ListsHoldOneAccountsStationsInTheOrderOfTheirNames) {
  for (const char* name : {"orders.eu", "a", "orders", "z", "orders-x", "b"}) {
    ASSERT_TRUE(put({}, name).has_value());
  }
  const StationRef foreign{AccountId{2}, "foreign"};
  const SettingsChange none;
  ASSERT_TRUE(
      world_->run(world_->broker().put_station(world_->loop, foreign, none, {}, IfMissing::kCreate)).has_value());
  struct Case {
    std::uint64_t account;
    PageRequest request;
    Strings names;
    bool more;
  };
  const Case cases[] = {
      {1, {}, {"a", "b", "orders", "orders-x", "orders.eu", "z"}, false},
      {1, {.prefix = "", .after = "", .limit = 2}, {"a", "b"}, true},
      {1, {.prefix = "", .after = "b", .limit = 2}, {"orders", "orders-x"}, true},
      {1, {.prefix = "", .after = "orders-x", .limit = 2}, {"orders.eu", "z"}, false},
      {1, {.prefix = "", .after = "not-there", .limit = 1}, {"orders"}, true},
      {1, {.prefix = "", .after = "z", .limit = 2}, {}, false},
      {1, {.prefix = "orders", .after = "", .limit = 100}, {"orders", "orders-x", "orders.eu"}, false},
      {1, {.prefix = "orders", .after = "", .limit = 3}, {"orders", "orders-x", "orders.eu"}, false},
      {1, {.prefix = "orders", .after = "orders", .limit = 1}, {"orders-x"}, true},
      {1, {.prefix = "nothing", .after = "", .limit = 100}, {}, false},
      {2, {}, {"foreign"}, false},
      {3, {}, {}, false},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(testing::Message() << "account " << c.account << " prefix " << c.request.prefix << " after "
                                    << c.request.after << " limit " << c.request.limit);
    const auto page = world_->run(world_->broker().stations(world_->loop, AccountId{c.account}, c.request));
    ASSERT_TRUE(page.has_value()) << page.error().message;
    Strings names;
    for (const auto& station : page->items) names.push_back(station.name);
    EXPECT_EQ(names, c.names);
    EXPECT_EQ(page->more, c.more);
  }
}

TEST_P(BrokerConformance, AListSaysOfEachStationWhatTheStationSays) {
  ASSERT_TRUE(keep(RetentionType::kMessages, 2).has_value());
  ASSERT_TRUE(produce({"a", "b", "c"}).has_value());
  const auto page = world_->run(world_->broker().stations(world_->loop, kDefaultAccount, {}));
  ASSERT_TRUE(page.has_value());
  ASSERT_EQ(page->items.size(), 1u);
  const auto& listed = page->items[0];
  const auto one = info();
  EXPECT_EQ(listed.settings, one.settings);
  EXPECT_EQ(listed.revision, one.revision);
  EXPECT_EQ(listed.created, one.created);
  EXPECT_EQ(listed.messages, 2u);
  EXPECT_EQ(listed.bytes, one.bytes);
  EXPECT_EQ(listed.first, Sequence{2});
  EXPECT_EQ(listed.last, Sequence{3});
}

TEST_P(BrokerConformance, ARemovedStationIsGoneForEverybody) {
  ASSERT_TRUE(produce({"a"}).has_value());
  ASSERT_TRUE(produce({"a"}, "other").has_value());
  ASSERT_TRUE(remove().has_value());
  EXPECT_EQ(code_of(find_station()), ErrorCode::kStationNotFound);
  EXPECT_EQ(code_of(remove()), ErrorCode::kStationNotFound);
  EXPECT_EQ(code_of(produce({"b"}, "orders", IfMissing::kRefuse)), ErrorCode::kStationNotFound);
  world_->reopen();
  EXPECT_EQ(code_of(find_station()), ErrorCode::kStationNotFound);
  EXPECT_EQ(info("other").messages, 1u);
}

TEST_P(BrokerConformance, RemovalHoldsToItsPrecondition) {
  EXPECT_EQ(code_of(remove("orders", {.revision = 1})), ErrorCode::kStationNotFound);
  const auto made = put({});
  ASSERT_TRUE(made.has_value());
  EXPECT_EQ(code_of(remove("orders", {.revision = made->info.revision + 1})), ErrorCode::kPreconditionFailed);
  EXPECT_TRUE(find_station().has_value());
  EXPECT_TRUE(remove("orders", {.revision = made->info.revision}).has_value());
}

TEST_P(BrokerConformance, FetchesThatWaitAtARemovedStationAreToldSo) {
  ASSERT_TRUE(put({}).has_value());
  auto request = fetch_request("g");
  request.deadline += std::chrono::seconds(60);
  const auto here = start(request, world_->loop);
  const auto there = start(request, world_->other_loop);
  ASSERT_TRUE(remove().has_value());
  ASSERT_TRUE(finished(*here));
  ASSERT_TRUE(finished(*there));
  EXPECT_EQ(code_of(*here->result), ErrorCode::kStationNotFound);
  EXPECT_EQ(code_of(*there->result), ErrorCode::kStationNotFound);
  EXPECT_EQ(code_of(find_station()), ErrorCode::kStationNotFound);
}

TEST_P(BrokerConformance, AStationMadeAgainIsEmptyAndKnowsNoDeliveryOfBefore) {
  ASSERT_TRUE(produce({"old-1", "old-2", "old-3"}).has_value());
  const auto acknowledged = fetch("g", 1);
  const auto given_back = fetch("g", 1);
  const auto before = info();
  ASSERT_TRUE(remove().has_value());
  const auto made = put({});
  ASSERT_TRUE(made.has_value());
  EXPECT_TRUE(made->created);
  EXPECT_GT(made->info.revision, before.revision);
  EXPECT_EQ(made->info.messages, 0u);
  EXPECT_TRUE(list_groups()->items.empty());
  EXPECT_EQ(produce({"new-1", "new-2"})->first, Sequence{1});
  settle(*acknowledged, Settlement::kAcknowledge);
  settle(*given_back, Settlement::kGiveBack);
  const auto fetched = fetch("g");
  EXPECT_EQ(payloads(*fetched), (Strings{"new-1", "new-2"}));
  for (const auto& message : fetched->messages()) EXPECT_EQ(message.deliveries, 1u);
  world_->reopen();
  EXPECT_EQ(readable(), (Strings{"new-1", "new-2"}));
}

}  // namespace propylon::broker

// Claims about consumer groups as an administrator sees and moves them.
#pragma once
#include <algorithm>

#include "broker/conformance_fixture.h"

namespace propylon::broker {

TEST_P(BrokerConformance, AGroupExistsFromItsFirstFetchOn) {
  ASSERT_TRUE(put({}).has_value());
  EXPECT_TRUE(list_groups()->items.empty());
  EXPECT_EQ(code_of(remove_group("g")), ErrorCode::kGroupNotFound);
  EXPECT_EQ(code_of(seek("g", {})), ErrorCode::kGroupNotFound);
  EXPECT_TRUE(list_groups()->items.empty());
  EXPECT_EQ(payloads(*fetch("g")), Strings{});
  const auto made = group_info("g");
  EXPECT_EQ(made.acked, Sequence{0});
  EXPECT_EQ(made.pending, 0u);
  EXPECT_EQ(made.in_flight, 0u);
  EXPECT_EQ(made.lag, 0u);
  EXPECT_FALSE(made.oldest_unacknowledged.has_value());
}

TEST_P(BrokerConformance, AGroupsNumbersFollowItsDeliveries) {
  const auto expect = [&](std::uint64_t acked, std::uint64_t pending, std::uint64_t in_flight, const char* when) {
    SCOPED_TRACE(when);
    const auto group = group_info("g");
    EXPECT_EQ(group.acked, Sequence{acked});
    EXPECT_EQ(group.pending, pending);
    EXPECT_EQ(group.in_flight, in_flight);
    EXPECT_EQ(group.lag, pending);
  };
  ASSERT_TRUE(produce({"a", "b", "c", "d", "e"}).has_value());
  const auto first = fetch("g", 2);
  expect(0, 3, 2, "handed out");
  settle(*first, Settlement::kAcknowledge);
  expect(2, 3, 0, "acknowledged");
  const auto third = fetch("g", 1);
  const auto fourth = fetch("g", 1);
  settle(*fourth, Settlement::kAcknowledge);
  expect(2, 1, 1, "acknowledged out of order");
  settle(*third, Settlement::kGiveBack);
  expect(2, 2, 0, "given back");
  const auto again = fetch("g", 1);
  expect(2, 1, 1, "handed out again");
  world_->clock.advance(std::chrono::seconds(31));
  expect(2, 2, 0, "lease ended");
  ASSERT_TRUE(produce({"f"}).has_value());
  expect(2, 3, 0, "one more stored");
  acknowledge("g", 3);
  expect(6, 0, 0, "all acknowledged");
}

TEST_P(BrokerConformance, TheOldestUnacknowledgedMessageSaysSinceWhen) {
  const auto begin = world_->clock.wall();
  for (const char* payload : {"a", "b", "c"}) {
    ASSERT_TRUE(produce({payload}).has_value());
    world_->clock.advance(std::chrono::seconds(10));
  }
  const auto first = fetch("g", 1);
  const auto second = fetch("g", 1);
  EXPECT_EQ(group_info("g").oldest_unacknowledged, begin);
  settle(*second, Settlement::kAcknowledge);
  EXPECT_EQ(group_info("g").oldest_unacknowledged, begin);
  settle(*first, Settlement::kAcknowledge);
  EXPECT_EQ(group_info("g").oldest_unacknowledged, begin + std::chrono::seconds(20));
  acknowledge("g", 1);
  EXPECT_FALSE(group_info("g").oldest_unacknowledged.has_value());
}

TEST_P(BrokerConformance, AGroupsNumbersAreTheSameAfterAReopenWithNothingInFlight) {
  if (!world_->broker().capabilities().survives_restart) GTEST_SKIP() << "this backend does not survive a restart";
  const auto begin = world_->clock.wall();
  ASSERT_TRUE(produce({"a", "b", "c", "d"}).has_value());
  acknowledge("g", 1);
  const auto out = fetch("g", 2);
  world_->reopen();
  const auto group = group_info("g");
  EXPECT_EQ(group.acked, Sequence{1});
  EXPECT_EQ(group.pending, 3u);
  EXPECT_EQ(group.in_flight, 0u);
  EXPECT_EQ(group.lag, 3u);
  EXPECT_EQ(group.oldest_unacknowledged, begin);
}

TEST_P(BrokerConformance, AGroupNamesItsConsumersAndWhenTheyCameLast) {
  const auto fetch_as = [&](std::string_view consumer) {
    auto request = fetch_request("g");
    request.consumer = consumer;
    ASSERT_TRUE(fetch(request).has_value());
  };
  const auto begin = world_->clock.wall();
  fetch_as("anna");
  fetch_as("bert");
  world_->clock.advance(std::chrono::seconds(10));
  fetch_as("anna");
  auto consumers = group_info("g").consumers;
  std::ranges::sort(consumers, {}, &ConsumerInfo::name);
  ASSERT_EQ(consumers.size(), 2u);
  EXPECT_EQ(consumers[0].name, "anna");
  EXPECT_EQ(consumers[0].last_seen, begin + std::chrono::seconds(10));
  EXPECT_EQ(consumers[1].name, "bert");
  EXPECT_EQ(consumers[1].last_seen, begin);
}

TEST_P(BrokerConformance, AGroupKeepsItsMostRecentConsumers) {
  for (std::size_t i = 0; i < kConsumersKept + 2; ++i) {
    const std::string consumer = "c" + std::to_string(i);
    auto request = fetch_request("g");
    request.consumer = consumer;
    ASSERT_TRUE(fetch(request).has_value());
    world_->clock.advance(std::chrono::milliseconds(1));
  }
  const auto consumers = group_info("g").consumers;
  EXPECT_EQ(consumers.size(), kConsumersKept);
  for (const char* forgotten : {"c0", "c1"}) {
    EXPECT_EQ(std::ranges::count(consumers, forgotten, &ConsumerInfo::name), 0) << forgotten;
  }
  EXPECT_EQ(std::ranges::count(consumers, "c" + std::to_string(kConsumersKept + 1), &ConsumerInfo::name), 1);
}

TEST_P(BrokerConformance, GroupsAreListedInTheOrderOfTheirNames) {
  ASSERT_TRUE(put({}).has_value());
  for (const char* name : {"b", "a.1", "c", "a"}) EXPECT_EQ(payloads(*fetch(name)), Strings{});
  struct Case {
    PageRequest request;
    Strings names;
    bool more;
  };
  const Case cases[] = {
      {{}, {"a", "a.1", "b", "c"}, false},
      {{.prefix = "", .after = "", .limit = 3}, {"a", "a.1", "b"}, true},
      {{.prefix = "", .after = "b", .limit = 3}, {"c"}, false},
      {{.prefix = "a", .after = "", .limit = 2}, {"a", "a.1"}, false},
  };
  for (const auto& c : cases) {
    const auto page = list_groups(c.request);
    ASSERT_TRUE(page.has_value()) << page.error().message;
    Strings names;
    for (const auto& group : page->items) names.push_back(group.name);
    EXPECT_EQ(names, c.names);
    EXPECT_EQ(page->more, c.more);
  }
}

TEST_P(BrokerConformance, AForgottenGroupBeginsAtTheOldestMessageWhenItComesAgain) {
  ASSERT_TRUE(produce({"a", "b"}).has_value());
  acknowledge("g", 2);
  acknowledge("other", 1);
  ASSERT_TRUE(remove_group("g").has_value());
  EXPECT_EQ(code_of(remove_group("g")), ErrorCode::kGroupNotFound);
  EXPECT_EQ(list_groups()->items.size(), 1u);
  world_->reopen();
  EXPECT_EQ(list_groups()->items.size(), 1u);
  const auto fetched = fetch("g");
  ASSERT_EQ(payloads(*fetched), (Strings{"a", "b"}));
  EXPECT_EQ(fetched->messages()[0].deliveries, 1u);
  EXPECT_EQ(payloads(*fetch("other")), Strings{"b"});
}

TEST_P(BrokerConformance, DeliveriesOfAForgottenGroupCountForNothing) {
  ASSERT_TRUE(produce({"a", "b", "c"}).has_value());
  const auto late_acknowledgement = fetch("g", 1);
  const auto late_give_back = fetch("g", 1);
  const auto settled_in_between = fetch("g", 1);
  ASSERT_TRUE(remove_group("g").has_value());
  settle(*settled_in_between, Settlement::kAcknowledge);
  EXPECT_TRUE(list_groups()->items.empty());
  const auto fetched = fetch("g", 1);
  ASSERT_EQ(payloads(*fetched), Strings{"a"});
  EXPECT_EQ(fetched->messages()[0].deliveries, 1u);
  settle(*late_acknowledgement, Settlement::kAcknowledge);
  settle(*late_give_back, Settlement::kGiveBack);
  const auto group = group_info("g");
  EXPECT_EQ(group.acked, Sequence{0});
  EXPECT_EQ(group.in_flight, 1u);
  EXPECT_EQ(group.pending, 2u);
  world_->reopen();
  EXPECT_EQ(group_info("g").acked, Sequence{0});
}

TEST_P(BrokerConformance, FetchesThatWaitInAForgottenGroupEndWithNothing) {
  ASSERT_TRUE(put({}).has_value());
  auto request = fetch_request("g");
  request.deadline += std::chrono::seconds(60);
  const auto here = start(request, world_->loop);
  const auto there = start(request, world_->other_loop);
  auto other = fetch_request("other");
  other.deadline += std::chrono::seconds(60);
  const auto stays = start(other, world_->loop);
  ASSERT_TRUE(remove_group("g").has_value());
  ASSERT_TRUE(finished(*here));
  ASSERT_TRUE(finished(*there));
  EXPECT_EQ(payloads(***here->result), Strings{});
  EXPECT_EQ(payloads(***there->result), Strings{});
  EXPECT_FALSE(stays->result.has_value());
  ASSERT_TRUE(produce({"a"}).has_value());
  ASSERT_TRUE(finished(*stays));
  EXPECT_EQ(payloads(***stays->result), Strings{"a"});
}

TEST_P(BrokerConformance, ASeekMovesAGroupToAPlaceInWhatIsStored) {
  const auto begin = world_->clock.wall();
  for (const char* payload : {"1", "2", "3", "4", "5"}) {
    ASSERT_TRUE(produce({payload}).has_value());
    world_->clock.advance(std::chrono::seconds(10));
  }
  ASSERT_TRUE(purge(Sequence{2}).has_value());
  acknowledge("g", 1);
  using To = SeekTarget::To;
  const auto at_second = [&](int seconds) { return begin + std::chrono::seconds(seconds); };
  struct Case {
    SeekTarget target;
    std::uint64_t next;
  };
  const Case cases[] = {
      {{To::kEarliest, {}, {}}, 2},          {{To::kLatest, {}, {}}, 6},
      {{To::kSequence, Sequence{4}, {}}, 4}, {{To::kSequence, Sequence{5}, {}}, 5},
      {{To::kSequence, Sequence{0}, {}}, 2}, {{To::kSequence, Sequence{1}, {}}, 2},
      {{To::kSequence, Sequence{6}, {}}, 6}, {{To::kSequence, Sequence{1'000'000}, {}}, 6},
      {{To::kTime, {}, at_second(-100)}, 2}, {{To::kTime, {}, at_second(10)}, 2},
      {{To::kTime, {}, at_second(11)}, 3},   {{To::kTime, {}, at_second(30)}, 4},
      {{To::kTime, {}, at_second(40)}, 5},   {{To::kTime, {}, at_second(41)}, 6},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(testing::Message() << "seek of kind " << static_cast<int>(c.target.to) << " to sequence "
                                    << c.target.sequence.value << ", time "
                                    << (c.target.time - begin).count() / 1'000'000 << " s");
    const auto moved = seek("g", c.target);
    ASSERT_TRUE(moved.has_value()) << moved.error().message;
    EXPECT_EQ(moved->name, "g");
    EXPECT_EQ(moved->acked, Sequence{c.next - 1});
    EXPECT_EQ(moved->pending, 6 - c.next);
    EXPECT_EQ(moved->in_flight, 0u);
    const auto fetched = fetch("g");
    ASSERT_EQ(fetched->messages().size(), 6 - c.next);
    if (c.next < 6) {
      EXPECT_EQ(fetched->messages()[0].sequence, Sequence{c.next});
    }
  }
}

TEST_P(BrokerConformance, DeliveriesOfBeforeASeekCountForNothing) {
  ASSERT_TRUE(produce({"a", "b", "c", "d"}).has_value());
  const auto late_acknowledgement = fetch("g", 1);
  const auto late_give_back = fetch("g", 1);
  const auto forgotten = fetch("g", 1);
  ASSERT_TRUE(seek("g", {SeekTarget::To::kEarliest, {}, {}}).has_value());
  settle(*late_acknowledgement, Settlement::kAcknowledge);
  settle(*late_give_back, Settlement::kGiveBack);
  EXPECT_EQ(group_info("g").acked, Sequence{0});
  EXPECT_EQ(payloads(*fetch("g", 2)), (Strings{"a", "b"}));
  ASSERT_TRUE(seek("g", {SeekTarget::To::kLatest, {}, {}}).has_value());
  world_->clock.advance(std::chrono::hours(1));
  EXPECT_EQ(payloads(*fetch("g")), Strings{});
  EXPECT_EQ(group_info("g").lag, 0u);
}

TEST_P(BrokerConformance, ASeekStaysDoneAfterAReopen) {
  ASSERT_TRUE(produce({"a", "b", "c", "d"}).has_value());
  acknowledge("back", 4);
  acknowledge("ahead", 1);
  const auto out = fetch("ahead", 1);
  ASSERT_TRUE(seek("back", {SeekTarget::To::kSequence, Sequence{2}, {}}).has_value());
  ASSERT_TRUE(seek("ahead", {SeekTarget::To::kSequence, Sequence{4}, {}}).has_value());
  world_->reopen();
  EXPECT_EQ(group_info("back").acked, Sequence{1});
  EXPECT_EQ(group_info("ahead").acked, Sequence{3});
  EXPECT_EQ(payloads(*fetch("back")), (Strings{"b", "c", "d"}));
  EXPECT_EQ(payloads(*fetch("ahead")), Strings{"d"});
}

TEST_P(BrokerConformance, ASeekBackServesFetchesThatWait) {
  ASSERT_TRUE(produce({"a", "b"}).has_value());
  acknowledge("g", 2);
  auto request = fetch_request("g");
  request.deadline += std::chrono::seconds(60);
  const auto running = start(request, world_->other_loop);
  EXPECT_FALSE(running->result.has_value());
  ASSERT_TRUE(seek("g", {SeekTarget::To::kSequence, Sequence{2}, {}}).has_value());
  ASSERT_TRUE(finished(*running));
  EXPECT_EQ(payloads(***running->result), Strings{"b"});
}

}  // namespace propylon::broker

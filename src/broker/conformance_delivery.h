// Claims about messages and deliveries: append, fetch, settle.
#pragma once
#include <algorithm>

#include "broker/conformance_fixture.h"
#include "core/header_block.h"

namespace propylon::broker {

TEST_P(BrokerConformance, AMessageComesBackAsItWasSent) {
  std::string headers;
  append_header(headers, "Content-Type", "application/x");
  const std::string binary("\x00\xff\n\"", 4);
  const auto appended = produce({binary, "", "text"}, "orders", IfMissing::kCreate, headers);
  ASSERT_TRUE(appended.has_value()) << appended.error().message;
  EXPECT_EQ(appended->first, Sequence{1});
  EXPECT_EQ(appended->count, 3u);
  const auto fetched = fetch("g");
  EXPECT_EQ(payloads(*fetched), (Strings{binary, "", "text"}));
  for (std::size_t i = 0; i < 3; ++i) {
    const auto& message = fetched->messages()[i];
    EXPECT_EQ(message.sequence, Sequence{i + 1});
    EXPECT_EQ(message.headers, headers);
    EXPECT_EQ(message.deliveries, 1u);
    EXPECT_EQ(message.time, world_->clock.wall());
  }
}

TEST_P(BrokerConformance, AMissingStationIsRefusedOrMade) {
  const auto refused = produce({"a"}, "orders", IfMissing::kRefuse);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::kStationNotFound);
  auto request = fetch_request("g");
  request.if_missing = IfMissing::kRefuse;
  const auto fetched = fetch(request);
  ASSERT_FALSE(fetched.has_value());
  EXPECT_EQ(fetched.error().code, ErrorCode::kStationNotFound);
  EXPECT_TRUE(produce({"a"}).has_value());
  EXPECT_TRUE(produce({"b"}, "orders", IfMissing::kRefuse).has_value());
}

TEST_P(BrokerConformance, ParallelFirstMessagesMakeOneStation) {
  std::vector<std::optional<Result<Appended>>> results(8);
  const ByteView payload = "x";
  for (std::size_t i = 0; i < results.size(); ++i) {
    Loop& loop = i % 2 ? static_cast<Loop&>(world_->other_loop) : world_->loop;
    spawn([](Broker& broker, Loop& on, ByteView body, std::optional<Result<Appended>>& to) -> Task<void> {
      AppendRequest request{{kDefaultAccount, "fresh"}, IfMissing::kCreate, {}, {&body, 1}};
      to.emplace(co_await broker.append(on, request));
    }(world_->broker(), loop, payload, results[i]));
  }
  ASSERT_TRUE(
      world_->turn_until([&] { return std::ranges::all_of(results, [](const auto& r) { return r.has_value(); }); }));
  std::vector<std::uint64_t> sequences;
  for (const auto& result : results) {
    ASSERT_TRUE(result->has_value()) << result->error().message;
    sequences.push_back((*result)->first.value);
  }
  std::ranges::sort(sequences);
  EXPECT_EQ(sequences, (std::vector<std::uint64_t>{1, 2, 3, 4, 5, 6, 7, 8}));
}

TEST_P(BrokerConformance, StationsAndAccountsDoNotSeeEachOther) {
  ASSERT_TRUE(produce({"a"}).has_value());
  ASSERT_TRUE(produce({"other"}, "other").has_value());
  auto request = fetch_request("g");
  request.station.account = AccountId{2};
  EXPECT_EQ(payloads(**fetch(request)), Strings{});
  EXPECT_EQ(payloads(*fetch("g")), Strings{"a"});
}

TEST_P(BrokerConformance, MembersOfAGroupShareAndGroupsEachGetAll) {
  ASSERT_TRUE(produce({"a", "b", "c"}).has_value());
  EXPECT_EQ(payloads(*fetch("one", 2)), (Strings{"a", "b"}));
  EXPECT_EQ(payloads(*fetch("one", 2)), Strings{"c"});
  EXPECT_EQ(payloads(*fetch("one", 2)), Strings{});
  EXPECT_EQ(payloads(*fetch("two")), (Strings{"a", "b", "c"}));
}

TEST_P(BrokerConformance, WhatWasGivenBackComesAgainFirstAndSaysSo) {
  ASSERT_TRUE(produce({"a", "b"}).has_value());
  auto first = fetch("g", 1);
  ASSERT_TRUE(produce({"c"}).has_value());
  settle(*first, Settlement::kGiveBack);
  const auto again = fetch("g");
  EXPECT_EQ(payloads(*again), (Strings{"a", "b", "c"}));
  EXPECT_EQ(again->messages()[0].deliveries, 2u);
  EXPECT_EQ(again->messages()[1].deliveries, 1u);
}

TEST_P(BrokerConformance, WhatWasAcknowledgedNeverComesAgain) {
  ASSERT_TRUE(produce({"a"}).has_value());
  auto fetched = fetch("g");
  settle(*fetched, Settlement::kAcknowledge);
  world_->clock.advance(std::chrono::hours(1));
  EXPECT_EQ(payloads(*fetch("g")), Strings{});
}

TEST_P(BrokerConformance, AnUnsettledMessageComesAgainWhenItsLeaseHasEnded) {
  ASSERT_TRUE(produce({"a"}).has_value());
  auto fetched = fetch("g");
  world_->clock.advance(std::chrono::seconds(29));
  EXPECT_EQ(payloads(*fetch("g")), Strings{});
  world_->clock.advance(std::chrono::seconds(2));
  const auto again = fetch("g");
  ASSERT_EQ(payloads(*again), Strings{"a"});
  EXPECT_EQ(again->messages()[0].deliveries, 2u);
  settle(*fetched, Settlement::kAcknowledge);  // the first holder was late, but it was done
  world_->clock.advance(std::chrono::hours(1));
  EXPECT_EQ(payloads(*fetch("g")), Strings{});
}

TEST_P(BrokerConformance, AnAnswerHoldsAtMostSoManyBytesButAlwaysOneMessage) {
  ASSERT_TRUE(produce({std::string(1000, 'a'), std::string(1000, 'b'), std::string(1000, 'c')}).has_value());
  auto request = fetch_request("g");
  request.max_bytes = 2500;
  EXPECT_EQ((*fetch(request))->messages().size(), 2u);
  request.max_bytes = 10;
  EXPECT_EQ(payloads(**fetch(request)), Strings{std::string(1000, 'c')});
}

TEST_P(BrokerConformance, AFetchWaitsForItsMessagesAndIsWokenByThem) {
  ASSERT_TRUE(produce({"a"}).has_value());
  auto request = fetch_request("g");
  request.min_messages = 3;
  request.deadline += std::chrono::seconds(5);
  const auto running = start(request, world_->other_loop);
  EXPECT_FALSE(running->result.has_value());
  ASSERT_TRUE(produce({"b"}).has_value());
  for (int i = 0; i < 20; ++i) world_->other_loop.turn();
  EXPECT_FALSE(running->result.has_value());
  ASSERT_TRUE(produce({"c"}).has_value());
  ASSERT_TRUE(finished(*running));
  EXPECT_EQ(payloads(***running->result), (Strings{"a", "b", "c"}));
}

TEST_P(BrokerConformance, AtItsDeadlineAFetchAnswersWithWhatIsThere) {
  ASSERT_TRUE(produce({"a"}).has_value());
  auto request = fetch_request("g");
  request.min_messages = 10;
  request.deadline += std::chrono::milliseconds(500);
  const auto running = start(request, world_->loop);
  EXPECT_FALSE(running->result.has_value());
  world_->loop.advance(std::chrono::milliseconds(540));
  ASSERT_TRUE(finished(*running));
  EXPECT_EQ(payloads(***running->result), Strings{"a"});
}

TEST_P(BrokerConformance, AWaitingFetchIsWokenByTheEndOfALease) {
  ASSERT_TRUE(produce({"a"}).has_value());
  const auto held = fetch("g");
  auto request = fetch_request("g");
  request.deadline += std::chrono::seconds(60);
  const auto running = start(request, world_->loop);
  world_->loop.advance(std::chrono::milliseconds(29'900));
  EXPECT_FALSE(running->result.has_value());
  world_->loop.advance(std::chrono::milliseconds(200));
  ASSERT_TRUE(finished(*running));
  EXPECT_EQ(payloads(***running->result), Strings{"a"});
}

TEST_P(BrokerConformance, AClientThatLeftIsHandedNothing) {
  auto request = fetch_request("g");
  request.deadline += std::chrono::seconds(60);
  const auto running = start(request, world_->loop);
  running->cancel.request(Cancellation::Reason::kClientGone);
  ASSERT_TRUE(finished(*running));
  EXPECT_EQ(payloads(***running->result), Strings{});
  ASSERT_TRUE(produce({"a"}).has_value());
  const auto other = fetch("g");
  ASSERT_EQ(payloads(*other), Strings{"a"});
  EXPECT_EQ(other->messages()[0].deliveries, 1u);
}

TEST_P(BrokerConformance, ADrainingServerAnswersWaitsWithWhatIsThere) {
  ASSERT_TRUE(produce({"a"}).has_value());
  auto request = fetch_request("g");
  request.min_messages = 10;
  request.deadline += std::chrono::seconds(60);
  const auto running = start(request, world_->loop);
  running->cancel.request(Cancellation::Reason::kDraining);
  ASSERT_TRUE(finished(*running));
  EXPECT_EQ(payloads(***running->result), Strings{"a"});
}

TEST_P(BrokerConformance, OneMessageGoesToOneOfManyWaiters) {
  auto request = fetch_request("g");
  request.deadline += std::chrono::seconds(5);
  std::vector<std::unique_ptr<Running>> running;
  for (int i = 0; i < 20; ++i) running.push_back(start(request, i % 2 ? world_->other_loop : world_->loop));
  ASSERT_TRUE(produce({"a"}).has_value());
  const auto served = [&] {
    return std::ranges::count_if(running, [](const auto& r) { return r->result.has_value(); });
  };
  ASSERT_TRUE(world_->turn_until([&] { return served() == 1; }));
  for (int i = 0; i < 50; ++i) world_->loop.turn(), world_->other_loop.turn();
  EXPECT_EQ(served(), 1);
  for (auto& r : running) r->cancel.request(Cancellation::Reason::kClientGone);
  ASSERT_TRUE(world_->turn_until([&] { return served() == 20; }));
}

TEST_P(BrokerConformance, AfterARestartMessagesAndPlacesAreThereAndOpenDeliveriesSaySo) {
  if (!world_->broker().capabilities().survives_restart) GTEST_SKIP() << "this backend does not survive a restart";
  ASSERT_TRUE(produce({"a", "b", "c", "d"}).has_value());
  auto done = fetch("g", 1);
  settle(*done, Settlement::kAcknowledge);
  auto open = fetch("g", 1);
  open.reset();
  done.reset();
  world_->reopen();
  const auto again = fetch("g");
  EXPECT_EQ(payloads(*again), (Strings{"b", "c", "d"}));
  EXPECT_EQ(again->messages()[0].deliveries, 2u);
  EXPECT_EQ(again->messages()[1].deliveries, 1u);
  const auto appended = produce({"e"});
  ASSERT_TRUE(appended.has_value());
  EXPECT_EQ(appended->first, Sequence{5});
  EXPECT_EQ(payloads(*fetch("new")), (Strings{"a", "b", "c", "d", "e"}));
}

}  // namespace propylon::broker

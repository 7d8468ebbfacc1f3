// Claims about taking messages away by hand.
#pragma once
#include "broker/conformance_fixture.h"

namespace propylon::broker {

TEST_P(BrokerConformance, APurgeTakesAllMessagesAndSequencesGoOn) {
  ASSERT_TRUE(produce({"a", "b"}).has_value());
  const auto before = info();
  const auto purged = purge();
  ASSERT_TRUE(purged.has_value()) << purged.error().message;
  EXPECT_EQ(purged->messages, 0u);
  EXPECT_EQ(purged->bytes, 0u);
  EXPECT_EQ(purged->first, Sequence{3});
  EXPECT_EQ(purged->last, Sequence{2});
  EXPECT_EQ(purged->revision, before.revision);
  EXPECT_EQ(purged->settings, before.settings);
  EXPECT_EQ(readable(), Strings{});
  EXPECT_EQ(produce({"c"})->first, Sequence{3});
  EXPECT_EQ(readable(), Strings{"c"});
}

TEST_P(BrokerConformance, APurgeStaysDoneAfterAReopen) {
  ASSERT_TRUE(produce({"a", "b"}).has_value());
  ASSERT_TRUE(purge().has_value());
  world_->reopen();
  EXPECT_EQ(info().messages, 0u);
  EXPECT_EQ(info().last, Sequence{2});
  EXPECT_EQ(readable(), Strings{});
  EXPECT_EQ(produce({"c"})->first, Sequence{3});
}

TEST_P(BrokerConformance, APurgeBeforeASequenceKeepsItAndWhatFollows) {
  ASSERT_TRUE(produce({"a", "b", "c", "d"}).has_value());
  const auto all = info();
  const auto purged = purge(Sequence{3});
  ASSERT_TRUE(purged.has_value()) << purged.error().message;
  EXPECT_EQ(purged->messages, 2u);
  EXPECT_LE(purged->bytes, all.bytes) << "what was stored together may count until the last of it is gone";
  EXPECT_GT(purged->bytes, 0u);
  EXPECT_EQ(purged->first, Sequence{3});
  EXPECT_EQ(purged->last, Sequence{4});
  EXPECT_EQ(readable(), (Strings{"c", "d"}));
  for (const std::uint64_t nothing : {0u, 1u, 2u, 3u}) {
    EXPECT_EQ(purge(Sequence{nothing})->first, Sequence{3}) << nothing;
  }
  const auto emptied = purge(Sequence{1'000});
  ASSERT_TRUE(emptied.has_value());
  EXPECT_EQ(emptied->first, Sequence{5});
  EXPECT_EQ(emptied->last, Sequence{4});
  EXPECT_EQ(produce({"e"})->first, Sequence{5});
  EXPECT_EQ(readable(), Strings{"e"});
}

TEST_P(BrokerConformance, GroupsGoOnBehindWhatWasPurged) {
  ASSERT_TRUE(produce({"a", "b", "c"}).has_value());
  acknowledge("ahead", 3);
  acknowledge("behind", 1);
  ASSERT_TRUE(purge().has_value());
  EXPECT_EQ(group_info("behind").lag, 0u);
  EXPECT_EQ(group_info("behind").acked, Sequence{3});
  ASSERT_TRUE(produce({"d"}).has_value());
  EXPECT_EQ(payloads(*fetch("ahead")), Strings{"d"});
  EXPECT_EQ(payloads(*fetch("behind")), Strings{"d"});
}

TEST_P(BrokerConformance, WhatIsOutWhenItIsPurgedNeverComesAgain) {
  ASSERT_TRUE(produce({"a", "b", "c", "d"}).has_value());
  const auto acknowledged = fetch("g", 1);
  const auto given_back = fetch("g", 1);
  const auto expired = fetch("g", 1);
  ASSERT_TRUE(purge().has_value());
  const auto after = group_info("g");
  EXPECT_EQ(after.in_flight, 0u);
  EXPECT_EQ(after.pending, 0u);
  EXPECT_EQ(after.lag, 0u);
  EXPECT_EQ(after.acked, Sequence{4});
  EXPECT_EQ(payloads(*acknowledged), Strings{"a"});  // what was handed out stays readable to its holder
  settle(*acknowledged, Settlement::kAcknowledge);
  settle(*given_back, Settlement::kGiveBack);
  EXPECT_EQ(payloads(*fetch("g")), Strings{});
  world_->clock.advance(std::chrono::hours(1));
  EXPECT_EQ(payloads(*fetch("g")), Strings{});
  EXPECT_EQ(group_info("g").lag, 0u);
  ASSERT_TRUE(produce({"e"}).has_value());
  EXPECT_EQ(payloads(*fetch("g")), Strings{"e"});
}

TEST_P(BrokerConformance, AFetchThatWaitsDuringAPurgeGetsWhatComesAfterIt) {
  ASSERT_TRUE(produce({"a", "b"}).has_value());
  auto request = fetch_request("g");
  request.min_messages = 3;
  request.deadline += std::chrono::seconds(60);
  const auto running = start(request, world_->other_loop);
  ASSERT_TRUE(purge().has_value());
  ASSERT_TRUE(produce({"c", "d"}).has_value());
  for (int i = 0; i < 50; ++i) world_->loop.turn(), world_->other_loop.turn();
  EXPECT_FALSE(running->result.has_value());
  ASSERT_TRUE(produce({"e"}).has_value());
  ASSERT_TRUE(finished(*running));
  EXPECT_EQ(payloads(***running->result), (Strings{"c", "d", "e"}));
}

}  // namespace propylon::broker

// Claims about how long messages stay: by age, number, bytes and acknowledgement, and that nothing ever comes back.
#pragma once
#include "broker/conformance_fixture.h"

namespace propylon::broker {

TEST_P(BrokerConformance, MessagesGoWhenTheyAreOlderThanTheAge) {
  ASSERT_TRUE(keep(RetentionType::kMessageAgeSec, 100).has_value());
  ASSERT_TRUE(produce({"a"}).has_value());
  world_->clock.advance(std::chrono::seconds(60));
  ASSERT_TRUE(produce({"b"}).has_value());
  world_->clock.advance(std::chrono::seconds(39));
  EXPECT_EQ(info().messages, 2u);
  EXPECT_EQ(readable(), (Strings{"a", "b"}));
  world_->clock.advance(std::chrono::seconds(2));
  EXPECT_EQ(readable(), Strings{"b"});
  const auto one = info();
  EXPECT_EQ(one.messages, 1u);
  EXPECT_EQ(one.first, Sequence{2});
  world_->clock.advance(std::chrono::seconds(100));
  const auto none = info();
  EXPECT_EQ(none.messages, 0u);
  EXPECT_EQ(none.bytes, 0u);
  EXPECT_EQ(none.first, Sequence{3});
  EXPECT_EQ(none.last, Sequence{2});
  EXPECT_EQ(produce({"c"})->first, Sequence{3});
  EXPECT_EQ(readable(), Strings{"c"});
}

TEST_P(BrokerConformance, AnAgeOfZeroKeepsForEver) {
  ASSERT_TRUE(keep(RetentionType::kMessageAgeSec, 0).has_value());
  ASSERT_TRUE(produce({"a"}).has_value());
  world_->clock.advance(std::chrono::hours(24 * 366 * 10));
  EXPECT_EQ(info().messages, 1u);
  EXPECT_EQ(readable(), Strings{"a"});
}

TEST_P(BrokerConformance, TheNewestMessagesStayWhenTheirNumberIsLimited) {
  ASSERT_TRUE(keep(RetentionType::kMessages, 3).has_value());
  ASSERT_TRUE(produce({"a", "b"}).has_value());
  EXPECT_EQ(readable(), (Strings{"a", "b"}));
  ASSERT_TRUE(produce({"c", "d"}).has_value());
  EXPECT_EQ(info().messages, 3u);
  EXPECT_EQ(info().first, Sequence{2});
  EXPECT_EQ(readable(), (Strings{"b", "c", "d"}));
  const auto appended = produce({"e", "f", "g", "h", "i"});
  ASSERT_TRUE(appended.has_value());
  EXPECT_EQ(appended->first, Sequence{5});
  EXPECT_EQ(appended->count, 5u);
  EXPECT_EQ(info().first, Sequence{7});
  EXPECT_EQ(info().last, Sequence{9});
  EXPECT_EQ(readable(), (Strings{"g", "h", "i"}));
  world_->reopen();
  EXPECT_EQ(readable(), (Strings{"g", "h", "i"}));
}

TEST_P(BrokerConformance, TheNewestMessagesStayWhenTheirBytesAreLimited) {
  Strings sent;
  for (char c = 'a'; c < 'k'; ++c) {
    sent.push_back(std::string(1'000, c));
    ASSERT_TRUE(produce({sent.back()}).has_value());
  }
  const std::uint64_t all_bytes = info().bytes;
  // Four and a half messages.
  const auto limited = keep(RetentionType::kBytes, all_bytes * 45 / 100);
  ASSERT_TRUE(limited.has_value()) << limited.error().message;
  EXPECT_EQ(limited->info.messages, 4u);
  EXPECT_LE(limited->info.bytes, all_bytes * 45 / 100);
  EXPECT_EQ(readable(), Strings(sent.end() - 4, sent.end()));
  ASSERT_TRUE(produce({std::string(1'000, 'k')}).has_value());
  EXPECT_EQ(info().first, Sequence{8});
  EXPECT_EQ(info().messages, 4u);
  world_->reopen();
  EXPECT_EQ(info().first, Sequence{8});
}

TEST_P(BrokerConformance, AShorterRetentionActsAtOnce) {
  ASSERT_TRUE(keep(RetentionType::kMessageAgeSec, 0).has_value());
  for (const char* payload : {"a", "b", "c", "d", "e", "f"}) {
    ASSERT_TRUE(produce({payload}).has_value());
    world_->clock.advance(std::chrono::seconds(10));
  }
  const auto by_number = keep(RetentionType::kMessages, 5);
  ASSERT_TRUE(by_number.has_value()) << by_number.error().message;
  EXPECT_EQ(by_number->info.messages, 5u);
  EXPECT_EQ(by_number->info.first, Sequence{2});
  const auto fewer = keep(RetentionType::kMessages, 4);
  ASSERT_TRUE(fewer.has_value());
  EXPECT_EQ(fewer->info.first, Sequence{3});
  const auto by_age = keep(RetentionType::kMessageAgeSec, 25);  // "e" is 20 seconds old
  ASSERT_TRUE(by_age.has_value());
  EXPECT_EQ(by_age->info.first, Sequence{5});
  EXPECT_EQ(readable(), (Strings{"e", "f"}));
}

TEST_P(BrokerConformance, ALongerRetentionBringsNothingBack) {
  ASSERT_TRUE(produce({"a", "b", "c"}).has_value());
  ASSERT_TRUE(keep(RetentionType::kMessages, 1).has_value());
  const auto longer = keep(RetentionType::kMessageAgeSec, 0);
  ASSERT_TRUE(longer.has_value()) << longer.error().message;
  EXPECT_EQ(longer->info.messages, 1u);
  EXPECT_EQ(longer->info.first, Sequence{3});
  EXPECT_EQ(readable(), Strings{"c"});
  world_->reopen();
  EXPECT_EQ(info().first, Sequence{3});
  EXPECT_EQ(readable(), Strings{"c"});
}

TEST_P(BrokerConformance, WhatWasTooOldStaysGoneWhenTheAgeGrows) {
  ASSERT_TRUE(keep(RetentionType::kMessageAgeSec, 100).has_value());
  ASSERT_TRUE(produce({"a"}).has_value());
  world_->clock.advance(std::chrono::seconds(101));
  ASSERT_TRUE(produce({"b"}).has_value());
  ASSERT_TRUE(keep(RetentionType::kMessageAgeSec, 0).has_value());
  EXPECT_EQ(readable(), Strings{"b"});
  world_->reopen();
  EXPECT_EQ(readable(), Strings{"b"});
}

TEST_P(BrokerConformance, AClockThatIsSetBackBringsNothingBack) {
  ASSERT_TRUE(keep(RetentionType::kMessageAgeSec, 100).has_value());
  ASSERT_TRUE(produce({"a"}).has_value());
  world_->clock.advance(std::chrono::seconds(101));
  EXPECT_EQ(info().messages, 0u);
  world_->clock.jump_wall(-std::chrono::seconds(1'000));
  EXPECT_EQ(info().messages, 0u);
  EXPECT_EQ(readable(), Strings{});
  ASSERT_TRUE(produce({"b"}).has_value());
  EXPECT_EQ(readable(), Strings{"b"});
}

TEST_P(BrokerConformance, WhatIsOutWhenItsTimeIsOverNeverComesAgain) {
  ASSERT_TRUE(produce({"a", "b", "c"}).has_value());
  const auto acknowledged = fetch("g", 1);
  const auto given_back = fetch("g", 1);
  ASSERT_TRUE(keep(RetentionType::kMessages, 1).has_value());
  settle(*given_back, Settlement::kGiveBack);
  settle(*acknowledged, Settlement::kAcknowledge);
  const auto group = group_info("g");
  EXPECT_EQ(group.acked, Sequence{2});
  EXPECT_EQ(group.lag, 1u);
  EXPECT_EQ(payloads(*fetch("g")), Strings{"c"});
}

TEST_P(BrokerConformance, AGroupThatFellBehindGoesOnAtTheOldestMessage) {
  ASSERT_TRUE(produce({"a", "b", "c", "d"}).has_value());
  acknowledge("g", 1);
  ASSERT_TRUE(keep(RetentionType::kMessages, 2).has_value());
  const auto group = group_info("g");
  EXPECT_EQ(group.acked, Sequence{2});
  EXPECT_EQ(group.pending, 2u);
  EXPECT_EQ(payloads(*fetch("g")), (Strings{"c", "d"}));
}

TEST_P(BrokerConformance, AckBasedKeepsEverythingWhileThereIsNoGroup) {
  ASSERT_TRUE(keep(RetentionType::kAckBased, 0).has_value());
  ASSERT_TRUE(produce({"a", "b", "c"}).has_value());
  world_->clock.advance(std::chrono::hours(24 * 365));
  EXPECT_EQ(info().messages, 3u);
  world_->reopen();
  EXPECT_EQ(info().messages, 3u);
  EXPECT_EQ(payloads(*fetch("g")), (Strings{"a", "b", "c"}));
}

TEST_P(BrokerConformance, AckBasedTakesAwayWhatItsOneGroupHasAcknowledged) {
  ASSERT_TRUE(keep(RetentionType::kAckBased, 0).has_value());
  ASSERT_TRUE(produce({"a", "b", "c", "d"}).has_value());
  const auto first = fetch("g", 1);
  const auto second = fetch("g", 1);
  settle(*second, Settlement::kAcknowledge);
  EXPECT_EQ(info().first, Sequence{1}) << "an older message is still out";
  settle(*first, Settlement::kGiveBack);
  EXPECT_EQ(info().messages, 4u);
  acknowledge("g", 1);
  EXPECT_EQ(info().first, Sequence{3});
  EXPECT_EQ(info().messages, 2u);
  world_->reopen();
  EXPECT_EQ(info().first, Sequence{3});
  EXPECT_EQ(payloads(*fetch("g")), (Strings{"c", "d"}));
}

TEST_P(BrokerConformance, AckBasedWaitsForEveryGroup) {
  ASSERT_TRUE(keep(RetentionType::kAckBased, 0).has_value());
  ASSERT_TRUE(produce({"a", "b", "c"}).has_value());
  const auto slow = fetch("slow", 1);
  acknowledge("fast", 3);
  EXPECT_EQ(info().messages, 3u);
  settle(*slow, Settlement::kAcknowledge);
  EXPECT_EQ(info().first, Sequence{2});
  acknowledge("slow", 2);
  EXPECT_EQ(info().messages, 0u);
  EXPECT_EQ(info().first, Sequence{4});
  EXPECT_EQ(produce({"d"})->first, Sequence{4});
}

TEST_P(BrokerConformance, AckBasedWaitsForAGroupThatCameLater) {
  ASSERT_TRUE(keep(RetentionType::kAckBased, 0).has_value());
  ASSERT_TRUE(produce({"a", "b", "c"}).has_value());
  acknowledge("early", 1);
  const auto late = fetch("late", 1);
  EXPECT_EQ(payloads(*late), Strings{"b"}) << "it begins at the oldest message that is stored";
  acknowledge("early", 2);
  EXPECT_EQ(info().messages, 2u);
  settle(*late, Settlement::kAcknowledge);
  acknowledge("late", 1);
  EXPECT_EQ(info().messages, 0u);
}

TEST_P(BrokerConformance, AckBasedNoLongerWaitsForAForgottenGroup) {
  ASSERT_TRUE(keep(RetentionType::kAckBased, 0).has_value());
  ASSERT_TRUE(produce({"a", "b", "c"}).has_value());
  const auto slow = fetch("slow", 1);
  acknowledge("fast", 2);
  settle(*slow, Settlement::kAcknowledge);
  EXPECT_EQ(info().first, Sequence{2});
  ASSERT_TRUE(remove_group("slow").has_value());
  EXPECT_EQ(info().first, Sequence{3});
  ASSERT_TRUE(remove_group("fast").has_value());
  EXPECT_EQ(info().messages, 1u) << "without a group everything is kept";
  ASSERT_TRUE(produce({"d"}).has_value());
  EXPECT_EQ(info().messages, 2u);
}

TEST_P(BrokerConformance, AckBasedFollowsAGroupThatIsMovedAhead) {
  ASSERT_TRUE(keep(RetentionType::kAckBased, 0).has_value());
  ASSERT_TRUE(produce({"a", "b", "c"}).has_value());
  acknowledge("g", 1);
  ASSERT_TRUE(seek("g", {SeekTarget::To::kLatest, {}, {}}).has_value());
  EXPECT_EQ(info().messages, 0u);
  EXPECT_EQ(seek("g", {SeekTarget::To::kEarliest, {}, {}})->acked, Sequence{3});
}

TEST_P(BrokerConformance, AChangeToAckBasedActsAtOnce) {
  ASSERT_TRUE(produce({"a", "b", "c"}).has_value());
  acknowledge("g", 2);
  const auto changed = keep(RetentionType::kAckBased, 0);
  ASSERT_TRUE(changed.has_value()) << changed.error().message;
  EXPECT_EQ(changed->info.first, Sequence{3});
  ASSERT_TRUE(keep(RetentionType::kMessageAgeSec, 0).has_value());
  EXPECT_EQ(readable(), Strings{"c"});
}

}  // namespace propylon::broker

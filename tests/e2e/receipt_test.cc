// What an auto-acknowledging consumer loses and what it does not, by when and how its connection ends.
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>

#include "support/gateway.h"
#include "support/json_members.h"

namespace propylon::testing {
namespace {

using namespace std::chrono_literals;
using Strings = std::vector<std::string>;

class Receipt : public GatewayTest {
 protected:
  std::string request(const Consume& consume, HttpFields fields = {}) {
    return HttpClient::render("POST", "/stations/" + station() + "/consume/batch",
                              gateway().authorized(std::move(fields)), consume_body(consume));
  }
  void produce(const Strings& payloads) {
    for (const auto& payload : payloads) ASSERT_EQ(gateway().produce(station(), payload).body, kStored);
  }
  // Of the one group of a station.
  std::string in_flight() { return in_flight(station()); }
  static std::string in_flight(const std::string& of) {
    const auto answer = gateway().send("GET", "/stations/" + of + "/groups", gateway().authorized());
    const auto items = elements_of(members_of(answer.body).at("items"));
    return items.empty() ? "0" : members_of(items[0]).at("in_flight");
  }
  void await_nothing_in_flight() {
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    while (in_flight() != "0") ASSERT_LT(std::chrono::steady_clock::now(), deadline);
  }
  // What the group is given now: waits for a give-back that is under way.
  std::vector<ConsumedMessage> next(int size) {
    return messages_of(gateway().consume(
        station(), consume_body({.consumer = "next", .group = "g", .batch_size = size, .wait_ms = 20'000})));
  }
  void expect_again(const Strings& payloads) {
    const auto messages = next(static_cast<int>(payloads.size()));
    EXPECT_EQ(payloads_of(messages), payloads);
    for (const auto& message : messages) EXPECT_EQ(message.deliveries, 2) << message.payload.substr(0, 10);
    await_nothing_in_flight();
  }
  // Stores the payloads and does what is tried, which ends with a reset; again when this took so long that the messages
  // may be settled by then.
  template <class Act>
  void try_in_time(const Strings& payloads, Act act) {
    for (int attempt = 0; attempt < 20; ++attempt) {
      produce(payloads);
      const auto begin = std::chrono::steady_clock::now();
      act();
      if (std::chrono::steady_clock::now() - begin < 90ms) return;
      await_nothing_in_flight();
      gateway().drain(station(), "g");
    }
    FAIL() << "the machine is too slow for this";
  }
  // As many digits of no pattern, so that an encoder has work with them.
  static std::string digits(std::size_t count, unsigned seed) {
    std::string text(count, '0');
    for (auto& c : text) c = static_cast<char>('0' + (seed = seed * 1'103'515'245U + 12'345U) / 65'536U % 10);
    return text;
  }
};

TEST_F(Receipt, TheNextAnswerOnTheConnectionFindsNothingInFlight) {
  produce({"a", "b", "c"});
  HttpClient client(gateway().process().port());
  client.send(request({.group = "g", .batch_size = 2}));
  EXPECT_EQ(messages_of(client.receive()).size(), 2U);
  EXPECT_EQ(client.request("POST", "/stations/" + station() + "/produce/single", gateway().authorized(), "d").body,
            kStored);
  EXPECT_EQ(in_flight(), "0");
  client.send(request({.group = "g", .batch_size = 2}));
  EXPECT_EQ(payloads_of(messages_of(client.receive())), (Strings{"c", "d"}));
  await_nothing_in_flight();  // without a further request, after a moment
  EXPECT_TRUE(messages_of(gateway().consume(station(), consume_body({.group = "g"}))).empty());
}

TEST_F(Receipt, AResetAtAnyMomentOfTheAnswerBringsTheMessagesAgain) {
  const Strings payloads{digits(300'000, 1), digits(300'000, 2), digits(300'000, 3)};
  for (const auto delay : {0ms, 1ms, 2ms, 5ms, 10ms, 20ms}) {
    for (const std::string coding : {"gzip", "identity"}) {
      try_in_time(payloads, [&] {
        HttpClient client(gateway().process().port());
        client.send(request({.group = "g", .batch_size = 3}, {{"Accept-Encoding", coding}}));
        client.readable_within(delay);
        client.reset();
      });
      EXPECT_EQ(payloads_of(next(3)), payloads) << delay.count() << " ms, " << coding;
      await_nothing_in_flight();
    }
  }
}

TEST_F(Receipt, AResetAfterTheAnswerWasReadMarksTheMessagesAsHandedOutBefore) {
  try_in_time({"a", "b"}, [&] {
    HttpClient client(gateway().process().port());
    client.send(request({.group = "g", .batch_size = 2}));
    EXPECT_EQ(messages_of(client.receive()).size(), 2U);
    client.reset();
  });
  expect_again({"a", "b"});
}

// The answer is large, so that encoding it takes a while, and small when it is encoded, so that the kernel takes it at
// once, whoever is there to read it.
TEST_F(Receipt, AClientThatClosesWhileItsAnswerIsEncodedLosesNothing) {
  std::string large;
  while (large.size() < 3'500'000) large += digits(1000, 7);
  int tried = 0;
  for (int round = 0; round < 30 && tried < 4; ++round) {
    const std::string station_name = station() + std::to_string(round);
    for (int i = 0; i < 4; ++i) ASSERT_EQ(gateway().produce(station_name, large).body, kStored);
    const std::string path = "/stations/" + station_name + "/consume/batch";
    const auto begin = std::chrono::steady_clock::now();
    bool before_the_answer = false;
    {
      HttpClient client(gateway().process().port());
      client.send(HttpClient::render("POST", path, gateway().authorized({{"Accept-Encoding", "gzip"}}),
                                     consume_body({.group = "g", .batch_size = 4})));
      while (in_flight(station_name) != "4") ASSERT_LT(std::chrono::steady_clock::now(), begin + 20s);
      // It closes in good order, as a client does whose patience ends: what the server sees is an end of sending.
      before_the_answer = !client.readable_within(0ms);
    }
    if (!before_the_answer) continue;
    ++tried;
    const auto messages = messages_of(gateway().consume(
        station_name, consume_body({.consumer = "next", .group = "g", .batch_size = 4, .wait_ms = 5'000})));
    ASSERT_EQ(messages.size(), 4U) << round;
    for (const auto& message : messages) EXPECT_EQ(message.deliveries, 2);
  }
  EXPECT_GT(tried, 0) << "the answers were always faster";
}

TEST_F(Receipt, AClientThatOnlyEndedItsSideGetsTheAnswerAndNobodyElseDoes) {
  produce({"a", "b"});
  HttpClient client(gateway().process().port());
  client.send(request({.group = "g", .batch_size = 2}));
  client.end_sending();
  EXPECT_EQ(payloads_of(messages_of(client.receive())), (Strings{"a", "b"}));
  EXPECT_TRUE(client.closes());
  await_nothing_in_flight();
  EXPECT_TRUE(messages_of(gateway().consume(station(), consume_body({.group = "g"}))).empty());
}

TEST_F(Receipt, RequestsThatWerePipelinedProveNothing) {
  try_in_time({"a", "b"}, [&] {
    HttpClient client(gateway().process().port());
    client.send(request({.group = "g", .batch_size = 1}) + request({.group = "g", .batch_size = 1}));
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    while (in_flight() != "2") ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    client.reset();
  });
  expect_again({"a", "b"});
}

TEST_F(Receipt, AnAnswerThatClosesTheConnectionIsSettledBehindIt) {
  produce({"a"});
  {
    HttpClient client(gateway().process().port());
    client.send(request({.group = "g", .batch_size = 1}, {{"Connection", "close"}}));
    EXPECT_EQ(payloads_of(messages_of(client.receive())), Strings{"a"});
    EXPECT_TRUE(client.closes());
  }
  await_nothing_in_flight();
  EXPECT_TRUE(messages_of(gateway().consume(station(), consume_body({.group = "g"}))).empty());
  try_in_time({"b"}, [&] {
    HttpClient client(gateway().process().port());
    client.send(request({.group = "g", .batch_size = 1}, {{"Connection", "close"}}));
    ASSERT_TRUE(client.readable_within(20s));
    client.reset();  // unread
  });
  expect_again({"b"});
}

TEST_F(Receipt, ASlowReaderHoldsItsMessagesAndLosesThemWithItsConnection) {
  const Strings payloads(3, std::string(4 << 20, 'x'));
  produce(payloads);
  HttpClient client(gateway().process().port());
  client.send(request({.group = "g", .batch_size = 3}));
  ASSERT_TRUE(client.readable_within(20s));
  EXPECT_TRUE(
      messages_of(gateway().consume(station(), consume_body({.group = "g", .batch_size = 1, .wait_ms = 400}))).empty());
  client.reset();
  expect_again(payloads);
}

TEST(ReceiptAtTheEnd, AStopWaitsForWhatIsBeingSettled) {
  Gateway gateway;
  gateway.produce("s", "a");
  HttpClient client(gateway.process().port());
  client.send(HttpClient::render("POST", "/stations/s/consume/batch", gateway.authorized(),
                                 consume_body({.group = "g", .batch_size = 1})));
  EXPECT_EQ(messages_of(client.receive()).size(), 1U);
  EXPECT_EQ(gateway.process().terminate().code, 0) << gateway.process().standard_error();
  gateway.process().start();
  EXPECT_TRUE(gateway.drain("s", "g").empty());
}

TEST(ReceiptAtTheEnd, WhatIsNotSettledWhenTheServerIsKilledComesAgain) {
  Gateway gateway;
  gateway.produce("s", "a");
  HttpClient client(gateway.process().port());
  client.send(HttpClient::render("POST", "/stations/s/consume/batch", gateway.authorized(),
                                 consume_body({.group = "g", .batch_size = 1})));
  ASSERT_TRUE(client.readable_within(20s));
  gateway.process().kill();
  gateway.process().start();
  const auto messages = gateway.drain("s", "g");
  // Had the test been held up for longer than settling takes, it would be acknowledged.
  ASSERT_LE(messages.size(), 1U);
  for (const auto& message : messages) EXPECT_EQ(message.deliveries, 2);
}

}  // namespace
}  // namespace propylon::testing

// What survives the end of the server, and how it ends.
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>

#include "support/gateway.h"
#include "support/json_members.h"

namespace propylon::testing {
namespace {

using namespace std::chrono_literals;
using Strings = std::vector<std::string>;

constexpr std::size_t kHalf = 3;

class Lifecycle : public ::testing::Test {
 protected:
  // Sends a request with its body up to kHalf bytes, and knows that the server is at it; rest_of_body() is the other
  // part.
  static void send_half(HttpClient& client, Gateway& gateway) {
    client.send("POST /stations/s/produce/single HTTP/1.1\r\nHost: x\r\nAuthorization: " + gateway.bearer() +
                "\r\nContent-Length: 6\r\nExpect: 100-continue\r\n\r\n");
    ASSERT_EQ(client.receive().status, 100);
    client.send(std::string("abcdef").substr(0, kHalf));
  }
  static std::string rest_of_body() { return std::string("abcdef").substr(kHalf); }

  static std::string long_poll(Gateway& gateway, int batch_size) {
    return HttpClient::render("POST", "/stations/s/consume/batch", gateway.authorized(),
                              consume_body({.group = "g", .batch_size = batch_size, .wait_ms = 60'000}));
  }
  static void await_waiting(Gateway& gateway, int count) {
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    while (gateway.metric("propylon_broker_waiting_fetches") != count)
      ASSERT_LT(std::chrono::steady_clock::now(), deadline);
  }
  static void await_not_ready(Gateway& gateway) {
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    while (gateway.send("GET", "/readyz").status == 200) ASSERT_LT(std::chrono::steady_clock::now(), deadline);
  }
};

TEST_F(Lifecycle, SignalsEndAnIdleServerWithSuccess) {
  for (const int number : {SIGTERM, SIGINT}) {
    ServerProcess server;
    HttpClient idle(server.port());
    EXPECT_EQ(idle.request("GET", "/livez").status, 200);
    server.signal(number);
    EXPECT_TRUE(idle.closes());
    const Exit exit = server.wait(10s);
    EXPECT_EQ(exit.code, 0) << server.standard_error();
    EXPECT_EQ(exit.signal, 0);
  }
}

TEST_F(Lifecycle, MessagesGroupsAndTokensSurviveEveryEnd) {
  Gateway gateway;
  gateway.produce("s", "one");
  gateway.produce_batch("s", "[2,3]");
  EXPECT_EQ(payloads_of(messages_of(gateway.consume("s", consume_body({.group = "g", .batch_size = 1})))),
            Strings{"one"});
  int next = 4;
  for (const bool orderly : {true, false, true, false}) {
    if (orderly) {
      EXPECT_EQ(gateway.process().terminate().code, 0) << gateway.process().standard_error();
    } else {
      gateway.process().kill();
    }
    gateway.process().start();
    // The token of before still works; another group sees everything.
    gateway.produce("s", std::to_string(next++));
    EXPECT_EQ(gateway.drain("s", "from-the-start-" + std::to_string(next)).size(), static_cast<std::size_t>(next - 1));
  }
  EXPECT_EQ(payloads_of(gateway.drain("s", "g")), (Strings{"2", "3", "4", "5", "6", "7"}));
  EXPECT_TRUE(gateway.drain("s", "g").empty());
}

TEST_F(Lifecycle, AStopLetsRequestsFinish) {
  Gateway gateway;
  HttpClient client(gateway.process().port());
  send_half(client, gateway);
  HttpClient waiting(gateway.process().port());
  waiting.send(long_poll(gateway, 10));
  await_waiting(gateway, 1);
  gateway.process().signal(SIGTERM);
  EXPECT_EQ(messages_of(waiting.receive()).size(), 0U);  // the drain has begun
  client.send(rest_of_body());
  const auto answer = client.receive();
  EXPECT_EQ(answer.body, kStored);
  EXPECT_EQ(answer.field("Connection"), "close");
  EXPECT_EQ(gateway.process().wait(10s).code, 0) << gateway.process().standard_error();
  gateway.process().start();
  EXPECT_EQ(payloads_of(gateway.drain("s")), Strings{"abcdef"});
}

TEST_F(Lifecycle, AStopEndsLongPollsWithWhatIsThere) {
  Gateway gateway;
  gateway.produce("s", "there");
  HttpClient client(gateway.process().port());
  client.send(long_poll(gateway, 2));
  await_waiting(gateway, 1);
  gateway.process().signal(SIGTERM);
  EXPECT_EQ(payloads_of(messages_of(client.receive())), Strings{"there"});
  EXPECT_EQ(gateway.process().wait(10s).code, 0) << gateway.process().standard_error();
  gateway.process().start();
  EXPECT_TRUE(gateway.drain("s", "g").empty());  // it was acknowledged, although the server was stopping
}

TEST_F(Lifecycle, AServerThatStopsSaysSoAndServesThroughTheGracePeriod) {
  Gateway gateway({.flags = {"--drain-grace-ms", "60000"}});
  gateway.token();
  gateway.process().signal(SIGTERM);
  await_not_ready(gateway);
  expect_problem(gateway.send("GET", "/readyz"), {.status = 503,
                                                  .code = "shutting_down",
                                                  .error = "The server is stopping.",
                                                  .members = {{"reasons", R"(["The server is stopping."])"}},
                                                  .retryable = true});
  EXPECT_EQ(gateway.send("GET", "/livez").status, 200);
  EXPECT_EQ(gateway.produce("s", "late").body, kStored);
  gateway.process().signal(SIGTERM);
  EXPECT_EQ(gateway.process().wait(10s).code, 0) << gateway.process().standard_error();
  gateway.process().start();
  EXPECT_EQ(payloads_of(gateway.drain("s")), Strings{"late"});
}

TEST_F(Lifecycle, ASecondSignalCutsOffWhatIsUnfinished) {
  Gateway gateway({.flags = {"--drain-limit-ms", "60000"}});
  HttpClient client(gateway.process().port());
  send_half(client, gateway);
  HttpClient waiting(gateway.process().port());
  waiting.send(long_poll(gateway, 10));
  await_waiting(gateway, 1);
  gateway.process().signal(SIGTERM);
  EXPECT_EQ(messages_of(waiting.receive()).size(), 0U);
  EXPECT_FALSE(client.readable_within(100ms));
  gateway.process().signal(SIGTERM);
  EXPECT_EQ(gateway.process().wait(10s).code, 0) << gateway.process().standard_error();
  gateway.process().start();
  EXPECT_TRUE(gateway.drain("s").empty());
}

TEST_F(Lifecycle, ADrainHasALimit) {
  Gateway gateway({.flags = {"--drain-limit-ms", "200"}});
  HttpClient client(gateway.process().port());
  send_half(client, gateway);
  HttpClient waiting(gateway.process().port());
  waiting.send(long_poll(gateway, 10));
  await_waiting(gateway, 1);
  gateway.process().signal(SIGTERM);
  EXPECT_EQ(gateway.process().wait(10s).code, 0) << gateway.process().standard_error();
}

TEST_F(Lifecycle, WhatWasHandedOutButNotAcknowledgedComesAgainAfterAKill) {
  Gateway gateway;
  const Strings payloads(4, std::string(4 << 20, 'x'));
  for (const auto& payload : payloads) gateway.produce("s", payload);
  HttpClient client(gateway.process().port());
  client.send(long_poll(gateway, 3));
  ASSERT_TRUE(client.readable_within(20s));  // the head and some of the body; the client takes no more
  gateway.process().kill();
  gateway.process().start();
  const auto messages =
      messages_of(gateway.consume("s", consume_body({.group = "g", .batch_size = 3, .wait_ms = 10'000})));
  ASSERT_EQ(messages.size(), 3U);
  for (const auto& message : messages) EXPECT_EQ(message.deliveries, 2);
}

}  // namespace
}  // namespace propylon::testing

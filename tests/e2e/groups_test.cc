// Consumer groups of a running server: how far they are, forgetting them and moving them.
#include <gtest/gtest.h>

#include <chrono>
#include <future>

#include "support/gateway.h"
#include "support/json_members.h"

namespace propylon::testing {
namespace {

using Strings = std::vector<std::string>;
using namespace std::chrono_literals;

class Groups : public GatewayTest {
 protected:
  HttpAnswer send(std::string_view method, std::string_view more, std::string_view body = {}) {
    return gateway().send(method, "/stations/" + station() + "/groups" + std::string(more), gateway().authorized(),
                          body);
  }
  void produce(const Strings& payloads) {
    for (const auto& payload : payloads) ASSERT_EQ(gateway().produce(station(), payload).body, kStored);
  }
  Strings consume(int size, const std::string& consumer = "me") {
    return payloads_of(messages_of(gateway().consume(
        station(), consume_body({.consumer = consumer, .group = "g", .batch_size = size, .wait_ms = 100}))));
  }
  Strings groups() {
    Strings all;
    const auto answer = send("GET", "");
    EXPECT_EQ(answer.status, 200) << answer.body;
    for (const auto& item : elements_of(members_of(answer.body).at("items"))) all.push_back(item);
    return all;
  }
  // Waits until the group has acknowledged so far: that happens after the answer was sent.
  std::map<std::string, std::string> group_when_acked(int sequence) {
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    for (;;) {
      for (const auto& group : groups()) {
        auto members = members_of(group);
        if (members.at("name") == "\"g\"" && members.at("acked_seq") == std::to_string(sequence)) return members;
      }
      if (std::chrono::steady_clock::now() > deadline) {
        ADD_FAILURE() << "the group does not come to " << sequence;
        return {};
      }
    }
  }
};

TEST_F(Groups, SayHowFarTheyAre) {
  produce({"a", "b", "c"});
  EXPECT_EQ(groups(), Strings{});
  EXPECT_EQ(consume(2, "worker-1"), (Strings{"a", "b"}));
  auto group = group_when_acked(2);
  EXPECT_EQ(group["pending"], "1");
  EXPECT_EQ(group["in_flight"], "0");
  EXPECT_EQ(group["lag"], "1");
  EXPECT_NE(group["oldest_unacked_age_ms"], "null");
  EXPECT_NE(group["consumers"].find("worker-1"), std::string::npos);
  EXPECT_EQ(consume(1, "worker-2"), Strings{"c"});
  group = group_when_acked(3);
  EXPECT_EQ(group["lag"], "0");
  EXPECT_EQ(group["oldest_unacked_age_ms"], "null");
  EXPECT_NE(group["consumers"].find("worker-2"), std::string::npos);
}

TEST_F(Groups, ForgottenTheyBeginAnew) {
  produce({"a", "b"});
  EXPECT_EQ(consume(10), (Strings{"a", "b"}));
  EXPECT_EQ(send("DELETE", "/g").status, 204);
  expect_problem(send("DELETE", "/g"), {.status = 404, .code = "group_not_found"});
  EXPECT_EQ(groups(), Strings{});
  EXPECT_EQ(consume(10), (Strings{"a", "b"}));
}

TEST_F(Groups, AConsumeThatWaitsInAForgottenGroupEndsWithNothing) {
  produce({"a"});
  EXPECT_EQ(consume(1), Strings{"a"});
  const auto begin = std::chrono::steady_clock::now();
  auto waiting = std::async(std::launch::async, [&] {
    return gateway().consume(station(), consume_body({.group = "g", .batch_size = 1, .wait_ms = 30'000}));
  });
  while (gateway().metric("propylon_broker_waiting_fetches") != 1) {
    ASSERT_LT(std::chrono::steady_clock::now(), begin + 20s);
  }
  EXPECT_EQ(send("DELETE", "/g").status, 204);
  expect_json(waiting.get(), "[]");
  EXPECT_LT(std::chrono::steady_clock::now(), begin + 25s);
}

TEST_F(Groups, AreMovedToAPlace) {
  produce({"a", "b", "c"});
  EXPECT_EQ(consume(10).size(), 3U);
  const auto moved = send("PATCH", "/g", R"({"seek":{"seq":2}})");
  EXPECT_EQ(moved.status, 200) << moved.body;
  EXPECT_EQ(members_of(moved.body).at("acked_seq"), "1");
  EXPECT_EQ(members_of(moved.body).at("lag"), "2");
  EXPECT_EQ(consume(10), (Strings{"b", "c"}));
  EXPECT_EQ(send("PATCH", "/g", R"({"seek":"earliest"})").status, 200);
  EXPECT_EQ(consume(1), Strings{"a"});
  EXPECT_EQ(send("PATCH", "/g", R"({"seek":"latest"})").status, 200);
  EXPECT_EQ(consume(10), Strings{});
  EXPECT_EQ(send("PATCH", "/g", R"({"seek":{"time":"2000-01-01T00:00:00Z"}})").status, 200);
  EXPECT_EQ(consume(10).size(), 3U);
  expect_problem(send("PATCH", "/other", R"({"seek":"latest"})"), {.status = 404, .code = "group_not_found"});
  expect_problem(send("PATCH", "/g", R"({"seek":"newest"})"), {.status = 400, .code = "invalid_request"});
}

// A server of its own: it ends and starts again.
TEST(GroupsAfterARestart, AreWhereTheyWereMovedAndForgottenOnesAreGone) {
  Gateway gateway;
  const auto send = [&](std::string_view method, const std::string& more, std::string_view body = {}) {
    return gateway.send(method, "/stations/s/groups/" + more, gateway.authorized(), body);
  };
  for (const char* payload : {"a", "b", "c"}) ASSERT_EQ(gateway.produce("s", payload).body, kStored);
  EXPECT_EQ(gateway.drain("s", "moved").size(), 3U);
  EXPECT_EQ(gateway.drain("s", "forgotten").size(), 3U);
  ASSERT_EQ(send("PATCH", "moved", R"({"seek":{"seq":3}})").status, 200);
  ASSERT_EQ(send("DELETE", "forgotten").status, 204);
  gateway.process().kill();
  gateway.process().start();
  EXPECT_EQ(payloads_of(gateway.drain("s", "moved")), Strings{"c"});
  EXPECT_EQ(payloads_of(gateway.drain("s", "forgotten")), (Strings{"a", "b", "c"}));
  EXPECT_EQ(gateway.process().terminate().code, 0);
}

}  // namespace
}  // namespace propylon::testing

// Hundreds of consumers wait for one message.
#include <gtest/gtest.h>

#include <chrono>

#include "hostile/swarm.h"
#include "support/gateway.h"
#include "support/process_status.h"

namespace propylon::testing {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kCrowd = 600;
constexpr auto kPatience = 60s;

class LongPollCrowd : public GatewayTest {
 protected:
  // Instrumented servers take longer to hear all of them; no wait may end before the message comes.
  static constexpr int kWaitMs = kMemoryTells ? 3000 : 12'000;

  // One long poll each, in the group that `group_of` names for it; returns once all of them wait.
  template <class GroupOf>
  void gather(GroupOf group_of) {
    allow_open_files(2 * kCrowd + 500);
    for (std::size_t i = 0; i < kCrowd; ++i) {
      crowd.push_back(std::make_unique<HttpClient>(gateway().process().port(), kPatience));
      crowd.back()->send(HttpClient::render("POST", "/stations/" + station() + "/consume/batch", gateway().authorized(),
                                            consume_body({.consumer = "c" + std::to_string(i),
                                                          .group = group_of(i),
                                                          .wait_ms = kWaitMs,
                                                          .more = R"(,"min_messages":1)"})));
    }
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (gateway().metric("propylon_broker_waiting_fetches") != kCrowd) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    }
  }
  // How many got the message; the others got none, and not before their time.
  std::size_t count_served() {
    std::size_t served = 0;
    for (auto& client : crowd) {
      const auto payloads = payloads_of(messages_of(client->receive()));
      if (payloads.empty()) continue;
      EXPECT_EQ(payloads, std::vector<std::string>{"the one"});
      ++served;
    }
    return served;
  }

  std::vector<std::unique_ptr<HttpClient>> crowd;
};

TEST_F(LongPollCrowd, InOneGroupExactlyOneGetsTheMessage) {
  gather([](std::size_t) { return "shared"; });
  ASSERT_EQ(gateway().produce(station(), "the one").body, kStored);
  EXPECT_EQ(count_served(), 1U);
  EXPECT_TRUE(gateway().drain(station(), "shared").empty());
}

TEST_F(LongPollCrowd, InGroupsOfTheirOwnAllGetTheMessage) {
  gather([](std::size_t i) { return "g" + std::to_string(i); });
  ASSERT_EQ(gateway().produce(station(), "the one").body, kStored);
  EXPECT_EQ(count_served(), kCrowd);
  EXPECT_TRUE(gateway().drain(station(), "g0").empty());
}

TEST_F(LongPollCrowd, InThreeGroupsOneOfEachGetsTheMessage) {
  gather([](std::size_t i) { return "g" + std::to_string(i % 3); });
  ASSERT_EQ(gateway().produce(station(), "the one").body, kStored);
  EXPECT_EQ(count_served(), 3U);
}

TEST_F(LongPollCrowd, ThatLeavesWithoutAWordGetsNothingAndTheNextOneDoes) {
  gather([](std::size_t) { return "shared"; });
  for (auto& client : crowd) client->reset();
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (gateway().metric("propylon_broker_waiting_fetches") != 0) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline);
  }
  ASSERT_EQ(gateway().produce(station(), "the one").body, kStored);
  EXPECT_EQ(payloads_of(gateway().drain(station(), "shared")), std::vector<std::string>{"the one"});
}

class WaitersLimit : public LongPollCrowd {
 protected:
  static void SetUpTestSuite() { start({.flags = {"--waiters-max", "50"}}); }
};

TEST_F(WaitersLimit, RefusesOneMoreAndKeepsThose) {
  std::vector<std::unique_ptr<HttpClient>> waiting;
  const std::string request =
      HttpClient::render("POST", "/stations/" + station() + "/consume/batch", gateway().authorized(),
                         consume_body({.group = "g", .batch_size = 1, .wait_ms = 60'000}));
  for (int i = 0; i < 50; ++i) {
    waiting.push_back(std::make_unique<HttpClient>(gateway().process().port(), kPatience));
    waiting.back()->send(request);
  }
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (gateway().metric("propylon_broker_waiting_fetches") != 50) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline);
  }
  const auto refused = gateway().consume(station(), consume_body({.group = "g", .wait_ms = 60'000}));
  expect_problem(refused, {.status = 503, .code = "overloaded", .retryable = true});
  EXPECT_EQ(refused.field("Retry-After"), "1");
  for (int i = 0; i < 50; ++i) ASSERT_EQ(gateway().produce(station(), "x").body, kStored);
  for (auto& client : waiting) EXPECT_FALSE(messages_of(client->receive()).empty());
}

}  // namespace
}  // namespace propylon::testing

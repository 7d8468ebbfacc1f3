// SIGTERM in the middle of everything. What is promised of a request on an accepted connection (docs/operations.md,
// "Start and stop"): it is answered whole, or the connection ends without a byte of an answer and nothing of it was
// done.
#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <set>
#include <thread>

#include "core/long_tests.h"
#include "support/gateway.h"
#include "support/json_members.h"

namespace propylon::testing {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 60s;

// What many producers saw until their connections ended.
class Producers final {
 public:
  Producers(Gateway& gateway, int count) {
    const std::string token = gateway.bearer();
    for (int i = 0; i < count; ++i) {
      threads_.emplace_back([this, i, token, port = gateway.process().port()] { produce(i, token, port); });
    }
  }
  void await_end() { threads_.clear(); }

  std::size_t answered() const { return answered_; }
  const std::set<std::string>& acknowledged() const { return acknowledged_; }
  // Anything but a success and a connection that ends in silence.
  const std::set<std::string>& failures() const { return failures_; }

 private:
  void produce(int producer, const std::string& token, std::uint16_t port) try {
    HttpClient client(port, kPatience);
    for (int i = 0;; ++i) {
      const std::string name = std::to_string(producer) + "." + std::to_string(i);
      const bool sent = client.try_send(
          HttpClient::render("POST", "/stations/load/produce/single", {{"Authorization", token}}, name));
      if (!sent || client.closes()) return;
      const auto answer = client.receive();
      const std::lock_guard lock(mutex_);
      if (answer.body != kStored) {
        failures_.insert(answer.body);
        return;
      }
      acknowledged_.insert(name);
      ++answered_;
      if (answer.field("Connection") == "close") {
        if (!client.closes()) failures_.insert("more than the last answer");
        return;
      }
    }
  } catch (const std::exception& failure) {
    const std::lock_guard lock(mutex_);
    failures_.insert(failure.what());
  }

  std::mutex mutex_;
  std::set<std::string> acknowledged_;
  std::set<std::string> failures_;
  std::atomic<std::size_t> answered_{0};
  std::vector<std::jthread> threads_;
};

class StopUnderLoad : public ::testing::Test {
 protected:
  static void await(Gateway& gateway, const std::string& metric, double value) {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (gateway.metric(metric) != value) ASSERT_LT(std::chrono::steady_clock::now(), deadline);
  }
  static std::multiset<std::string> stored_in(Gateway& gateway) {
    std::multiset<std::string> stored;
    for (std::size_t got = 1; got > 0;) {
      const auto payloads = payloads_of(gateway.drain("load", "counter"));
      got = payloads.size();
      stored.insert(payloads.begin(), payloads.end());
    }
    return stored;
  }
};

TEST_F(StopUnderLoad, FailsNoRequestAndStoresExactlyWhatItAcknowledged) {
  for (std::uint64_t round = 0; round < long_or(2, 20); ++round) {
    Gateway gateway;
    gateway.produce("load", "first");
    Producers producers(gateway, 8);
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (producers.answered() < 500 + 100 * round) ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    gateway.process().signal(SIGTERM);
    const Exit exit = gateway.process().wait(kPatience);
    EXPECT_EQ(exit.code, 0) << gateway.process().standard_error();
    producers.await_end();
    EXPECT_EQ(producers.failures(), std::set<std::string>());
    gateway.process().start();
    std::multiset<std::string> expected(producers.acknowledged().begin(), producers.acknowledged().end());
    expected.insert("first");
    EXPECT_EQ(stored_in(gateway), expected);
  }
}

// The bytes of these requests lie in the server's kernel, or are on their way to the handler, when the signal comes.
TEST_F(StopUnderLoad, AnswersWhatWasSentBeforeTheSignal) {
  constexpr int kClients = 800;
  std::size_t answered = 0;
  Gateway gateway;
  gateway.produce("load", "first");
  std::vector<std::unique_ptr<HttpClient>> clients;
  for (int i = 0; i < kClients; ++i) {
    clients.push_back(std::make_unique<HttpClient>(gateway.process().port(), kPatience));
    ASSERT_EQ(clients.back()->request("GET", "/livez").status, 200);
  }
  // Asleep while they are sent: it finds all of them and the order to stop at once.
  gateway.process().signal(SIGSTOP);
  for (int i = 0; i < kClients; ++i) {
    clients[static_cast<std::size_t>(i)]->send(HttpClient::render(
        "POST", "/stations/load/produce/single", {{"Authorization", gateway.bearer()}}, std::to_string(i)));
  }
  gateway.process().signal(SIGTERM);
  gateway.process().signal(SIGCONT);
  for (auto& client : clients) {
    if (client->closes()) continue;
    const auto answer = client->receive();
    EXPECT_EQ(answer.body, kStored);
    EXPECT_TRUE(client->closes());
    ++answered;
  }
  EXPECT_EQ(answered, static_cast<std::size_t>(kClients));
  EXPECT_EQ(gateway.process().wait(kPatience).code, 0);
  gateway.process().start();
  EXPECT_EQ(stored_in(gateway).size(), answered + 1);
}

TEST_F(StopUnderLoad, EndsEveryLongPollWithWhatItHas) {
  constexpr int kPolls = 100;
  Gateway gateway;
  gateway.produce("s", "there");
  std::vector<std::unique_ptr<HttpClient>> polls;
  for (int i = 0; i < kPolls; ++i) {
    polls.push_back(std::make_unique<HttpClient>(gateway.process().port(), kPatience));
    polls.back()->send(HttpClient::render(
        "POST", "/stations/s/consume/batch", gateway.authorized(),
        consume_body({.group = "g" + std::to_string(i % 2 == 0 ? i : -1), .batch_size = 5, .wait_ms = 60'000})));
  }
  await(gateway, "propylon_broker_waiting_fetches", kPolls);
  gateway.process().signal(SIGTERM);
  int with = 0;
  for (auto& poll : polls) {
    const auto messages = messages_of(poll->receive());
    EXPECT_TRUE(poll->closes());
    with += messages.empty() ? 0 : 1;
  }
  EXPECT_EQ(with, kPolls / 2 + 1) << "each group of its own has one, and one member of the shared group";
  EXPECT_EQ(gateway.process().wait(kPatience).code, 0);
  gateway.process().start();
  EXPECT_TRUE(gateway.drain("s", "g0").empty()) << "handed out, so acknowledged";
  EXPECT_TRUE(gateway.drain("s", "g-1").empty());
}

}  // namespace
}  // namespace propylon::testing

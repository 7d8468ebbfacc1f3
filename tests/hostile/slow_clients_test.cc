// Clients that send or read as slowly as they may, ten thousand at a time: each is cut off after its deadline, and
// meanwhile everybody else is served.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "core/long_tests.h"
#include "hostile/swarm.h"
#include "support/gateway.h"
#include "support/process_status.h"

namespace propylon::testing {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 120s;
constexpr std::size_t kReaders = 32;
constexpr std::size_t kAnswerBytes = 4 << 20;  // more than the kernel takes for a connection that is not read
constexpr std::size_t kSparedFiles = 500;
constexpr const char* kTimeouts = "propylon_http_timeouts_total";

// Produces one message after the other on one connection until it is told to stop.
class GoodClient final {
 public:
  explicit GoodClient(Gateway& gateway)
      : thread_([this, port = gateway.process().port(), token = gateway.bearer()] { produce(port, token); }) {}
  ~GoodClient() { stop(); }

  std::size_t stored() const { return stored_; }
  // Ends it; what it was refused with, if it ever was.
  std::string stop() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
    return refusal_;
  }

 private:
  void produce(std::uint16_t port, const std::string& token) try {
    HttpClient client(port, kPatience);
    while (!stop_) {
      const auto answer =
          client.request("POST", "/stations/good/produce/single", {{"Authorization", token}}, std::to_string(stored_));
      if (answer.body != kStored) {
        refusal_ = answer.body;
        return;
      }
      ++stored_;
    }
  } catch (const std::exception& failure) {
    refusal_ = failure.what();
  }

  std::atomic<bool> stop_{false};
  std::atomic<std::size_t> stored_{0};
  std::string refusal_;
  std::thread thread_;
};

class SlowClients : public ::testing::Test {
 protected:
  // As many as asked for, or as the limit of open files allows.
  static std::size_t count() {
    const std::size_t wanted = kMemoryTells ? long_or(10'000, 15'000) : 2000;
    // The server gives connections three quarters of its descriptors.
    const std::size_t allowed = allow_open_files(2 * wanted) * 3 / 4;
    return std::min(wanted, allowed - kSparedFiles);
  }
  static void await_connections(Gateway& gateway, double expected) {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    // The one that asks is counted too; those of earlier questions may still be closing.
    while (gateway.metric("propylon_http_connections") != expected) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    }
  }
};

TEST_F(SlowClients, AreCutOffAndStopNobodyElse) {
  TestFigures figures("slow clients");
  const std::size_t clients = count();
  Gateway gateway({.flags = {"--http-head-timeout-ms", "4000", "--http-body-timeout-ms", "4000",
                             "--http-write-timeout-ms", "4000", "--connections-max", "30000"}});
  ASSERT_EQ(gateway.produce("large", std::string(kAnswerBytes, 'x')).body, kStored);
  await_connections(gateway, 1);
  GoodClient good(gateway);

  Swarm readers(gateway.process().port(), 4096);
  readers.open(kReaders);
  for (std::size_t i = 0; i < kReaders; ++i) {
    readers.send_to(i, HttpClient::render("POST", "/stations/large/consume/batch", gateway.authorized(),
                                          consume_body({.group = "g" + std::to_string(i), .batch_size = 1})));
  }
  Swarm heads(gateway.process().port());
  Swarm bodies(gateway.process().port());
  const std::size_t half = (clients - kReaders) / 2;
  heads.open(half);
  heads.send_each("POST /stations/slow/produce/single HTTP/1.1\r\nHost: x\r\nX-A: ");
  bodies.open(half);
  bodies.send_each("POST /stations/slow/produce/single HTTP/1.1\r\nHost: x\r\nAuthorization: " + gateway.bearer() +
                   "\r\nContent-Length: 10000\r\n\r\n");
  figures.add(kReaders + heads.open_count() + bodies.open_count(), "slow clients");
  figures.add(static_cast<std::uint64_t>(gateway.metric("propylon_http_connections")), "of them connected at once");
  const std::size_t stored_before = good.stored();

  // A byte now and then buys no more time.
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (heads.open_count() + bodies.open_count() > 0) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline) << heads.open_count() << " and " << bodies.open_count();
    for (Swarm* swarm : {&heads, &bodies}) {
      swarm->send_each("x");
      swarm->await_ended(half, 50ms);
    }
  }
  using Answers = std::map<int, std::size_t>;
  EXPECT_EQ(heads.first_answers(), (Answers{{408, half}}));
  EXPECT_EQ(bodies.first_answers(), (Answers{{408, half}}));
  while (gateway.metric(std::string(kTimeouts) + R"({kind="write"})") < kReaders) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline);
  }
  EXPECT_TRUE(readers.await_ended(kReaders, kPatience));
  EXPECT_EQ(readers.first_answers(), (Answers{{200, kReaders}}));

  const std::size_t stored = good.stored();
  EXPECT_EQ(good.stop(), "");
  EXPECT_GT(stored, stored_before + 10);
  figures.add(stored, "messages of a good client");
  EXPECT_EQ(gateway.metric(std::string(kTimeouts) + R"({kind="head"})"), half);
  EXPECT_EQ(gateway.metric(std::string(kTimeouts) + R"({kind="body"})"), half);
  await_connections(gateway, 1);
  EXPECT_EQ(gateway.metric("propylon_http_request_in_flight_bytes"), 0);
  EXPECT_EQ(gateway.send("GET", "/stations/slow", gateway.authorized()).status, 404) << "nothing of a half body";
  std::size_t kept = 0;
  for (std::size_t got = 1; got > 0; kept += got) got = gateway.drain("good").size();
  EXPECT_GE(kept, stored);
  // What was handed to a client that did not read is handed out again.
  EXPECT_EQ(gateway.drain("large", "g0").size(), 1U);
  EXPECT_EQ(gateway.process().terminate().code, 0);
}

// Each asks for 16 MiB and takes none of it.
TEST_F(SlowClients, ThatAskForMuchAndDoNotReadHoldNoMoreThanTheTotal) {
  constexpr std::size_t kGreedy = 100;
  constexpr std::uint64_t kMiB = 1 << 20;
  allow_open_files(kGreedy + kSparedFiles);
  Gateway gateway({.flags = {"--unread-answer-bytes-max", std::to_string(128 * kMiB)}});
  for (int i = 0; i < 4; ++i) ASSERT_EQ(gateway.produce("large", std::string(kAnswerBytes, 'x')).body, kStored);
  Swarm greedy(gateway.process().port(), 4096);
  greedy.open(kGreedy);
  for (std::size_t i = 0; i < kGreedy; ++i) {
    greedy.send_to(i, HttpClient::render("POST", "/stations/large/consume/batch", gateway.authorized(),
                                         consume_body({.group = "g" + std::to_string(i), .batch_size = 4})));
  }
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  // Three messages of 4 MiB and the answer made of them: 24 MiB for each that is served.
  constexpr std::size_t kServed = 5;
  while (gateway.metric(R"(propylon_http_requests_total{route="consume_batch",status="5xx"})") < kGreedy - kServed) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline);
  }
  const auto refused = gateway.consume("large", consume_body({.group = "mine", .batch_size = 4}));
  expect_problem(refused, {.status = 503, .code = "overloaded", .retryable = true});
  EXPECT_EQ(refused.field("Retry-After"), "1");
  EXPECT_LE(gateway.metric("propylon_consume_unread_bytes"), 128 * kMiB);
  EXPECT_GE(gateway.metric("propylon_consume_unread_bytes"), 96 * kMiB);
  EXPECT_EQ(gateway.produce("large", "more").body, kStored) << "producers notice nothing";
  greedy.reset_all();
  std::size_t got = 0;
  while (got == 0) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    const auto answer = gateway.consume("large", consume_body({.group = "mine", .batch_size = 4}));
    if (answer.status == 200) got = messages_of(answer).size();
  }
  EXPECT_EQ(got, 3U) << "as many as fit into one answer; what was refused is still there";
  while (gateway.metric("propylon_consume_unread_bytes") != 0) ASSERT_LT(std::chrono::steady_clock::now(), deadline);
}

TEST_F(SlowClients, ThatOnlyConnectAreClosedWithoutAWord) {
  const std::size_t clients = std::min<std::size_t>(count(), 2000);
  Gateway gateway({.flags = {"--http-idle-timeout-ms", "1000"}});
  Swarm idle(gateway.process().port());
  idle.open(clients);
  EXPECT_TRUE(idle.await_ended(clients, kPatience)) << idle.ended();
  EXPECT_EQ(idle.first_answers(), (std::map<int, std::size_t>{{0, clients}}));
  await_connections(gateway, 1);
}

}  // namespace
}  // namespace propylon::testing

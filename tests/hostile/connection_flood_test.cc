// More connections than connections_max. The next ones are told so (503 with Retry-After); those beyond that are closed
// without a word, because telling them costs what is short. Who is connected already notices nothing.
#include <gtest/gtest.h>

#include <chrono>

#include "hostile/swarm.h"
#include "support/gateway.h"
#include "support/process_status.h"

namespace propylon::testing {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kServed = 100;
// How many are told at a time (src/http/descriptor_share.cc, kRefusedMax).
constexpr std::size_t kToldMax = 256;
constexpr std::size_t kFlood = 1500;
constexpr const char* kTotal = "propylon_http_connections_total";

class ConnectionFlood : public GatewayTest {
 protected:
  static void SetUpTestSuite() {
    allow_open_files(kFlood + 1000);
    start({.flags = {"--connections-max", std::to_string(kServed)}});
    gateway().token();
  }
  void SetUp() override { await_connections(1); }
  // On a connection that is there already: during a flood there is no other.
  static double metric(HttpClient& client, const std::string& name) {
    const auto answer = client.request("GET", "/metrics", {{"Authorization", gateway().bearer()}});
    const std::string line = "\n" + name + " ";
    const std::size_t at = answer.body.find(line);
    return at == std::string::npos ? 0 : std::stod(answer.body.substr(at + line.size()));
  }
  // Until there are so many, the one that asks included.
  static void await_connections(double count) {
    const auto deadline = std::chrono::steady_clock::now() + 30s;
    for (;;) {
      try {
        HttpClient client(gateway().process().port());
        if (metric(client, "propylon_http_connections") == count) return;
      } catch (const std::runtime_error&) {
        // Refused: places that became free are not known yet.
      }
      ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    }
  }
};

TEST_F(ConnectionFlood, IsRefusedInWordsThenSilentlyAndRecoversAlone) {
  HttpClient served(gateway().process().port());
  const double refused_before = metric(served, std::string(kTotal) + R"({outcome="refused"})");
  const pid_t pid = gateway().process().pid();
  forget_peak_memory(pid);
  const std::uint64_t memory_before = memory_bytes(pid);

  Swarm flood(gateway().process().port());
  flood.open(kFlood);
  // What is left holds places; each of the others has ended, whether it was told why or not.
  EXPECT_TRUE(flood.await_ended(kFlood - (kServed - 1), 30s)) << flood.ended();
  EXPECT_EQ(flood.open_count(), kServed - 1);
  for (int i = 0; i < 100; ++i) {
    const auto stored =
        served.request("POST", "/stations/s/produce/single", {{"Authorization", gateway().bearer()}}, "x");
    ASSERT_EQ(stored.body, kStored);
  }
  const auto& answers = flood.first_answers();
  std::size_t refused = 0;
  for (const auto& [status, count] : answers) {
    EXPECT_TRUE(status == 503 || status == 0) << status;
    refused += count;
  }
  EXPECT_GE(answers.at(503), kToldMax) << "as many as are told at a time, and more as they go";
  EXPECT_EQ(metric(served, std::string(kTotal) + R"({outcome="refused"})") - refused_before, refused);
  EXPECT_LE(metric(served, "propylon_http_connections"), kServed + kToldMax);
  if (kMemoryTells) {
    EXPECT_LT(peak_memory_bytes(pid), memory_before + (16 << 20));
  }
  flood.close_all();
  await_connections(2);
  EXPECT_EQ(gateway().send("GET", "/livez").status, 200);
}

TEST_F(ConnectionFlood, SaysWhenToComeAgain) {
  Swarm flood(gateway().process().port());
  flood.open(kServed);
  HttpClient one_more(gateway().process().port());
  const auto answer = one_more.receive();
  expect_problem(answer, {.status = 503, .code = "overloaded", .retryable = true});
  EXPECT_EQ(answer.field("Retry-After"), "1");
  EXPECT_EQ(answer.field("Connection"), "close");
  EXPECT_TRUE(one_more.closes());
}

TEST_F(ConnectionFlood, OfClientsThatSendAtOnceAndNeverReadEndsToo) {
  HttpClient served(gateway().process().port());
  ASSERT_EQ(served.request("GET", "/livez").status, 200);
  Swarm flood(gateway().process().port());
  for (int i = 0; i < 5; ++i) {
    flood.open(kFlood / 5);
    flood.send_each("GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    EXPECT_EQ(served.request("GET", "/livez").status, 200);
  }
  EXPECT_TRUE(flood.await_ended(kFlood, 30s)) << flood.ended();
  EXPECT_TRUE(flood.first_answers().contains(200));
}

TEST_F(ConnectionFlood, ThatComesAndGoesLeavesNothingBehind) {
  const pid_t pid = gateway().process().pid();
  const std::size_t files = open_file_count(pid);
  for (int i = 0; i < 10; ++i) {
    Swarm flood(gateway().process().port());
    flood.open(kFlood / 5);
    flood.send_each("GET /livez HTTP/1.1\r\nHost: x\r\n");
    i % 2 == 0 ? flood.reset_all() : flood.close_all();
  }
  await_connections(1);
  EXPECT_LE(open_file_count(pid), files + 2);
}

}  // namespace
}  // namespace propylon::testing

// Clients that send request upon request without reading, or go on behind refusals.
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "hostile/swarm.h"
#include "support/gateway.h"
#include "support/process_status.h"

namespace propylon::testing {
namespace {

using namespace std::chrono_literals;

constexpr int kRequests = 10'000;
constexpr std::uint64_t kMiB = 1 << 20;

class Pipelining : public GatewayTest {
 protected:
  static pid_t pid() { return gateway().process().pid(); }
};

TEST_F(Pipelining, OfTenThousandRequestsIsAnsweredInOrderWithBoundedMemory) {
  gateway().token();
  std::string requests;
  for (int i = 0; i < kRequests; ++i) {
    requests += HttpClient::render("POST", "/stations/" + station() + "/produce/single",
                                   {{"Authorization", gateway().bearer()}, {"X-Request-Id", "id-" + std::to_string(i)}},
                                   std::to_string(i));
  }
  forget_peak_memory(pid());
  const std::uint64_t before = memory_bytes(pid());
  HttpClient client(gateway().process().port(), 60s);
  // The server stops reading when its answers are not read: the rest goes out meanwhile.
  std::jthread sender([&] { client.try_send(requests); });
  for (int i = 0; i < kRequests; ++i) {
    const auto answer = client.receive();
    ASSERT_EQ(answer.body, kStored);
    ASSERT_EQ(answer.field("X-Request-Id"), "id-" + std::to_string(i));
  }
  if (kMemoryTells) {
    EXPECT_LT(peak_memory_bytes(pid()), before + 16 * kMiB);
  }
  std::vector<std::string> expected;
  for (int i = 0; i < kRequests; ++i) expected.push_back(std::to_string(i));
  std::vector<std::string> stored;
  for (std::size_t got = 1; got > 0;) {
    const auto payloads = payloads_of(gateway().drain(station()));
    got = payloads.size();
    stored.insert(stored.end(), payloads.begin(), payloads.end());
  }
  EXPECT_EQ(stored, expected);
}

TEST_F(Pipelining, OfManyClientsThatNeverReadTakesNoMemoryForAnswers) {
  constexpr std::size_t kClients = 100;
  allow_open_files(kClients + 500);
  gateway().token();
  std::string requests;
  for (int i = 0; i < 500; ++i) requests += "GET /monitoring/status HTTP/1.1\r\nHost: x\r\n\r\n";
  forget_peak_memory(pid());
  const std::uint64_t before = memory_bytes(pid());
  Swarm deaf(gateway().process().port(), 4096);
  deaf.open(kClients);
  for (int round = 0; round < 4; ++round) {
    deaf.send_each(requests);
    EXPECT_EQ(gateway().send("GET", "/livez").status, 200);
  }
  if (kMemoryTells) {
    EXPECT_LT(peak_memory_bytes(pid()), before + kClients * 200 * 1024);
  }
  deaf.reset_all();
  const auto deadline = std::chrono::steady_clock::now() + 30s;
  while (gateway().metric("propylon_http_connections") != 1) ASSERT_LT(std::chrono::steady_clock::now(), deadline);
}

TEST_F(Pipelining, GoesOnBehindEveryRefusalThatIsNoFaultOfTheFraming) {
  HttpClient client(gateway().process().port());
  const std::string bearer = gateway().bearer();
  const std::string produce = "/stations/" + station() + "/produce/single";
  const HttpFields good{{"Authorization", bearer}};
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(client.request("POST", produce, {}, "x").status, 401);
    EXPECT_EQ(client.request("POST", produce, {{"Authorization", "Bearer x.y.z"}}, "x").status, 401);
    EXPECT_EQ(client.request("POST", "/no/such/path", good, "x").status, 404);
    EXPECT_EQ(client.request("DELETE", produce, good).status, 405);
    EXPECT_EQ(client.request("POST", "/stations/!/produce/single", good, "x").status, 400);
    EXPECT_EQ(client.request("POST", "/a/../b", good, "x").status, 400);
    EXPECT_EQ(client.request("POST", produce, {{"Authorization", bearer}, {"Content-Encoding", "x"}}, "x").status, 415);
    EXPECT_EQ(client.request("POST", produce, {{"Authorization", bearer}, {"Expect", "x"}}, "x").status, 417);
    EXPECT_EQ(client.request("POST", "/stations/s/produce/batch", good, "{").status, 400);
    // A refused body that is read and dropped.
    EXPECT_EQ(client.request("POST", "/auth/authenticate", {}, std::string(60'000, 'x')).status, 400);
    EXPECT_EQ(client.request("POST", produce, {}, std::string(60'000, 'x')).status, 401);
    EXPECT_EQ(client.request("POST", produce, good, std::to_string(round)).body, kStored);
  }
  EXPECT_EQ(payloads_of(gateway().drain(station())), (std::vector<std::string>{"0", "1", "2"}));
}

TEST_F(Pipelining, OfGarbageBehindAGoodRequestEndsThere) {
  for (const std::string& garbage : {std::string("garbage\r\n\r\n"), std::string(100, '\0'),
                                     std::string("\x16\x03\x01"), std::string("\r\n\r\n\r\n\r\n"), std::string("x")}) {
    HttpClient client(gateway().process().port());
    client.send(HttpClient::render("POST", "/stations/" + station() + "/produce/single",
                                   {{"Authorization", gateway().bearer()}}, "good") +
                garbage + "\r\n" + HttpClient::render("GET", "/livez", {}, {}));
    EXPECT_EQ(client.receive().body, kStored);
    expect_problem(client.receive(), {.status = 400, .code = "malformed_http"});
    EXPECT_TRUE(client.closes());
  }
  EXPECT_EQ(gateway().drain(station()).size(), 5U);
}

}  // namespace
}  // namespace propylon::testing

// A server without a single free file descriptor: it neither dies nor spins, goes on serving whom it has, loses nothing
// that it acknowledged, and accepts again once descriptors are free.
#include <gtest/gtest.h>

#include <chrono>

#include "hostile/swarm.h"
#include "support/gateway.h"
#include "support/json_members.h"
#include "support/process_status.h"

namespace propylon::testing {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kOpenFilesMax = 200;
constexpr std::size_t kFlood = 300;
constexpr const char* kPath = "/stations/orders/produce/single";
// Together more than the segments of 64 MiB that stand ready: the log needs another file meanwhile.
constexpr std::size_t kLargeBytes = 3 << 20;
constexpr int kLargeMessages = 75;

class DescriptorExhaustion : public ::testing::Test {
 protected:
  DescriptorExhaustion() : gateway({.open_files_max = kOpenFilesMax}), served(gateway.process().port()) {
    token = {{"Authorization", gateway.bearer()}};
    produce("first");
  }
  pid_t pid() { return gateway.process().pid(); }
  // On the connection that was there before; remembers what was acknowledged.
  HttpAnswer produce(const std::string& payload) {
    auto answer = served.request("POST", kPath, token, payload);
    if (answer.body == kStored) stored.push_back(payload.substr(0, 8));
    return answer;
  }
  // Takes every descriptor that is left, now and until they are given back.
  void take_descriptors() { limit_open_files(pid(), 3); }
  void give_descriptors_back() { limit_open_files(pid(), kOpenFilesMax); }

  void expect_all_stored(const std::string& group) {
    std::vector<std::string> found;
    for (std::size_t got = 1; got > 0;) {
      const auto messages = gateway.drain("orders", group);
      got = messages.size();
      for (const auto& message : messages) found.push_back(message.payload.substr(0, 8));
    }
    EXPECT_EQ(found, stored);
  }

  Gateway gateway;
  HttpClient served;
  HttpFields token;
  std::vector<std::string> stored;
};

TEST_F(DescriptorExhaustion, CannotBeReachedByConnections) {
  EXPECT_NE(gateway.process().standard_error().find("the limit of open files is too low for connections_max"),
            std::string::npos);
  Swarm flood(gateway.process().port());
  flood.open(kFlood);
  EXPECT_TRUE(flood.await_ended(kFlood - kOpenFilesMax, 30s)) << "those above the limit are refused, not left waiting";
  EXPECT_LT(open_file_count(pid()), kOpenFilesMax);
  const std::string large(kLargeBytes, 'x');
  for (int i = 0; i < kLargeMessages; ++i) ASSERT_EQ(produce(std::to_string(i) + large).body, kStored) << i;
  EXPECT_EQ(gateway.process().standard_error().find("no connection can be accepted"), std::string::npos);
  flood.close_all();
  EXPECT_EQ(gateway.process().terminate().code, 0);
}

TEST_F(DescriptorExhaustion, DoesNotSpinAndServesWhomItHas) {
#ifdef PROPYLON_SANITIZED
  GTEST_SKIP() << "the check of object types opens a pipe, and takes its failure for a wrong type";
#endif
  take_descriptors();
  Swarm flood(gateway.process().port());
  flood.open(50);
  flood.send_each("GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const auto before = cpu_time(pid());
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_FALSE(flood.await_ended(1, 1500ms)) << "nobody can be accepted";
  const auto waited = std::chrono::steady_clock::now() - begin;
  // A loop that is told again and again of connections that it cannot accept takes all of this time.
  EXPECT_LT(cpu_time(pid()) - before, waited / 4);
  for (int i = 0; i < 200; ++i) ASSERT_EQ(produce(std::to_string(i)).body, kStored);
  EXPECT_NE(gateway.process().standard_error().find("no connection can be accepted for now"), std::string::npos);
  give_descriptors_back();
  EXPECT_TRUE(flood.await_ended(50, 30s)) << "who waited is served";
  EXPECT_EQ(flood.first_answers(), (std::map<int, std::size_t>{{200, 50}}));
  expect_all_stored("g");
  EXPECT_EQ(gateway.process().terminate().code, 0);
}

TEST_F(DescriptorExhaustion, LosesNoMessageWhenTheLogNeedsAFile) {
  take_descriptors();
  const std::string large(kLargeBytes, 'x');
  std::size_t refused = 0;
  for (int i = 0; i < kLargeMessages; ++i) {
    const auto answer = produce(std::to_string(i) + large);
    if (answer.body == kStored) continue;
    ++refused;
    expect_problem(answer, {.status = 503, .code = "store_unavailable", .retryable = true});
    EXPECT_FALSE(answer.field("Retry-After").empty());
  }
  EXPECT_GT(refused, 0U) << "the log found a file after all: the test does not show what it should";
  give_descriptors_back();
  const auto deadline = std::chrono::steady_clock::now() + 30s;
  while (produce("after").body != kStored) ASSERT_LT(std::chrono::steady_clock::now(), deadline);
  expect_all_stored("before");
  EXPECT_EQ(gateway.send("GET", "/readyz").status, 200);
  gateway.process().kill();
  gateway.process().start();
  expect_all_stored("behind");
}

}  // namespace
}  // namespace propylon::testing

// Bodies that are small on the wire and enormous when decoded: 413 as soon as the limit is passed, with the memory of
// the limit and not of the bomb.
#include <gtest/gtest.h>

#include <functional>
#include <thread>

#include "support/compress.h"
#include "support/gateway.h"
#include "support/process_status.h"

namespace propylon::testing {
namespace {

constexpr std::uint64_t kMiB = 1 << 20;
constexpr std::size_t kMessageBytesMax = 4 * kMiB;

// A row for each content coding that the server decodes.
struct Coding {
  std::string name;
  std::function<std::string(std::string_view)> encode;
  // Small, and decodes to far more than any limit.
  std::string bomb;
};

std::string repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

const std::vector<Coding>& codings() {
  static const std::vector<Coding> all{
      // A gzip file may have many members (RFC 1952 section 2.2): these decode to 3 GiB.
      {"gzip", gzip, repeated(gzip(std::string(16 * kMiB, '\0')), 200)},
      {"deflate", deflate, deflate(std::string(256 * kMiB, '\0'))},
      {"br", brotli, brotli(std::string(256 * kMiB, '\0'))},
      // So may a zstd file (RFC 8878 section 3.1).
      {"zstd", zstd, repeated(zstd(std::string(16 * kMiB, '\0')), 200)},
  };
  return all;
}

class DecompressionBombs : public GatewayTest {
 protected:
  static pid_t pid() { return gateway().process().pid(); }
  HttpAnswer produce(const Coding& coding, const std::string& body) const {
    return gateway().produce(station() + "." + coding.name, body, {{"Content-Encoding", coding.name}});
  }
  static bool stored_nothing(const std::string& station) {
    return gateway().send("GET", "/stations/" + station, gateway().authorized()).status == 404;
  }
};

TEST_F(DecompressionBombs, AreRefusedWithTheMemoryOfTheLimit) {
  for (const Coding& coding : codings()) {
    SCOPED_TRACE(coding.name);
    const std::string& bomb = coding.bomb;
    ASSERT_LT(bomb.size(), kMessageBytesMax) << "the bomb itself is too large";
    gateway().token();
    forget_peak_memory(pid());
    const std::uint64_t before = memory_bytes(pid());
    for (int i = 0; i < 3; ++i) expect_problem(produce(coding, bomb), {.status = 413, .code = "body_too_large"});
    if (kMemoryTells) {
      EXPECT_LT(peak_memory_bytes(pid()), before + 24 * kMiB);
    }
    EXPECT_TRUE(stored_nothing(station() + "." + coding.name));
  }
}

TEST_F(DecompressionBombs, ManyAtATimeAreBoundedToo) {
  constexpr int kClients = 16;
  for (const Coding& coding : codings()) {
    SCOPED_TRACE(coding.name);
    const std::string& bomb = coding.bomb;
    gateway().token();
    forget_peak_memory(pid());
    const std::uint64_t before = memory_bytes(pid());
    std::vector<int> statuses(kClients);
    {
      std::vector<std::jthread> clients;
      for (int& status : statuses) clients.emplace_back([&] { status = produce(coding, bomb).status; });
    }
    EXPECT_EQ(statuses, std::vector<int>(kClients, 413));
    if (kMemoryTells) {
      EXPECT_LT(peak_memory_bytes(pid()), before + kClients * 12 * kMiB);
    }
  }
}

TEST_F(DecompressionBombs, HitTheLimitOfEachEndpoint) {
  for (const Coding& coding : codings()) {
    SCOPED_TRACE(coding.name);
    const HttpFields fields{{"Content-Encoding", coding.name}};
    const std::string json = R"({"consumer_name":"a","more":")" + std::string(kMiB, 'a') + "\"}";
    for (const std::string path : {"/auth/authenticate", "/auth/refreshToken", "/stations/x/consume/batch"}) {
      Problem refusal{.status = 413, .code = "body_too_large"};
      if (path.starts_with("/auth/")) refusal.message = "\"Body too large\"";
      expect_problem(gateway().post(path, coding.encode(json), fields), refusal);
    }
    const std::string batch = "[\"" + std::string(16 * kMiB, 'a') + "\"]";
    expect_problem(gateway().produce_batch(station(), coding.encode(batch), fields),
                   {.status = 413, .code = "body_too_large"});
  }
  EXPECT_TRUE(stored_nothing(station()));
}

TEST_F(DecompressionBombs, AreToldFromBodiesOfExactlyTheLimit) {
  for (const Coding& coding : codings()) {
    SCOPED_TRACE(coding.name);
    const std::string largest(kMessageBytesMax, 'a');
    EXPECT_EQ(produce(coding, coding.encode(largest)).body, kStored);
    expect_problem(produce(coding, coding.encode(largest + "a")), {.status = 413, .code = "body_too_large"});
    EXPECT_EQ(payloads_of(gateway().drain(station() + "." + coding.name)), std::vector<std::string>{largest});
  }
}

TEST_F(DecompressionBombs, InsideOtherBombsAreDecodedOnce) {
  for (const Coding& coding : codings()) {
    SCOPED_TRACE(coding.name);
    const std::string& inner = coding.bomb;
    EXPECT_EQ(produce(coding, coding.encode(inner)).body, kStored);
    EXPECT_EQ(payloads_of(gateway().drain(station() + "." + coding.name)), std::vector<std::string>{inner});
    const std::string twice = coding.name + ", " + coding.name;
    expect_problem(gateway().produce(station(), coding.encode(inner), {{"Content-Encoding", twice}}),
                   {.status = 415, .code = "unsupported_encoding"});
  }
  EXPECT_TRUE(stored_nothing(station()));
}

TEST_F(DecompressionBombs, ThatAreBrokenAreRefused) {
  for (const Coding& coding : codings()) {
    SCOPED_TRACE(coding.name);
    const std::string good = coding.encode(std::string(100'000, 'a') + "b");
    expect_problem(produce(coding, good + "more"), {.status = 400, .code = "invalid_encoding"});
    expect_problem(produce(coding, ""), {.status = 400, .code = "invalid_encoding"});
    for (std::size_t cut = 1; cut < good.size(); cut += 7) {
      expect_problem(produce(coding, good.substr(0, cut)), {.status = 400, .code = "invalid_encoding"});
    }
    EXPECT_TRUE(stored_nothing(station() + "." + coding.name));
  }
}

}  // namespace
}  // namespace propylon::testing

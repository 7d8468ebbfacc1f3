// More of everything than anybody needs: chunks, fields, bytes, nesting. Each is refused at its limit, with memory that
// does not follow the input, or costs no more than its size.
#include <gtest/gtest.h>

#include <chrono>

#include "core/long_tests.h"
#include "support/gateway.h"
#include "support/process_status.h"

namespace propylon::testing {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kMiB = 1 << 20;

class LargeInputs : public GatewayTest {
 protected:
  void SetUp() override {
    gateway().token();
    forget_peak_memory(pid());
    memory_before_ = memory_bytes(pid());
  }
  static pid_t pid() { return gateway().process().pid(); }
  std::uint64_t memory_growth() const {
    const std::uint64_t peak = peak_memory_bytes(pid());
    return peak > memory_before_ ? peak - memory_before_ : 0;
  }
  void expect_memory_below(std::uint64_t bytes) const {
    if (kMemoryTells) {
      EXPECT_LT(memory_growth(), bytes);
    }
  }

  std::string post_head(const std::string& path, const std::string& fields) const {
    return "POST " + path + " HTTP/1.1\r\nHost: x\r\nAuthorization: " + gateway().bearer() + "\r\n" + fields + "\r\n";
  }
  std::string produce_path(const std::string& how) const { return "/stations/" + station() + "/produce/" + how; }

  // Sends `begin`, then `more` again and again until there is an answer or `bytes` have gone out.
  static HttpAnswer pour(const std::string& begin, const std::string& more, std::uint64_t bytes) {
    HttpClient client(gateway().process().port());
    bool taken = client.try_send(begin);
    for (std::uint64_t sent = 0; taken && sent < bytes; sent += more.size()) {
      taken = client.try_send(more) && !client.readable_within(0ms);
    }
    const auto answer = client.receive();
    EXPECT_EQ(answer.field("Connection"), "close");
    EXPECT_TRUE(client.closes());
    return answer;
  }
  // CPU that the server took for a body of so many chunks of one byte.
  std::chrono::milliseconds cost_of_chunks(std::size_t count) const {
    const auto before = cpu_time(pid());
    std::string chunks;
    for (std::size_t i = 0; i < count; ++i) chunks += "1\r\nx\r\n";
    HttpClient client(gateway().process().port());
    client.send(post_head(produce_path("single"), "Transfer-Encoding: chunked\r\n") + chunks + "0\r\n\r\n");
    EXPECT_EQ(client.receive().body, kStored);
    return cpu_time(pid()) - before;
  }

 private:
  std::uint64_t memory_before_ = 0;
};

TEST_F(LargeInputs, AMillionTinyChunksAreOneMessageAndCostNoMoreThanTheirNumber) {
  TestFigures figures("a million tiny chunks");
  const auto few = cost_of_chunks(100'000);
  const auto many = cost_of_chunks(1'000'000);
  figures.add(static_cast<std::uint64_t>(few.count()), "ms of CPU for 100,000");
  figures.add(static_cast<std::uint64_t>(many.count()), "ms for 1,000,000");
  // Ten times the chunks; were each paid for by those before it, this would be a hundred times.
  EXPECT_LT(many, 40 * std::max(few, std::chrono::milliseconds(50)));
  expect_memory_below(24 * kMiB);
  const auto stored = payloads_of(gateway().drain(station()));
  ASSERT_EQ(stored.size(), 2U);
  EXPECT_EQ(stored[1], std::string(1'000'000, 'x'));
}

TEST_F(LargeInputs, AHundredThousandFieldsAreRefused) {
  std::string fields;
  for (int i = 0; i < 100'000; ++i) fields += "X-" + std::to_string(i) + ": a\r\n";
  HttpClient client(gateway().process().port());
  client.try_send("GET /monitoring/status HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n");
  expect_problem(client.receive(), {.status = 431, .code = "head_too_large"});
  EXPECT_TRUE(client.closes());
  expect_memory_below(4 * kMiB);
}

TEST_F(LargeInputs, AFieldOf100MiBIsRefusedAtItsFirst64KiB) {
  const std::string begin = "GET /monitoring/status HTTP/1.1\r\nHost: x\r\nX-A: ";
  expect_problem(pour(begin, std::string(kMiB, 'a'), 100 * kMiB), {.status = 431, .code = "head_too_large"});
  expect_memory_below(4 * kMiB);
}

TEST_F(LargeInputs, ATargetWithoutEndIsRefused) {
  expect_problem(pour("GET /", std::string(kMiB, 'a'), 100 * kMiB), {.status = 414, .code = "target_too_long"});
  expect_memory_below(4 * kMiB);
}

TEST_F(LargeInputs, BodiesAboveTheirLimitAreRefusedBeforeTheyAreRead) {
  for (const auto& [path, size] : {std::pair{produce_path("single"), 4 * kMiB + 1},
                                   {produce_path("batch"), 16 * kMiB + 1},
                                   {produce_path("batch"), 100'000 * kMiB},
                                   {"/stations/" + station() + "/consume/batch", kMiB},
                                   {std::string("/auth/authenticate"), kMiB}}) {
    const std::string head =
        post_head(path, "Content-Type: application/json\r\nContent-Length: " + std::to_string(size) + "\r\n");
    Problem refusal{.status = 413, .code = "body_too_large"};
    if (path.starts_with("/auth/")) refusal.message = "\"Body too large\"";
    expect_problem(pour(head, std::string(kMiB, '1'), 64 * kMiB), refusal);
  }
  expect_memory_below(4 * kMiB);
}

TEST_F(LargeInputs, ChunkedBodiesWithoutEndAreRefusedAtTheLimit) {
  const std::string head = post_head(produce_path("batch"), "Transfer-Encoding: chunked\r\n");
  const std::string chunk = "10000\r\n" + std::string(0x10000, '1') + "\r\n";
  expect_problem(pour(head, chunk, 1024 * kMiB), {.status = 413, .code = "body_too_large"});
  // What is below the limit may be kept, and a string grows by doubling.
  expect_memory_below(48 * kMiB);
}

TEST_F(LargeInputs, DeepNestingIsRefusedAndShallowKept) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_EQ(gateway().produce_batch(station(), nested(1000)).body, kStored);
  for (const std::size_t depth : {1100U, 100'000U, 8'000'000U}) {
    const auto answer = gateway().produce_batch(station(), nested(depth));
    EXPECT_EQ(answer.status, 400) << depth;
    EXPECT_EQ(gateway().produce_batch(station(), std::string(depth, '[')).status, 400) << depth;
    EXPECT_EQ(gateway().produce_batch(station(), "[" + std::string(depth / 2, '{') + "]").status, 400) << depth;
  }
  const std::string deep = nested(20'000);
  EXPECT_EQ(gateway().send("POST", "/auth/authenticate", {{"Content-Type", "application/json"}}, deep).status, 400);
  EXPECT_EQ(gateway()
                .send("POST", "/auth/authenticate", {{"Content-Type", "application/json"}},
                      R"({"username":"root","password":"x","more":)" + deep + "}")
                .status,
            400);
  EXPECT_EQ(gateway().consume(station(), R"({"consumer_name":)" + deep + "}").status, 400);
  // A single message is bytes: nobody looks into it.
  EXPECT_EQ(gateway().produce(station(), deep).body, kStored);
  EXPECT_EQ(payloads_of(gateway().drain(station())), (std::vector<std::string>{nested(999), deep}));
}

TEST_F(LargeInputs, ABatchOfTooManyElementsIsRefusedWhole) {
  std::string batch = "[0";
  for (int i = 1; i <= 10'000; ++i) batch += ",0";
  expect_problem(gateway().produce_batch(station(), batch + "]"), {.status = 413, .code = "body_too_large"});
  std::string commas = "[" + std::string(8 * kMiB, ',') + "]";
  EXPECT_EQ(gateway().produce_batch(station(), commas).status, 400);
  EXPECT_TRUE(gateway().drain(station()).empty());
}

TEST_F(LargeInputs, AbsurdNumbersAndTextsAreKeptOrRefusedButNeverRead) {
  const std::string digits = std::string(kMiB, '9');
  const std::string number = "[" + digits + "]";
  const auto answer = gateway().produce_batch(station(), number);
  EXPECT_TRUE(answer.status == 200 || answer.status == 400) << answer.status;
  EXPECT_EQ(gateway().consume(station(), R"({"consumer_name":"a","batch_size":1e999999999})").status, 400);
  EXPECT_EQ(
      gateway().consume(station(), R"({"consumer_name":"a","batch_size":)" + digits.substr(0, 30'000) + "}").status,
      400);
  EXPECT_EQ(gateway().consume(station(), R"({"consumer_name":")" + std::string(60'000, 'a') + "\"}").status, 400);
  expect_problem(gateway().send("POST", "/auth/authenticate", {},
                                R"({"username":")" + std::string(60'000, 'a') + R"(","password":"x"})"),
                 {.status = 401, .code = "unauthorized", .message = "\"Unauthorized\""});
}

}  // namespace
}  // namespace propylon::testing

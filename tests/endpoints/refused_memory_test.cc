// Memory that the system refuses costs a request or a connection, not the process.
#include <gtest/gtest.h>
#include <pthread.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <limits>
#include <new>
#include <string>
#include <thread>

#include "http/content_encoder.h"
#include "json/document.h"
#include "support/error_answer.h"
#include "support/test_gateway.h"

namespace {

constexpr std::size_t kNothing = std::numeric_limits<std::size_t>::max();

// Requests for so many bytes and more are refused to threads whose names begin so.
std::atomic<std::size_t> refused_from{kNothing};
std::atomic<const char*> refused_to{"io."};
std::atomic<int> refusals{0};

bool is_refused(std::size_t bytes) {
  if (bytes < refused_from) return false;
  std::array<char, 16> name{};
  ::pthread_getname_np(::pthread_self(), name.data(), name.size());
  return std::string_view(name.data()).starts_with(refused_to.load());
}

}  // namespace

// Not inlined: g++ would see free() meet operator new and warn.
[[gnu::noinline]] void* operator new(std::size_t bytes) {
  if (is_refused(bytes)) {
    ++refusals;
    throw std::bad_alloc();
  }
  if (void* memory = std::malloc(bytes)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace propylon::testing {
namespace {

constexpr std::string_view kConsume = "/stations/orders/consume/batch";
constexpr std::string_view kProduce = "/stations/orders/produce/single";

class RefusedMemory : public ::testing::Test {
 protected:
  // At the end of every test something was refused, and the server serves.
  ~RefusedMemory() override {
    refused_from = kNothing;
    EXPECT_GT(refusals.load(), 0);
    EXPECT_EQ(gateway_.request("POST", kProduce, gateway_.as("root"), "after").status, 200);
  }
  static void refuse(std::size_t bytes, const char* thread = "io.") {
    refusals = 0;
    refused_to = thread;
    refused_from = bytes;
  }
  HttpFields fields(HttpFields more = {}) { return gateway_.as("root", std::move(more)); }
  void produce(int messages) {
    for (int i = 0; i < messages; ++i) {
      ASSERT_EQ(gateway_.request("POST", kProduce, fields(), std::string(100, 'x')).status, 200);
    }
  }
  static std::size_t count(const HttpAnswer& answer) {
    const auto document = json::Document::parse(answer.body);
    const auto items = document->root().array("answer");
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& item : *items) ++count;
    return count;
  }

  TestGateway gateway_;
};

TEST_F(RefusedMemory, ForABodyEndsItsConnection) {
  const std::string head = "POST " + std::string(kProduce) + " HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer " +
                           gateway_.token("root") + "\r\nContent-Length: 50000\r\n\r\n";
  refuse(50'000);
  HttpClient client(gateway_.port());
  client.send(head);
  EXPECT_THROW((void)client.receive(), std::runtime_error);
}

TEST_F(RefusedMemory, ForTheBytesBehindAWaitingRequestLeavesItItsAnswer) {
  const auto poll = HttpClient::render("POST", kConsume, fields(), R"({"consumer_name":"c"})");
  std::string behind;
  while (behind.size() < 20'000) behind += HttpClient::render("POST", kProduce, fields(), std::string(1000, 'y'));
  refuse(10'000);
  HttpClient client(gateway_.port());
  client.send(poll + behind);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (gateway_.broker().waiting() != 1) ASSERT_LT(std::chrono::steady_clock::now(), end);
  produce(1);
  const auto answer = client.receive();
  EXPECT_EQ(count(answer), 1U);
  EXPECT_EQ(answer.field("Connection"), "close");
}

TEST_F(RefusedMemory, ForDecodingABodyIsAnswered) {
  http::ContentEncoder encoder;
  const std::string body =
      *encoder.encode(http::ContentCoding::kGzip, std::string(500'000, 'z'), http::ContentEncoder::Wanted::kAnyway);
  const auto credentials = fields({{"Content-Encoding", "gzip"}});
  refuse(100'000);
  const auto answer = gateway_.request("POST", kProduce, credentials, body);
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(json_member(answer.body, "code"), "overloaded");
}

TEST_F(RefusedMemory, ForEncodingAnAnswerSendsItAsItIs) {
  produce(300);
  const auto credentials = fields({{"Accept-Encoding", "gzip"}});
  refuse(1000, "encode");
  const auto answer = gateway_.request("POST", kConsume, credentials, R"({"consumer_name":"c","batch_size":300})");
  EXPECT_EQ(answer.field("Content-Encoding"), "");
  EXPECT_EQ(count(answer), 300U);
}

TEST_F(RefusedMemory, ForAnAnswerGivesItsMessagesBackAtOnce) {
  produce(500);
  const auto credentials = fields();
  const std::string body = R"({"consumer_name":"c","batch_size":500})";
  refuse(60'000);
  EXPECT_EQ(gateway_.request("POST", kConsume, credentials, body).status, 503);
  refused_from = kNothing;
  const auto answer = gateway_.request("POST", kConsume, credentials, body);
  EXPECT_EQ(count(answer), 500U);
  EXPECT_NE(answer.body.find("\"deliveries\":2"), std::string::npos);
}

}  // namespace
}  // namespace propylon::testing

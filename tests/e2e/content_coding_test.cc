// Accept-Encoding: which answers come compressed, and that they are the same answers.
#include <gtest/gtest.h>

#include <chrono>
#include <random>

#include "support/compress.h"
#include "support/gateway.h"

namespace propylon::testing {
namespace {

constexpr const char* kAll = "gzip, deflate, br, zstd";

class ContentCoding : public GatewayTest {
 protected:
  static void SetUpTestSuite() { start({.flags = {"--compress-answers-bytes-min", "100"}}); }

  HttpFields accepting(const std::string& codings) { return gateway().authorized({{"Accept-Encoding", codings}}); }
  HttpAnswer consume(const Consume& consume, const std::string& codings) {
    return gateway().send("POST", "/stations/" + station() + "/consume/batch", accepting(codings),
                          consume_body(consume));
  }
};

// The answer as it was before its coding.
HttpAnswer plain(HttpAnswer answer) {
  answer.body = decompress(answer.field("Content-Encoding"), answer.body);
  return answer;
}

TEST_F(ContentCoding, OfConsumedMessagesIsTheOneThatTheClientLikesBest) {
  std::vector<std::string> payloads;
  std::string batch;
  for (int i = 0; i < 2000; ++i) {
    payloads.push_back(R"({"id":)" + std::to_string(i) + R"(,"text":"some text that is much the same in all"})");
    batch += (i == 0 ? "[" : ",") + payloads.back();
  }
  ASSERT_EQ(gateway().produce_batch(station(), batch + "]").body, kStored);
  const std::pair<const char*, const char*> cases[] = {
      {"gzip", "gzip"}, {"br", "br"}, {kAll, "zstd"}, {"gzip, zstd;q=0.5", "gzip"}, {"identity", ""}, {"deflate", ""}};
  for (const auto& [codings, coding] : cases) {
    // Two messages are compressed by the loop that serves them, two thousand by another thread.
    for (const int count : {2, 2000}) {
      const std::string group = "group-" + std::to_string(&coding - &cases[0].second) + "-" + std::to_string(count);
      const auto answer = consume({.group = group, .batch_size = count}, codings);
      EXPECT_EQ(answer.field("Content-Encoding"), coding) << codings;
      EXPECT_EQ(answer.field("Vary"), "Origin, Accept-Encoding");
      const auto got = payloads_of(messages_of(plain(answer)));
      EXPECT_EQ(got, std::vector<std::string>(payloads.begin(), payloads.begin() + count)) << codings;
      // Acknowledged like any other: nothing comes twice.
      EXPECT_EQ(payloads_of(gateway().drain(station(), group)).size(), 2000U - static_cast<std::size_t>(count));
    }
  }
}

TEST_F(ContentCoding, OfAnEmptyListIsNone) {
  const auto answer = consume({}, kAll);
  expect_json(answer, "[]");
  EXPECT_EQ(answer.field("Content-Encoding"), "");
}

TEST_F(ContentCoding, OfListsAndMetrics) {
  gateway().produce(station(), "x");
  const std::string reader = R"({"password":"long enough","description":"reads and reads and reads"})";
  for (const char* path : {"/users/one", "/users/two"}) {
    ASSERT_EQ(gateway().send("PUT", path, gateway().authorized(), reader).status, 201);
  }
  for (const char* path : {"/stations", "/users", "/metrics"}) {
    const auto answer = gateway().send("GET", path, accepting("br, gzip;q=0.5"));
    EXPECT_EQ(answer.status, 200) << path;
    EXPECT_EQ(answer.field("Content-Encoding"), "br") << path;
    EXPECT_EQ(answer.field("Vary"), "Origin, Accept-Encoding") << path;
  }
  EXPECT_EQ(plain(gateway().send("GET", "/users", accepting("gzip"))).body,
            gateway().send("GET", "/users", gateway().authorized()).body);
  const auto head = gateway().send("HEAD", "/users", accepting("gzip"));
  const auto whole = gateway().send("GET", "/users", accepting("gzip"));
  for (const char* field : {"Content-Encoding", "Content-Length", "Vary"}) {
    EXPECT_EQ(head.field(field), whole.field(field)) << field;
  }
}

// What holds secrets, or is always small.
TEST_F(ContentCoding, OfOtherAnswersIsNone) {
  gateway().produce(station(), "x");
  const std::string login = R"({"username":"root","password":"memphis"})";
  const std::vector<HttpAnswer> answers{
      gateway().send("POST", "/auth/authenticate", {{"Accept-Encoding", kAll}}, login),
      gateway().send("POST", "/auth/authenticate", {{"Accept-Encoding", kAll}}, "no json"),
      gateway().send("GET", "/stations/" + station(), accepting(kAll)),
      gateway().send("GET", "/stations", {{"Accept-Encoding", kAll}}),
      gateway().send("GET", "/stations?limit=x", accepting(kAll)),
      gateway().send("POST", "/stations/" + station() + "/produce/single", accepting(kAll), "x"),
  };
  for (const auto& answer : answers) {
    EXPECT_GT(answer.status, 0);
    EXPECT_EQ(answer.field("Content-Encoding"), "") << answer.body;
    EXPECT_EQ(answer.field("Vary").find("Accept-Encoding"), std::string::npos) << answer.body;
  }
}

// More than the sockets' buffers take, compressed as it is.
TEST_F(ContentCoding, GivesMessagesBackWhenTheClientDoesNotTakeTheCompressedAnswer) {
  std::mt19937 random(5);
  constexpr std::size_t kMessages = 10;
  for (std::size_t i = 0; i < kMessages; ++i) {
    std::string payload(1 << 20, '\0');
    for (auto& c : payload) c = static_cast<char>(random());
    ASSERT_EQ(gateway().produce(station(), payload, {{"Content-Type", "text/plain"}}).body, kStored);
  }
  const std::string metric = R"(propylon_http_encoded_answers_total{coding="gzip"})";
  const double before = gateway().metric(metric);
  HttpClient client = gateway().connect();
  client.send(HttpClient::render("POST", "/stations/" + station() + "/consume/batch", accepting("gzip"),
                                 consume_body({.group = "readers", .batch_size = kMessages})));
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (gateway().metric(metric) == before) ASSERT_LT(std::chrono::steady_clock::now(), deadline);
  client.reset();
  std::vector<ConsumedMessage> got;
  while (got.size() < kMessages) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    const auto some = gateway().drain(station());
    got.insert(got.end(), some.begin(), some.end());
  }
  for (const auto& message : got) EXPECT_EQ(message.deliveries, 2);
}

class WithoutCompression : public GatewayTest {
 protected:
  static void SetUpTestSuite() { start({.flags = {"--compress-answers", "false"}}); }
};

TEST_F(WithoutCompression, AnswersAreSentAsTheyAre) {
  const auto answer = gateway().send("GET", "/metrics", gateway().authorized({{"Accept-Encoding", kAll}}));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.field("Content-Encoding"), "");
  EXPECT_EQ(answer.field("Vary"), "Origin");
}

}  // namespace
}  // namespace propylon::testing

// POST /stations/{station}/produce/batch
#include <gtest/gtest.h>

#include "support/compress.h"
#include "support/gateway.h"
#include "support/json_members.h"

namespace propylon::testing {
namespace {

using Strings = std::vector<std::string>;

class ProduceBatch : public GatewayTest {
 protected:
  Strings stored() { return payloads_of(gateway().drain(station())); }
};

// Both READMEs.
TEST_F(ProduceBatch, StoresTheElementsOfTheReadmes) {
  expect_json(gateway().produce_batch(station(), R"([
    {"message": "x"},
    {"message": "y"},
    {"message": "z"}
])"),
              kStored);
  EXPECT_EQ(stored(), (Strings{R"({"message": "x"})", R"({"message": "y"})", R"({"message": "z"})"}));
}

TEST_F(ProduceBatch, StoresTheElementsOfTheReadmesWithAQueryToken) {
  const auto answer =
      gateway().send("POST", "/stations/" + station() + "/produce/batch?authorization=" + gateway().token(),
                     {{"Content-Type", "application/json"}}, R"([{"message":"x"},{"message":"y"}])");
  expect_json(answer, kStored);
  const auto messages = gateway().drain(station());
  ASSERT_EQ(messages.size(), 2U);
  for (const auto& message : messages) {
    EXPECT_EQ(message.headers,
              (std::map<std::string, std::string>{{"Content-Type", "application/json"}, {"Host", "localhost"}}));
  }
}

TEST_F(ProduceBatch, KeepsEachElementByteForByte) {
  const Strings elements{R"({ "b" : 1 ,"a":9007199254740993})",
                         "12345678901234567890123",
                         "1.0e+07",
                         "-0",
                         R"("\u003ctag> \ud83d\ude00 \/")",
                         "\"h\xc3\xa9llo\"",
                         "null",
                         "true",
                         "[ 1, [ ] ]",
                         "{}",
                         "\"\"",
                         R"({"a":1,"a":2})"};
  std::string body = " [\n";
  for (const auto& element : elements) body += (body.size() == 3 ? " " : "\t,\r\n ") + element;
  expect_json(gateway().produce_batch(station(), body + " ] \n"), kStored);
  EXPECT_EQ(stored(), elements);
}

TEST_F(ProduceBatch, IsTakenWithEveryTypeOfJson) {
  const Strings types{"application/json", "application/json; charset=utf-8",    "application/json;charset=UTF-8",
                      "Application/JSON", "application/cloudevents-batch+json", "application/x-www-form-urlencoded",
                      "text/plain"};
  for (const auto& type : types) {
    EXPECT_EQ(gateway().produce_batch(station(), "[1]", {{"Content-Type", type}}).body, kStored) << type;
  }
  const auto untyped = gateway().send("POST", "/stations/" + station() + "/produce/batch",
                                      {{"Authorization", gateway().bearer()}}, "[1]");
  EXPECT_EQ(untyped.body, kStored);
  EXPECT_EQ(gateway().produce_batch(station(), gzip("[1]"), {{"Content-Encoding", "gzip"}}).body, kStored);
  EXPECT_EQ(stored(), Strings(types.size() + 2, "1"));
}

TEST_F(ProduceBatch, OfNothingSucceedsAndStoresNothing) {
  for (const char* body : {"[]", " [ \n ] "}) expect_json(gateway().produce_batch(station(), body), kStored);
  EXPECT_EQ(stored(), Strings());
}

TEST_F(ProduceBatch, TakesAsManyElementsAsAllowedAndNoMore) {
  std::string body = "[0";
  for (int i = 1; i < 10'000; ++i) body += "," + std::to_string(i);
  expect_json(gateway().produce_batch(station(), body + "]"), kStored);
  expect_problem(gateway().produce_batch(station(), body + ",1]"), {.status = 413, .code = "body_too_large"});
  Strings all;
  for (int round = 0; round < 2; ++round) {
    const auto some = payloads_of(gateway().drain(station()));
    EXPECT_EQ(some.size(), 5000U);
    all.insert(all.end(), some.begin(), some.end());
  }
  EXPECT_EQ(stored(), Strings());
  for (std::size_t i = 0; i < all.size(); ++i) ASSERT_EQ(all[i], std::to_string(i));
}

TEST_F(ProduceBatch, RefusesWhatIsNoArrayWithThePlaceOfTheFault) {
  const std::vector<std::pair<std::string, std::string>> bodies{
      {R"({"a":1})", "at byte 0"}, {"[1,", "at byte 3"},       {"[1,]", "at byte 3"},     {"[1] 2", "at byte 4"},
      {"[nul]", "at byte"},        {"[01]", "at byte"},        {"[\"a\nb\"]", "at byte"}, {"[\"\xff\"]", "at byte 2"},
      {"[NaN]", "at byte 1"},      {"[{\"a\" 1}]", "at byte"}, {"", "at byte 0"},         {"null", "at byte 0"}};
  for (const auto& [body, place] : bodies) {
    SCOPED_TRACE(body);
    const auto answer = gateway().produce_batch(station(), body);
    const bool is_json = body == "null" || body == R"({"a":1})";
    expect_problem(answer, {.status = 400, .code = is_json ? "invalid_request" : "invalid_json"});
    EXPECT_NE(answer.body.find(place), std::string::npos) << answer.body;
    EXPECT_NE(answer.body.find("A batch is one JSON array."), std::string::npos) << answer.body;
  }
  EXPECT_EQ(stored(), Strings());
}

// Some day each line may be a message: a line that is an array must not be taken for a batch until then.
TEST_F(ProduceBatch, RefusesLinesOfJson) {
  for (const char* type : {"application/x-ndjson", "application/jsonl", "Application/NDJSON; charset=utf-8"}) {
    for (const char* body : {"[1]", "[1]\n[2]\n", "{\"a\":1}\n{\"a\":2}\n", "1\n"}) {
      SCOPED_TRACE(std::string(type) + " " + body);
      expect_problem(gateway().produce_batch(station(), body, {{"Content-Type", type}}),
                     {.status = 415,
                      .code = "unsupported_media_type",
                      .error = "Lines of JSON are not read here: send one JSON array, as application/json."});
    }
  }
  EXPECT_EQ(stored(), Strings());
}

TEST_F(ProduceBatch, RefusesTooDeepNesting) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  expect_json(gateway().produce_batch(station(), nested(1024)), kStored);
  EXPECT_EQ(gateway().produce_batch(station(), nested(1025)).status, 400);
  EXPECT_EQ(gateway().produce_batch(station(), nested(1'000'000)).status, 400);
  EXPECT_EQ(stored(), Strings{nested(1023)});
}

TEST_F(ProduceBatch, RefusesOtherTypes) {
  for (const char* type : {"text/csv", "application/xml", "application/octet-stream"}) {
    expect_problem(gateway().produce_batch(station(), "a,b", {{"Content-Type", type}}),
                   {.status = 415, .code = "unsupported_media_type"});
  }
}

TEST_F(ProduceBatch, RefusesABodyOverTheLimit) {
  HttpClient client(gateway().process().port());
  client.send("POST /stations/" + station() + "/produce/batch HTTP/1.1\r\nHost: x\r\nAuthorization: " +
              gateway().bearer() + "\r\nContent-Length: " + std::to_string((16 << 20) + 1) + "\r\n\r\n");
  expect_problem(client.receive(), {.status = 413, .code = "body_too_large"});
}

class ProduceBatchWithBadElements : public GatewayTest {
 protected:
  static void SetUpTestSuite() { start({.flags = {"--message-bytes-max", "8"}}); }
  static Problem partly(const std::string& fail, const std::string& sent, const std::string& errors,
                        const std::string& results) {
    return {.status = 400,
            .code = "batch_partly_refused",
            .members = {{"fail", fail}, {"sent", sent}, {"errors", errors}, {"results", results}}};
  }
  static constexpr const char* kTooLarge = R"("The element has 11 bytes; a message may have 8.")";
};

// The shape that both READMEs show.
TEST_F(ProduceBatchWithBadElements, StoresTheGoodOnes) {
  const std::string bad = R"("too-large")";
  const auto answer = gateway().produce_batch(station(), "[1," + bad + ",3," + bad + "]");
  const std::string error = kTooLarge;
  expect_problem(
      answer,
      partly("2", "2", "[" + error + "," + error + "]",
             R"([{"index":0,"stored":true,"seq":1},{"index":1,"stored":false,"code":"body_too_large","error":)" +
                 error + R"(},{"index":2,"stored":true,"seq":2},{"index":3,"stored":false,"code":)" +
                 R"("body_too_large","error":)" + error + "}]"));
  EXPECT_EQ(text_of(members_of(answer.body).at("error")), text_of(error));
  EXPECT_EQ(payloads_of(gateway().drain(station())), (Strings{"1", "3"}));
}

TEST_F(ProduceBatchWithBadElements, StoresNoneWhenAllAreBad) {
  const std::string error = kTooLarge;
  expect_problem(gateway().produce_batch(station(), R"(["too-large"])"),
                 partly("1", "0", "[" + error + "]",
                        R"([{"index":0,"stored":false,"code":"body_too_large","error":)" + error + "}]"));
  EXPECT_TRUE(gateway().drain(station()).empty());
}

TEST_F(ProduceBatchWithBadElements, StoresNoneOfAnAtomicBatch) {
  const std::string path = "/stations/" + station() + "/produce/batch?atomic=";
  const auto answer = gateway().post(path + "true", R"([1,"too-large"])");
  EXPECT_EQ(answer.status, 400);
  auto members = members_of(answer.body);
  EXPECT_EQ(members["fail"], "2");
  EXPECT_EQ(members["sent"], "0");
  EXPECT_EQ(members["results"].find("true"), std::string::npos) << members["results"];
  EXPECT_TRUE(gateway().drain(station()).empty());
  EXPECT_EQ(gateway().post(path + "true", "[1,2]").body, kStored);
  EXPECT_EQ(gateway().post(path + "perhaps", "[3]").status, 400);
  EXPECT_EQ(payloads_of(gateway().drain(station())), (Strings{"1", "2"}));
}

}  // namespace
}  // namespace propylon::testing

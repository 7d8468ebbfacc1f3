// POST /stations/{station}/produce/batch
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "support/error_answer.h"
#include "support/stored_messages.h"
#include "support/test_gateway.h"

namespace propylon::testing {
namespace {

constexpr std::string_view kBatch = "/stations/orders/produce/batch";
constexpr std::string_view kAccepted = R"({"error":null,"success":true})";

HttpFields as_json(TestGateway& gateway) { return gateway.as("root", {{"Content-Type", "application/json"}}); }

std::vector<std::string> payloads(TestGateway& gateway) {
  std::vector<std::string> texts;
  for (auto& message : stored_messages(gateway.broker(), "orders")) texts.push_back(std::move(message.payload));
  return texts;
}

TEST(ProduceBatch, StoresEachElementByteForByteInOrder) {
  TestGateway gateway;
  const auto answer = gateway.request("POST", kBatch, as_json(gateway),
                                      " \n[ {\"z\" : 9007199254740993,\"a\":1.0} , null,[1 ,2],\"\\ud800\",-0.0e1]\n");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, kAccepted);
  EXPECT_EQ(payloads(gateway), (std::vector<std::string>{"{\"z\" : 9007199254740993,\"a\":1.0}", "null", "[1 ,2]",
                                                         "\"\\ud800\"", "-0.0e1"}));
}

TEST(ProduceBatch, GivesEachElementTheHeadersOfTheRequest) {
  TestGateway gateway;
  gateway.request("POST", kBatch, gateway.as("root", {{"content-type", "application/json"}, {"x-a", "1"}}), "[1,2]");
  for (const auto& message : stored_messages(gateway.broker(), "orders")) {
    EXPECT_EQ(message.headers, (HttpFields{{"Host", "localhost"}, {"Content-Type", "application/json"}, {"X-A", "1"}}));
  }
}

TEST(ProduceBatch, OfNoElementsSucceedsAndStoresNothing) {
  TestGateway gateway;
  EXPECT_EQ(gateway.request("POST", kBatch, as_json(gateway), "[]").body, kAccepted);
  EXPECT_TRUE(payloads(gateway).empty());
}

TEST(ProduceBatch, TakesJsonByTypeOrByItsBeginning) {
  TestGateway gateway;
  for (const std::string type : {"application/json; charset=utf-8", "Application/JSON", "application/vnd.x+json",
                                 "application/x-www-form-urlencoded", "text/plain"}) {
    EXPECT_EQ(gateway.request("POST", kBatch, gateway.as("root", {{"Content-Type", type}}), "[1]").body, kAccepted)
        << type;
  }
  EXPECT_EQ(gateway.request("POST", kBatch, gateway.as("root"), "[1]").body, kAccepted);
}

TEST(ProduceBatch, RefusesOtherTypes) {
  TestGateway gateway;
  expect_error(gateway.request("POST", kBatch, gateway.as("root", {{"Content-Type", "text/plain"}}), "a=1"),
               {415, "unsupported_media_type",
                "A batch is a JSON array: send it as application/json, as any +json type or without a type."});
}

TEST(ProduceBatch, SaysWhereABodyIsNoArray) {
  TestGateway gateway;
  const auto fields = as_json(gateway);
  const std::map<std::string, std::vector<std::string>> bodies = {
      {"invalid_json",
       {"", "[1,]", "[1] x", "[1][2]", "[{\"b\"]", "[1", "[\"\xff\"]", "{\"a\":1",
        "[\xef\xbb\xbf"
        "1]"}},
      {"invalid_request", {"{\"a\":1}", "null", "5"}}};
  for (const auto& [code, all] : bodies) {
    for (const auto& body : all) {
      const auto answer = gateway.request("POST", kBatch, fields, body);
      EXPECT_EQ(answer.status, 400) << body;
      EXPECT_EQ(json_member(answer.body, "code"), code) << body;
      EXPECT_NE(json_member(answer.body, "error").find("at byte "), std::string::npos) << answer.body;
    }
  }
  expect_error(gateway.request("POST", kBatch, fields, "{\"a\":1}"),
               {400, "invalid_request",
                "A batch is one JSON array. It is a JSON object where a JSON array is wanted, at byte 0"});
  EXPECT_TRUE(payloads(gateway).empty());
}

TEST(ProduceBatch, PassesOverAByteOrderMarkAndStoresTheElementsAsWritten) {
  TestGateway gateway;
  for (const char* type : {"application/json", "text/plain"}) {
    const auto fields = gateway.as("root", {{"Content-Type", type}});
    EXPECT_EQ(gateway.request("POST", kBatch, fields, "\xef\xbb\xbf [ {\"a\": 1.0},2]").status, 200) << type;
  }
  EXPECT_EQ(payloads(gateway), (std::vector<std::string>{"{\"a\": 1.0}", "2", "{\"a\": 1.0}", "2"}));
}

TEST(ProduceBatch, StoresTenThousandElementsAndRefusesOneMore) {
  TestGateway gateway;
  const auto fields = as_json(gateway);
  std::string body = "[0";
  for (int i = 1; i < 10'000; ++i) body += "," + std::to_string(i);
  EXPECT_EQ(gateway.request("POST", kBatch, fields, body + "]").body, kAccepted);
  EXPECT_EQ(payloads(gateway).size(), 5000U);  // as many as one look shows
  const auto answer = gateway.request("POST", kBatch, fields, body + ",1]");
  EXPECT_EQ(answer.status, 413);
  EXPECT_EQ(json_member(answer.body, "code"), "body_too_large");
}

TEST(ProduceBatch, RefusesTooDeepNestingAndTooLargeABody) {
  GatewaySettings settings;
  settings.api.batch_body_bytes_max = 10'000;
  TestGateway gateway(settings);
  const auto fields = as_json(gateway);
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_EQ(gateway.request("POST", kBatch, fields, nested(1024)).status, 200);
  EXPECT_EQ(gateway.request("POST", kBatch, fields, nested(1025)).status, 400);
  EXPECT_EQ(gateway.request("POST", kBatch, fields, "[\"" + std::string(10'000, 'x') + "\"]").status, 413);
}

GatewaySettings small_messages() {
  GatewaySettings settings;
  settings.api.message_bytes_max = 5;
  return settings;
}

TEST(ProduceBatch, TriesEveryElementAndSaysWhatBecameOfEach) {
  TestGateway gateway(small_messages());
  const auto fields = as_json(gateway);
  ASSERT_EQ(gateway.request("POST", kBatch, fields, "[0]").status, 200);
  const auto answer = gateway.request("POST", kBatch, fields, "[1,\"too long\",12345,\"long too\",2]");
  const std::string text = "The element has 10 bytes; a message may have 5.";
  expect_error(answer, {400, "batch_partly_refused", text});
  EXPECT_EQ(json_member(answer.body, "errors"), "[\"" + text + "\",\"" + text + "\"]");
  EXPECT_EQ(json_member(answer.body, "fail"), "2");
  EXPECT_EQ(json_member(answer.body, "sent"), "3");
  EXPECT_EQ(json_member(answer.body, "results"),
            R"([{"index":0,"stored":true,"seq":2},{"index":1,"stored":false,"code":"body_too_large","error":")" + text +
                R"("},{"index":2,"stored":true,"seq":3},{"index":3,"stored":false,"code":"body_too_large","error":")" +
                text + R"("},{"index":4,"stored":true,"seq":4}])");
  EXPECT_EQ(payloads(gateway), (std::vector<std::string>{"0", "1", "12345", "2"}));
}

TEST(ProduceBatch, StoresNothingWhenEveryElementIsBad) {
  TestGateway gateway(small_messages());
  const auto answer = gateway.request("POST", kBatch, as_json(gateway), "[\"too long\"]");
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(json_member(answer.body, "sent"), "0");
  EXPECT_TRUE(payloads(gateway).empty());
}

TEST(ProduceBatch, WithAtomicStoresAllOrNothing) {
  TestGateway gateway(small_messages());
  const auto fields = as_json(gateway);
  const std::string atomic = std::string(kBatch) + "?atomic=true";
  EXPECT_EQ(gateway.request("POST", atomic, fields, "[1,2]").body, kAccepted);
  const auto answer = gateway.request("POST", atomic, fields, "[3,\"too long\"]");
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(json_member(answer.body, "sent"), "0");
  EXPECT_EQ(json_member(answer.body, "fail"), "2");
  EXPECT_EQ(payloads(gateway), (std::vector<std::string>{"1", "2"}));
  EXPECT_EQ(gateway.request("POST", std::string(kBatch) + "?atomic=false", fields, "[3,\"too long\"]").status, 400);
  EXPECT_EQ(payloads(gateway), (std::vector<std::string>{"1", "2", "3"}));
  expect_error(gateway.request("POST", std::string(kBatch) + "?atomic=yes", fields, "[3]"),
               {400, "invalid_request", "The query's atomic must be true or false."});
}

TEST(ProduceBatch, AnswersTheStoresFailureForTheWholeBatch) {
  TestGateway gateway(small_messages());
  const auto fields = as_json(gateway);
  gateway.broker().fail_with(Error{ErrorCode::kOverloaded, "Too much is waiting.", "", 0});
  for (const std::string body : {"[1,2]", "[1,\"too long\"]"}) {
    const auto answer = gateway.request("POST", kBatch, fields, body);
    expect_error(answer, {503, "overloaded", "Too much is waiting.", true});
    EXPECT_EQ(answer.field("Retry-After"), "1");
  }
}

}  // namespace
}  // namespace propylon::testing

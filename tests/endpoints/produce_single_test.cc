// POST /stations/{station}/produce/single
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/error_answer.h"
#include "support/stored_messages.h"
#include "support/test_gateway.h"

namespace propylon::testing {
namespace {

constexpr std::string_view kSingle = "/stations/orders/produce/single";
constexpr std::string_view kAccepted = R"({"error":null,"success":true})";

TEST(ProduceSingle, AnswersTheReferencesSuccess) {
  TestGateway gateway;
  const auto answer = gateway.request("POST", kSingle, gateway.as("root"), R"({"a":1})");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, kAccepted);
  EXPECT_EQ(answer.field("Content-Type"), "application/json");
  EXPECT_EQ(answer.field("Access-Control-Allow-Origin"), "*");
  EXPECT_NE(answer.field("X-Request-Id"), "");
}

TEST(ProduceSingle, StoresAnyBytesOfAnyType) {
  TestGateway gateway;
  std::string every_byte;
  for (int i = 0; i < 256; ++i) every_byte.push_back(static_cast<char>(i));
  const std::vector<std::pair<std::string, std::string>> cases = {{"application/json", "{broken"},
                                                                  {"application/octet-stream", every_byte},
                                                                  {"", "x"},
                                                                  {"text/plain", ""},
                                                                  {"application/x-www-form-urlencoded", "a=1"},
                                                                  {"*/*; charset=utf-8", "[1,2]"},
                                                                  {"avro/bytes", "{\"a\":1}"}};
  for (const auto& [type, body] : cases) {
    const HttpFields fields = type.empty() ? HttpFields{} : HttpFields{{"Content-Type", type}};
    EXPECT_EQ(gateway.request("POST", kSingle, gateway.as("root", fields), body).body, kAccepted) << type;
  }
  const auto stored = stored_messages(gateway.broker(), "orders");
  ASSERT_EQ(stored.size(), cases.size());
  for (std::size_t i = 0; i < cases.size(); ++i) EXPECT_EQ(stored[i].payload, cases[i].second);
}

TEST(ProduceSingle, StoresTheHeadersWithoutCredentials) {
  TestGateway gateway;
  gateway.request("POST", kSingle, gateway.as("root", {{"content-type", "text/plain"}, {"Cookie", "a=b"}}), "x");
  const auto stored = stored_messages(gateway.broker(), "orders");
  ASSERT_EQ(stored.size(), 1U);
  EXPECT_EQ(stored[0].headers, (HttpFields{{"Host", "localhost"}, {"Content-Type", "text/plain"}}));
}

TEST(ProduceSingle, NeverStoresAQueryToken) {
  TestGateway gateway;
  gateway.request("POST", std::string(kSingle) + "?authorization=" + gateway.token("root"), {}, "x");
  EXPECT_EQ(stored_messages(gateway.broker(), "orders")[0].headers, (HttpFields{{"Host", "localhost"}}));
}

TEST(ProduceSingle, CreatesAStationOrRefusesByOption) {
  TestGateway creating;
  EXPECT_EQ(creating.request("POST", "/stations/Brand.New-1/produce/single", creating.as("root"), "x").status, 200);
  EXPECT_EQ(stored_messages(creating.broker(), "brand.new-1").size(), 1U);
  GatewaySettings settings;
  settings.api.auto_create_stations = false;
  TestGateway strict(settings);
  expect_error(strict.request("POST", "/stations/brand.new/produce/single", strict.as("root"), "x"),
               {404, "station_not_found", "Station brand.new does not exist."});
}

TEST(ProduceSingle, RefusesBadNamesWithTheReferencesText) {
  TestGateway gateway;
  expect_error(gateway.request("POST", "/stations/a%20b/produce/single", gateway.as("root"), "x"),
               {400, "invalid_name", "Only alphanumeric and the '_', '-', '.' characters are allowed in Station"});
  expect_error(
      gateway.request("POST", "/stations/" + std::string(129, 'a') + "/produce/single", gateway.as("root"), "x"),
      {400, "invalid_name", "Station should be under 128 characters"});
}

TEST(ProduceSingle, RefusesABodyOverLimitAndWritesNothing) {
  GatewaySettings settings;
  settings.api.message_bytes_max = 100;
  TestGateway gateway(settings);
  EXPECT_EQ(gateway.request("POST", kSingle, gateway.as("root"), std::string(100, 'x')).status, 200);
  const auto answer = gateway.request("POST", kSingle, gateway.as("root"), std::string(101, 'x'));
  EXPECT_EQ(answer.status, 413);
  EXPECT_EQ(json_member(answer.body, "code"), "body_too_large");
  EXPECT_EQ(stored_messages(gateway.broker(), "orders").size(), 1U);
}

TEST(ProduceSingle, AnswersTheStoresFailures) {
  TestGateway gateway;
  const auto fields = gateway.as("root");
  struct Case {
    Error error;
    int status;
    std::string text;
    std::string retry_after;
  };
  const std::vector<Case> cases = {
      {{ErrorCode::kOverloaded, "Too much is waiting.", "", 0}, 503, "Too much is waiting.", "1"},
      {{ErrorCode::kShuttingDown, "The server is stopping.", "", 0}, 503, "The server is stopping.", "2"},
      {{ErrorCode::kStoreUnavailable, "fsync of /data/1.log failed", "", 0},
       503,
       "The store takes no messages at the moment; nothing was stored.",
       "30"},
      {{ErrorCode::kOutcomeUnknown, "fdatasync of /data/1.log failed", "", 0},
       503,
       "The disk did not confirm the write: the message or change may be there, as a whole, or not at all. Repeat it "
       "only where a double is harmless; otherwise look first.",
       "30"},
      {{ErrorCode::kStorageFull, "/data is full", "", 0},
       507,
       "There is no space left for messages; nothing was stored.",
       "60"},
  };
  for (const auto& c : cases) {
    gateway.broker().fail_with(c.error);
    const auto answer = gateway.request("POST", kSingle, fields, "x");
    expect_error(answer, {c.status, to_string(c.error.code), c.text, true});
    EXPECT_EQ(answer.field("Retry-After"), c.retry_after);
  }
  EXPECT_NE(gateway.log().find("/data/1.log"), std::string::npos);
}

TEST(ProduceSingle, HidesWhatAStrangerShouldNotRead) {
  TestGateway gateway;
  const auto fields = gateway.as("root");
  gateway.broker().fail_with(Error{ErrorCode::kIo, "pwrite /data/7.log: EIO", "", 0});
  const auto answer = gateway.request("POST", kSingle, fields, "x");
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.body.find("/data"), std::string::npos) << answer.body;
  EXPECT_NE(gateway.log().find("pwrite /data/7.log"), std::string::npos);
  EXPECT_NE(gateway.log().find(answer.field("X-Request-Id")), std::string::npos);
}

TEST(ProduceSingle, RefusesAConditionThatItCannotKeep) {
  TestGateway gateway;
  expect_error(gateway.request("POST", kSingle, gateway.as("root", {{"If-Match", "\"0\""}}), "x"),
               {501, "not_implemented", "Conditional produce (If-Match) is not supported; nothing was stored."});
  for (const char* name : {"Idempotency-Key", "idempotency-key"}) {
    expect_error(
        gateway.request("POST", kSingle, gateway.as("root", {{name, "k1"}}), "x"),
        {501, "not_implemented",
         "Idempotent produce (Idempotency-Key) is not supported; nothing was stored. Send it without the key when "
         "a double is harmless."});
  }
  EXPECT_TRUE(stored_messages(gateway.broker(), "orders").empty());
}

TEST(ProduceSingle, StoresPipelinedMessagesInOrder) {
  TestGateway gateway;
  const auto fields = gateway.as("root");
  std::string requests;
  for (int i = 0; i < 50; ++i) requests += HttpClient::render("POST", kSingle, fields, "m" + std::to_string(i));
  HttpClient client(gateway.port());
  client.send(requests);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(client.receive().body, kAccepted);
  const auto stored = stored_messages(gateway.broker(), "orders");
  ASSERT_EQ(stored.size(), 50U);
  for (std::size_t i = 0; i < stored.size(); ++i) EXPECT_EQ(stored[i].payload, "m" + std::to_string(i));
}

TEST(ProduceSingle, DropsContentEncodingOfADecodedBody) {
  TestGateway gateway;
  // gzip of `{"z":1}`.
  const std::string gzip(
      "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xab\x56\xaa\x52\xb2\x32\xac\x05\x00\x3c\x0a\x2b\x41\x07\x00\x00\x00",
      27);
  const auto answer = gateway.request("POST", kSingle, gateway.as("root", {{"Content-Encoding", "gzip"}}), gzip);
  ASSERT_EQ(answer.body, kAccepted);
  const auto stored = stored_messages(gateway.broker(), "orders");
  ASSERT_EQ(stored.size(), 1U);
  EXPECT_EQ(stored[0].payload, R"({"z":1})");
  EXPECT_EQ(stored[0].headers, (HttpFields{{"Host", "localhost"}}));
}

TEST(ProduceSingle, RefusesABodyThatDoesNotDecodeAndWritesNothing) {
  TestGateway gateway;
  const auto answer = gateway.request("POST", kSingle, gateway.as("root", {{"Content-Encoding", "gzip"}}), "not gzip");
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(json_member(answer.body, "code"), "invalid_encoding");
  EXPECT_TRUE(stored_messages(gateway.broker(), "orders").empty());
}

}  // namespace
}  // namespace propylon::testing

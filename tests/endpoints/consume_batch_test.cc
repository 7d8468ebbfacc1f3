// POST /stations/{station}/consume/batch
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "json/document.h"
#include "support/error_answer.h"
#include "support/test_gateway.h"

namespace propylon::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::string_view kConsume = "/stations/orders/consume/batch";

class ConsumeBatch : public ::testing::Test {
 protected:
  void produce(std::string_view payload, HttpFields fields = {}) {
    const auto answer =
        gateway_.request("POST", "/stations/orders/produce/single", gateway_.as("root", fields), payload);
    ASSERT_EQ(answer.status, 200) << answer.body;
  }
  HttpAnswer consume(std::string_view body) { return gateway_.request("POST", kConsume, gateway_.as("root"), body); }
  // The payloads of an answer, joined by commas.
  static std::string payloads(const HttpAnswer& answer) {
    std::string joined;
    const auto document = json::Document::parse(answer.body);
    EXPECT_TRUE(document) << answer.body;
    const auto items = document->root().array("answer");
    EXPECT_TRUE(items) << answer.body;
    for (const auto& item : *items) {
      joined += (joined.empty() ? "" : ",") + item.object("item")->string("message")->value();
    }
    return joined;
  }
  // Waits until something holds; fails the test after ten seconds.
  static void wait_until(const std::function<bool()>& holds) {
    const auto end = steady_clock::now() + std::chrono::seconds(10);
    while (!holds()) {
      ASSERT_LT(steady_clock::now(), end) << "nothing happened";
      std::this_thread::yield();
    }
  }
  TestGateway gateway_;
};

TEST_F(ConsumeBatch, HandsOutMessagesInOrderAndOnce) {
  for (const auto* payload : {"m0", "m1", "m2"}) produce(payload);
  const auto answer = consume(R"({"consumer_name":"c","batch_size":2})");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.field("Content-Type"), "application/json");
  EXPECT_EQ(answer.body,
            R"([{"message":"m0","headers":{"Host":"localhost"}},{"message":"m1","headers":{"Host":"localhost"}}])");
  EXPECT_EQ(payloads(consume(R"({"consumer_name":"other","batch_size":1})")), "m2");
  EXPECT_EQ(consume(R"({"consumer_name":"c","batch_max_wait_time_ms":100})").body, "[]");
}

TEST_F(ConsumeBatch, GroupsHaveAPlaceOfTheirOwn) {
  produce("m0");
  produce("m1");
  EXPECT_EQ(payloads(consume(R"({"consumer_name":"c","consumer_group":"G.1","batch_size":1})")), "m0");
  EXPECT_EQ(payloads(consume(R"({"consumer_name":"c","consumer_group":"g.1","batch_size":1})")), "m1");
  EXPECT_EQ(payloads(consume(R"({"consumer_name":"c","consumer_group":"g2","batch_size":2})")), "m0,m1");
  EXPECT_EQ(payloads(consume(R"({"consumer_name":"c","consumer_group":"rest-gateway","batch_size":1})")), "m0");
  EXPECT_EQ(payloads(consume(R"({"consumer_name":"c","batch_size":1})")), "m1");
}

TEST_F(ConsumeBatch, ReturnsHeadersAndUnchangedText) {
  produce("{\n  \"a\" : 1.0 <\xc3\xbc>}", {{"content-type", "application/json"}, {"x-upper", "A&B"}});
  EXPECT_EQ(consume(R"({"consumer_name":"c","batch_size":1})").body,
            "[{\"message\":\"{\\n  \\\"a\\\" : 1.0 \\u003c\xc3\xbc\\u003e}\",\"headers\":{\"Host\":\"localhost\","
            "\"Content-Type\":\"application/json\",\"X-Upper\":\"A\\u0026B\"}}]");
}

TEST_F(ConsumeBatch, ReturnsOtherBytesAsBase64) {
  produce("abc\xff");
  EXPECT_EQ(consume(R"({"consumer_name":"c","batch_size":1})").body,
            R"([{"message":"YWJj/w==","headers":{"Host":"localhost"},"encoding":"base64"}])");
  produce("abc");
  EXPECT_EQ(consume(R"({"consumer_name":"c","batch_size":1,"encoding":"base64"})").body,
            R"([{"message":"YWJj","headers":{"Host":"localhost"},"encoding":"base64"}])");
}

TEST_F(ConsumeBatch, WaitsForAFullBatchAndThenAnswersWithWhatIsThere) {
  produce("m0");
  const auto began = steady_clock::now();
  EXPECT_EQ(payloads(consume(R"({"consumer_name":"c","batch_size":2,"batch_max_wait_time_ms":300})")), "m0");
  EXPECT_GE(steady_clock::now() - began, milliseconds(300));
}

TEST_F(ConsumeBatch, AnswersAsSoonAsMinMessagesAreThere) {
  produce("m0");
  EXPECT_EQ(
      payloads(consume(R"({"consumer_name":"c","batch_size":10,"batch_max_wait_time_ms":60000,"min_messages":1})")),
      "m0");
}

TEST_F(ConsumeBatch, AMessageThatArrivesEndsTheWait) {
  HttpClient client(gateway_.port());
  client.send(HttpClient::render("POST", kConsume, gateway_.as("root"),
                                 R"({"consumer_name":"c","batch_size":1,"batch_max_wait_time_ms":60000})"));
  wait_until([&] { return gateway_.broker().waiting() == 1; });
  produce("late");
  EXPECT_EQ(payloads(client.receive()), "late");
}

TEST_F(ConsumeBatch, AClientThatHasGoneTakesNothing) {
  {
    HttpClient client(gateway_.port());
    client.send(HttpClient::render("POST", kConsume, gateway_.as("root"),
                                   R"({"consumer_name":"c","batch_size":1,"batch_max_wait_time_ms":60000})"));
    wait_until([&] { return gateway_.broker().waiting() == 1; });
    client.reset();
  }
  wait_until([&] { return gateway_.broker().waiting() == 0; });
  produce("m0");
  EXPECT_EQ(consume(R"({"consumer_name":"d","batch_size":1})").body,
            R"([{"message":"m0","headers":{"Host":"localhost"}}])");
}

TEST_F(ConsumeBatch, GivesBackWhatAGoneClientDidNotReceive) {
  // More than the sockets' buffers hold, so that the last byte is not accepted before the client goes.
  const std::string large(4'000'000, 'x');
  for (int i = 0; i < 4; ++i) produce(large);
  {
    HttpClient client(gateway_.port());
    client.send(HttpClient::render("POST", kConsume, gateway_.as("root"), R"({"consumer_name":"c","batch_size":4})"));
    // The answer has begun: its head is there, its body waits for a reader.
    EXPECT_EQ(client.receive(Expect::kNoBody).status, 200);
    client.reset();
  }
  const auto answer =
      consume(R"({"consumer_name":"d","batch_size":4,"batch_max_wait_time_ms":10000,"min_messages":4})");
  EXPECT_NE(answer.body.find("\"deliveries\":2"), std::string::npos);
}

TEST_F(ConsumeBatch, ADrainingServerAnswersWithWhatIsThere) {
  produce("m0");
  HttpClient client(gateway_.port());
  client.send(HttpClient::render("POST", kConsume, gateway_.as("root"),
                                 R"({"consumer_name":"c","batch_size":5,"batch_max_wait_time_ms":60000})"));
  wait_until([&] { return gateway_.broker().waiting() == 1; });
  gateway_.drain();
  EXPECT_EQ(payloads(client.receive()), "m0");
}

TEST_F(ConsumeBatch, LogsADeliveryThatCouldNotBeSettled) {
  // More than the sockets' buffers hold: the delivery ends after the broker began to fail.
  for (int i = 0; i < 3; ++i) produce(std::string(4'000'000, 'x'));
  HttpClient client(gateway_.port());
  client.send(HttpClient::render("POST", kConsume, gateway_.as("root"), R"({"consumer_name":"c","batch_size":3})"));
  EXPECT_EQ(client.receive(Expect::kNoBody).status, 200);
  gateway_.broker().fail_with(Error{ErrorCode::kStoreUnavailable, "the disk is gone", "", 0});
  client.reset();
  wait_until([&] { return gateway_.log().find("could not be settled") != std::string::npos; });
  EXPECT_NE(gateway_.log().find("the disk is gone"), std::string::npos);
}

TEST_F(ConsumeBatch, AnswersAtOnceWithWhatIsThereWhenNeitherSizeNorWaitIsNamed) {
  produce("m0");
  produce("m1");
  EXPECT_EQ(payloads(consume(R"({"consumer_name":"c"})")), "m0,m1");
  HttpClient client(gateway_.port());
  client.send(HttpClient::render("POST", kConsume, gateway_.as("root"),
                                 R"({"consumer_name":"c","batch_size":null,"batch_max_wait_time_ms":0})"));
  wait_until([&] { return gateway_.broker().waiting() == 1; });
  produce("first");
  EXPECT_EQ(payloads(client.receive()), "first");
}

TEST_F(ConsumeBatch, HandsNothingToWhoLostTheRightWhileWaiting) {
  struct Case {
    std::string method;
    std::string body;  // of what is done to the user
    int status;
    std::string text;
  };
  int round = 0;
  for (const auto& c : std::vector<Case>{{"PATCH", R"({"permissions":[]})", 403, "forbidden"},
                                         {"PATCH", R"({"password":"another one"})", 401, "unauthorized"},
                                         {"DELETE", "", 401, "unauthorized"}}) {
    TestGateway gateway;
    HttpClient client(gateway.port());
    client.send(HttpClient::render("POST", kConsume, gateway.as("reader"),
                                   R"({"consumer_name":"c","batch_size":1,"batch_max_wait_time_ms":60000})"));
    wait_until([&] { return gateway.broker().waiting() == 1; });
    const auto changed = gateway.request(c.method, "/users/reader", gateway.as("root"), c.body);
    EXPECT_EQ(changed.status / 100, 2) << changed.body;
    gateway.request("POST", "/stations/orders/produce/single", gateway.as("root"), "m" + std::to_string(++round));
    const auto answer = client.receive();
    EXPECT_EQ(answer.status, c.status) << answer.body;
    EXPECT_EQ(json_member(answer.body, "code"), c.text);
    // It is there for somebody else, at once.
    const auto other = gateway.request("POST", kConsume, gateway.as("root"), R"({"consumer_name":"d","batch_size":1})");
    EXPECT_EQ(payloads(other), "m" + std::to_string(round));
    EXPECT_NE(other.body.find("\"deliveries\":2"), std::string::npos) << other.body;
  }
}

TEST_F(ConsumeBatch, HandsOutToWhoStillHasTheRightAfterAChange) {
  HttpClient client(gateway_.port());
  client.send(HttpClient::render("POST", kConsume, gateway_.as("reader"),
                                 R"({"consumer_name":"c","batch_size":1,"batch_max_wait_time_ms":60000})"));
  wait_until([&] { return gateway_.broker().waiting() == 1; });
  EXPECT_EQ(gateway_.request("PATCH", "/users/reader", gateway_.as("root"), R"({"description":"x"})").status, 200);
  EXPECT_EQ(gateway_.request("DELETE", "/users/writer", gateway_.as("root")).status, 204);
  produce("m0");
  EXPECT_EQ(payloads(client.receive()), "m0");
}

TEST_F(ConsumeBatch, AnswersInPiecesOfAtMostTheLimitButAlwaysOneMessage) {
  GatewaySettings settings;
  settings.api.response_bytes_max = 1024;
  TestGateway gateway(settings);
  const auto fields = gateway.as("root");
  for (const auto size : {3000, 600, 600}) {
    gateway.request("POST", "/stations/orders/produce/single", fields,
                    std::string(static_cast<std::size_t>(size), 'x'));
  }
  const std::string body = R"({"consumer_name":"c","batch_size":10,"batch_max_wait_time_ms":100})";
  for (const std::size_t size : {3000U, 600U, 600U}) {
    EXPECT_EQ(payloads(gateway.request("POST", kConsume, fields, body)).size(), size);
  }
}

TEST_F(ConsumeBatch, CreatesAStationOrRefusesByOption) {
  EXPECT_EQ(gateway_
                .request("POST", "/stations/new.one/consume/batch", gateway_.as("root"),
                         R"({"consumer_name":"c","batch_max_wait_time_ms":100})")
                .body,
            "[]");
  GatewaySettings settings;
  settings.api.auto_create_stations = false;
  TestGateway strict(settings);
  expect_error(strict.request("POST", kConsume, strict.as("root"), R"({"consumer_name":"c"})"),
               {404, "station_not_found", "Station orders does not exist."});
}

TEST_F(ConsumeBatch, RefusesBadBodies) {
  expect_error(consume("hello"), {.status = 400,
                                  .code = "invalid_json",
                                  .text = "Invalid request body",
                                  .detail = "It is not valid JSON at byte 0"});
  expect_error(consume("{}"), {400, "invalid_request", "Consumer name is required"});
  expect_error(consume(R"({"consumer_name":"c","batch_size":5001})"),
               {400, "invalid_request", "Batch size can not be greater than 5000 or less than 1"});
  expect_error(consume(R"({"consumer_name":"a b"})"),
               {400, "invalid_name", "Only alphanumeric and the '_', '-', '.' characters are allowed in Consumer"});
  expect_error(consume(R"({"consumer_name":"c","ack_mode":"explicit"})"),
               {501, "not_implemented", "Explicit acknowledgement is not supported; nothing was handed out."});
  EXPECT_EQ(consume(std::string(70'000, ' ')).status, 413);
}

TEST_F(ConsumeBatch, AnswersTheStoresFailuresInsteadOfAnEmptyList) {
  const auto fields = gateway_.as("root");
  gateway_.broker().fail_with(Error{ErrorCode::kStoreUnavailable, "x", "", 0});
  const auto answer = gateway_.request("POST", kConsume, fields, R"({"consumer_name":"c"})");
  expect_error(answer,
               {503, "store_unavailable", "The store takes no messages at the moment; nothing was stored.", true});
  EXPECT_EQ(answer.field("Retry-After"), "30");
  gateway_.broker().fail_with(Error{ErrorCode::kCorruptRecord, "Message 15 of station orders is damaged.", "", 0});
  expect_error(gateway_.request("POST", kConsume, fields, R"({"consumer_name":"c"})"),
               {500, "corrupt_record", "Message 15 of station orders is damaged."});
  EXPECT_NE(gateway_.log().find("Message 15 of station orders is damaged."), std::string::npos);
}

}  // namespace
}  // namespace propylon::testing

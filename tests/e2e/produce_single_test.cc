// POST /stations/{station}/produce/single
#include <gtest/gtest.h>

#include "support/compress.h"
#include "support/gateway.h"
#include "support/json_members.h"

namespace propylon::testing {
namespace {

constexpr std::size_t kMessageBytesMax = 4 << 20;

class ProduceSingle : public GatewayTest {
 protected:
  // Exactly one message is there, and gives it.
  ConsumedMessage only_message(const std::string& name) {
    const auto messages = gateway().drain(name);
    EXPECT_EQ(messages.size(), 1U);
    return messages.empty() ? ConsumedMessage{} : messages.front();
  }
  void expect_nothing_stored() { EXPECT_TRUE(gateway().drain(station()).empty()); }
  void expect_refused(const HttpAnswer& answer, int status, const std::string& code, const std::string& error = "") {
    expect_problem(answer, {.status = status, .code = code, .error = error});
    expect_nothing_stored();
  }
};

// Both READMEs, with the token in the header.
TEST_F(ProduceSingle, StoresTheJsonOfTheReadmes) {
  expect_json(gateway().produce(station(), R"({"message": "New Message"})"), kStored);
  EXPECT_EQ(only_message(station()).payload, R"({"message": "New Message"})");
}

// The same with the token in the query.
TEST_F(ProduceSingle, StoresTheJsonOfTheReadmesWithAQueryToken) {
  const auto answer =
      gateway().send("POST", "/stations/" + station() + "/produce/single?authorization=" + gateway().token(),
                     {{"Content-Type", "application/json"}}, R"({"message": "New Message"})");
  expect_json(answer, kStored);
  const auto message = only_message(station());
  EXPECT_EQ(message.payload, R"({"message": "New Message"})");
  EXPECT_EQ(message.headers,
            (std::map<std::string, std::string>{{"Content-Type", "application/json"}, {"Host", "localhost"}}));
}

struct Kind {
  const char* name;
  const char* content_type;  // null: none
  std::string payload;
  bool text = true;  // valid UTF-8
};

class ProduceSingleKind : public ProduceSingle, public ::testing::WithParamInterface<Kind> {};

TEST_P(ProduceSingleKind, IsStoredAsItIs) {
  const Kind& kind = GetParam();
  HttpFields fields{{"Authorization", gateway().bearer()}};
  if (kind.content_type) fields.emplace_back("Content-Type", kind.content_type);
  expect_json(gateway().send("POST", "/stations/" + station() + "/produce/single", fields, kind.payload), kStored);
  const auto message = only_message(station());
  EXPECT_EQ(message.payload, kind.payload);
  EXPECT_EQ(message.base64, !kind.text);
  EXPECT_EQ(message.headers.contains("Content-Type"), kind.content_type != nullptr);
  if (kind.content_type) {
    EXPECT_EQ(message.headers.at("Content-Type"), kind.content_type);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Payload, ProduceSingleKind,
    ::testing::Values(
        Kind{"TextPlain", "text/plain", "hello"}, Kind{"Text", "text", "hello"},
        Kind{"TextWithCharset", "text/plain;charset=UTF-8", "h\xc3\xa9llo \xe2\x82\xac \xf0\x9f\x98\x80"},
        Kind{"TextHtml", "text/html", "<b>&amp;</b>"}, Kind{"TextOfBlanks", "text/plain", " \t\r\n "},
        Kind{"TextOfControls", "text/plain", std::string("\x00\x01\x1f\x7f\"\\/\b\f", 9)},
        Kind{"JsonObject", "application/json", R"({"a":[1,2,{"b":null}]})"},
        Kind{"JsonArray", "application/json", "[1,2,3]"}, Kind{"JsonString", "application/json", R"("text")"},
        Kind{"JsonNumber", "application/json", "12345678901234567890.0000"},
        Kind{"JsonNull", "application/json", "null"}, Kind{"JsonBroken", "application/json", R"({"a":)"},
        Kind{"JsonUpperCase", "Application/JSON", "{}"},
        Kind{"JsonWithCharset", "application/json; charset=utf-8", "{}"},
        Kind{"CloudEvent", "application/cloudevents+json", R"({"specversion":"1.0"})"}, Kind{"Empty", "text/plain", ""},
        Kind{"EmptyJson", "application/json", ""}, Kind{"EmptyUntyped", nullptr, ""},
        Kind{"Protobuf", "application/x-protobuf", std::string("\x08\x96\x01\x12\x00", 5), false},
        Kind{"Binary", "application/octet-stream", std::string("\x00\xff\xfe\x80\xc0\xaf\r\n\r\n", 10), false},
        Kind{"Avro", "avro/bytes", std::string("\xed\xa0\x80", 3), false},
        Kind{"Form", "application/x-www-form-urlencoded", "a=1&b=%20"},
        Kind{"Multipart", "multipart/form-data; boundary=b", "--b\r\n\r\nx\r\n--b--\r\n"},
        Kind{"AnyType", "*/*; charset=utf-8", "x"}, Kind{"Untyped", nullptr, "x"}),
    [](const auto& kind) { return kind.param.name; });

TEST_F(ProduceSingle, StoresTheLargestMessage) {
  std::string payload(kMessageBytesMax, 'x');
  payload.front() = '"';
  payload.back() = '"';
  expect_json(gateway().produce(station(), payload), kStored);
  EXPECT_TRUE(only_message(station()).payload == payload);
}

TEST_F(ProduceSingle, RefusesALargerOne) {
  HttpClient client(gateway().process().port());
  client.send("POST /stations/" + station() + "/produce/single HTTP/1.1\r\nHost: x\r\nAuthorization: " +
              gateway().bearer() + "\r\nContent-Length: " + std::to_string(kMessageBytesMax + 1) + "\r\n\r\n");
  // Its length alone is enough.
  expect_refused(client.receive(), 413, "body_too_large");
}

TEST_F(ProduceSingle, RefusesALargerOneInChunks) {
  HttpClient client(gateway().process().port());
  std::string request = "POST /stations/" + station() +
                        "/produce/single HTTP/1.1\r\nHost: x\r\nAuthorization: " + gateway().bearer() +
                        "\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string chunk = "100000\r\n" + std::string(1 << 20, 'x') + "\r\n";
  for (int i = 0; i < 4; ++i) request += chunk;
  client.send(request + "1\r\n");
  expect_refused(client.receive(), 413, "body_too_large");
}

TEST_F(ProduceSingle, DecodesBodies) {
  const std::string payload = R"({"compressed":")" + std::string(10000, 'y') + R"("})";
  const std::vector<std::pair<std::string, std::string>> encoded{
      {"gzip", gzip(payload)}, {"GZIP", gzip(payload)}, {"x-gzip", gzip(payload)}, {"deflate", deflate(payload)},
      {"br", brotli(payload)}, {"zstd", zstd(payload)}, {"Zstd", zstd(payload)},   {"identity", payload}};
  for (const auto& [coding, body] : encoded) {
    expect_json(gateway().produce(station(), body, {{"Content-Encoding", coding}}), kStored);
  }
  const auto messages = gateway().drain(station());
  ASSERT_EQ(messages.size(), encoded.size());
  for (std::size_t i = 0; i < messages.size(); ++i) {
    EXPECT_EQ(messages[i].payload, payload) << encoded[i].first;
    if (encoded[i].first != "identity") {
      EXPECT_FALSE(messages[i].headers.contains("Content-Encoding"));
    }
  }
}

TEST_F(ProduceSingle, DecodesAChunkedCompressedBody) {
  // As Telegraf sends it.
  HttpClient client(gateway().process().port());
  client.send("POST /stations/" + station() +
              "/produce/single HTTP/1.1\r\nHost: x\r\nAuthorization: " + gateway().bearer() +
              "\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n" + chunked(gzip("metrics")));
  EXPECT_EQ(client.receive().body, kStored);
  EXPECT_EQ(only_message(station()).payload, "metrics");
}

TEST_F(ProduceSingle, RefusesBodiesThatDoNotDecode) {
  const std::string text = "some text that is long enough to be cut";
  for (const auto& [coding, good] :
       {std::pair("gzip", gzip(text)), std::pair("br", brotli(text)), std::pair("zstd", zstd(text))}) {
    for (const auto& body : {std::string("not encoded"), good.substr(0, good.size() - 4), good + "more"}) {
      expect_refused(gateway().produce(station(), body, {{"Content-Encoding", coding}}), 400, "invalid_encoding");
    }
  }
  expect_refused(gateway().produce(station(), "plain", {{"Content-Encoding", "deflate"}}), 400, "invalid_encoding");
  for (const char* coding : {"compress", "unheard-of", "gzip, gzip", "zstd, br"}) {
    const auto answer = gateway().produce(station(), gzip(text), {{"Content-Encoding", coding}});
    EXPECT_EQ(answer.field("Accept-Encoding"), "zstd, br, gzip, deflate");
    expect_refused(answer, 415, "unsupported_encoding");
  }
}

TEST_F(ProduceSingle, RefusesADecompressionBomb) {
  const std::string zeros(kMessageBytesMax + 1, '0');
  for (const auto& [coding, bomb] :
       {std::pair("gzip", gzip(zeros)), std::pair("br", brotli(zeros)), std::pair("zstd", zstd(zeros))}) {
    ASSERT_LT(bomb.size(), 10000U);
    expect_refused(gateway().produce(station(), bomb, {{"Content-Encoding", coding}}), 413, "body_too_large");
  }
}

TEST_F(ProduceSingle, StoresTheHeadersThatBelongToTheMessage) {
  const HttpFields fields{
      {"content-type", "application/json"},
      {"X-CUSTOM-one", "1"},
      {"x-debezium-offset", "a%20b"},
      {"ce-id", "a-1"},
      {"Accept", "*/*"},
      {"User-Agent", "curl/7.88"},
      {"X-Empty", ""},
      {"X-Latin", "caf\xe9"},
      {"X-Utf8", "caf\xc3\xa9"},
      {"X-Many", "a"},
      {"X-Many", "b"},
      {"X-Many", "a"},
      // All of these stay behind.
      {"Cookie", "c=1"},
      {"Set-Cookie", "c=1"},
      {"Proxy-Authorization", "Basic x"},
      {"X-Api-Key", "k"},
      {"Connection", "keep-alive"},
      {"Keep-Alive", "5"},
      {"TE", "trailers"},
      {"Upgrade", "h2c"},
      {"HTTP2-Settings", "AAMAAABk"},
      {"Sec-Fetch-Mode", "cors"},
      {"Origin", "https://a.example"},
      {"Referer", "https://a.example/x"},
      {"X-Forwarded-For", "1.2.3.4"},
      {"Forwarded", "for=1.2.3.4"},
      {"Via", "1.1 x"},
      {"X-Real-Ip", "1.2.3.4"},
      {"X-Request-Id", "my-id"},
      {"msg-id", "m1"},
      {"$memphis_producedBy", "me"},
      {"Nats-Msg-Id", "n1"},
      {"Authorization", gateway().bearer()},
  };
  const auto answer = gateway().send("POST", "/stations/" + station() + "/produce/single", fields, "{}");
  expect_json(answer, kStored);
  EXPECT_EQ(answer.field("X-Request-Id"), "my-id");
  const std::map<std::string, std::string> stored{
      {"Host", "localhost"},
      {"Content-Type", "application/json"},
      {"X-Custom-One", "1"},
      {"X-Debezium-Offset", "a%20b"},
      {"Ce-Id", "a-1"},
      {"Accept", "*/*"},
      {"User-Agent", "curl/7.88"},
      {"X-Empty", ""},
      {"X-Latin", "caf\xc3\xa9"},
      {"X-Utf8", "caf\xc3\xa9"},
      {"X-Many", "a, b"},
      {"Msg-Id", "m1"},
      {"Nats-Msg-Id", "n1"},
  };
  EXPECT_EQ(only_message(station()).headers, stored);
}

TEST_F(ProduceSingle, FindsAStationByEveryFormOfItsName) {
  const std::string path = "/produce/single";
  for (const char* form : {"/stations/Some.Orders-1", "/Stations/SOME.ORDERS-1", "/STATIONS/some%2eorders%2D1",
                           "/stations/some.orders-1"}) {
    EXPECT_EQ(gateway().post(form + path, "{}").body, kStored) << form;
  }
  EXPECT_EQ(gateway().post("/stations/some.orders-1/PRODUCE/Single/", "{}").body, kStored);
  EXPECT_EQ(gateway().drain("some.orders-1").size(), 5U);
  const std::string longest(128, 'n');
  EXPECT_EQ(gateway().produce(longest, "{}").body, kStored);
  EXPECT_EQ(gateway().drain(longest).size(), 1U);
}

TEST_F(ProduceSingle, RefusesBadStationNames) {
  const std::string too_long(129, 'n');
  const std::vector<std::pair<std::string, std::string>> names{
      {too_long, "Station should be under 128 characters"},
      {"-a", "Station name can not start or end with non alphanumeric character"},
      {"a.", "Station name can not start or end with non alphanumeric character"},
      {"_", "Station name can not start or end with non alphanumeric character"},
      {"a%20b", "Only alphanumeric and the '_', '-', '.' characters are allowed in Station"},
      {"a+b", "Only alphanumeric and the '_', '-', '.' characters are allowed in Station"},
      {"%C3%A9", "Only alphanumeric and the '_', '-', '.' characters are allowed in Station"},
  };
  for (const auto& [name, error] : names) {
    expect_problem(gateway().produce(name, "x"), {.status = 400, .code = "invalid_name", .error = error});
  }
  for (const char* name : {"", ".", "..", "a%2Fb", "a%00b", "%zz", "%2e%2e"}) {
    EXPECT_EQ(gateway().produce(name, "x").status, 400) << name;
  }
}

TEST_F(ProduceSingle, RefusesOtherMethods) {
  for (const char* method : {"GET", "PUT", "DELETE", "PATCH"}) {
    const auto answer = gateway().send(method, "/stations/" + station() + "/produce/single", gateway().authorized());
    EXPECT_EQ(answer.field("Allow"), "POST") << method;
    expect_refused(answer, 405, "method_not_allowed");
  }
}

TEST_F(ProduceSingle, MakesOneStationForParallelFirstMessages) {
  std::vector<std::unique_ptr<HttpClient>> clients;
  for (int i = 0; i < 20; ++i) clients.push_back(std::make_unique<HttpClient>(gateway().process().port()));
  const std::string request =
      HttpClient::render("POST", "/stations/" + station() + "/produce/single", gateway().authorized(), "{}");
  for (auto& client : clients) client->send(request);
  for (auto& client : clients) EXPECT_EQ(client->receive().body, kStored);
  EXPECT_EQ(gateway().drain(station()).size(), clients.size());
}

class ProduceSingleStrictly : public GatewayTest {
 protected:
  static void SetUpTestSuite() {
    start({.flags = {"--auto-create-stations", "false", "--message-bytes-max", "100", "--stored-headers-allow",
                     "Content-*,X-Kept", "--stored-headers-deny", "Content-Language"}});
  }
};

TEST_F(ProduceSingleStrictly, RefusesUnknownStations) {
  for (const auto& answer :
       {gateway().produce(station(), "x"), gateway().consume(station(), R"({"consumer_name":"c"})")}) {
    expect_problem(answer, {.status = 404, .code = "station_not_found"});
  }
}

TEST_F(ProduceSingleStrictly, RefusesMessagesOverTheConfiguredSize) {
  expect_problem(gateway().produce(station(), std::string(101, 'x')), {.status = 413, .code = "body_too_large"});
}

class ProduceSingleHeaderLists : public GatewayTest {
 protected:
  static void SetUpTestSuite() {
    start({.flags = {"--stored-headers-allow", "Content-*,X-Kept", "--stored-headers-deny", "Content-Language"}});
  }
};

TEST_F(ProduceSingleHeaderLists, DecideWhatIsStored) {
  gateway().produce(station(), "x",
                    {{"Content-Type", "text/plain"}, {"Content-Language", "de"}, {"X-Kept", "1"}, {"X-Other", "2"}});
  const auto messages = gateway().drain(station());
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0].headers, (std::map<std::string, std::string>{{"Content-Type", "text/plain"}, {"X-Kept", "1"}}));
}

}  // namespace
}  // namespace propylon::testing

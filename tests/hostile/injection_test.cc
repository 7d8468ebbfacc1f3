// What a client sends comes back in answers, log lines and metrics: never as more than text.
#include <gtest/gtest.h>

#include <algorithm>

#include "support/gateway.h"
#include "support/json_members.h"

namespace propylon::testing {
namespace {

// As it stands in the head of an answer: printable ASCII, tabs, and bytes above it.
bool is_one_line(std::string_view value) {
  return std::ranges::all_of(value, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == '\t' || (byte >= 0x20 && byte != 0x7f);
  });
}

// What breaks out of a place where text is pasted in: quotes, markup, escapes, ends of lines as far as HTTP lets them
// in.
const std::vector<std::string> kOddValues{"\"",
                                          "\\",
                                          "\\\"",
                                          "\"}],\"admin\":true",
                                          "</script><script>alert(1)</script>",
                                          "%0d%0aSet-Cookie:%20a=b",
                                          "\\r\\nSet-Cookie: a=b",
                                          "\\u0000",
                                          "${jndi:ldap://x/y}",
                                          "{{7*7}}",
                                          "%s%s%s%n",
                                          "'; DROP TABLE users; --",
                                          "caf\xe9",
                                          "\xff\xfe",
                                          "\xe2\x80\xa8",
                                          "\xc0\x80",
                                          std::string(4000, '"')};

class Injection : public GatewayTest {
 protected:
  static void SetUpTestSuite() { start({.flags = {"--access-log", "true", "--log-format", "json"}}); }
  // Every line is one JSON object with the members that the logger writes.
  static void TearDownTestSuite() {
    const std::string log = gateway().process().standard_error();
    std::size_t lines = 0;
    for (std::size_t at = 0, end = 0; (end = log.find('\n', at)) != std::string::npos; at = end + 1) {
      const std::string line = log.substr(at, end - at);
      std::map<std::string, std::string> members;
      EXPECT_NO_THROW(members = members_of(line)) << line;
      EXPECT_TRUE(members.contains("time") && members.contains("level") && members.contains("event")) << line;
      EXPECT_FALSE(members.contains("admin")) << line;
      ++lines;
    }
    EXPECT_GT(lines, 100U) << "the access log is off";
    GatewayTest::TearDownTestSuite();
  }
  // Its head has only fields that the server knows, its body is JSON.
  static void expect_sound(const HttpAnswer& answer) {
    static const std::vector<std::string> known{"Date",
                                                "Content-Type",
                                                "Content-Length",
                                                "X-Request-Id",
                                                "Vary",
                                                "Access-Control-Allow-Origin",
                                                "Access-Control-Expose-Headers",
                                                "Connection",
                                                "WWW-Authenticate",
                                                "Allow",
                                                "Retry-After",
                                                "Access-Control-Allow-Methods",
                                                "Access-Control-Allow-Headers",
                                                "Access-Control-Max-Age",
                                                "ETag",
                                                "Server",
                                                "Cache-Control"};
    for (const auto& [name, value] : answer.fields) {
      EXPECT_TRUE(std::ranges::find(known, name) != known.end()) << name << ": " << value;
      EXPECT_TRUE(is_one_line(value)) << name;
    }
    if (answer.body.starts_with('{')) {
      std::map<std::string, std::string> members;
      EXPECT_NO_THROW(members = members_of(answer.body)) << answer.body;
      EXPECT_FALSE(members.contains("admin")) << answer.body;
    }
  }
};

TEST_F(Injection, ThroughAnyFieldStaysInItsPlace) {
  for (const auto& odd : kOddValues) {
    SCOPED_TRACE(::testing::PrintToString(odd.substr(0, 60)));
    for (const char* name : {"X-Request-Id", "Origin", "Accept", "Content-Type", "User-Agent", "Referer",
                             "Access-Control-Request-Headers", "Access-Control-Request-Method", "If-Match",
                             "Idempotency-Key", "X-Forwarded-For", "Sec-Fetch-Mode", "Cookie"}) {
      for (const char* method : {"GET", "POST", "OPTIONS"}) {
        HttpClient client(gateway().process().port());
        client.send(
            HttpClient::render(method, "/stations/none/groups", {{name, odd}, {"Authorization", "Bearer x"}}, {}));
        expect_sound(client.receive());
      }
    }
  }
}

TEST_F(Injection, ThroughARequestIdIsTextOrIsReplaced) {
  for (const auto& odd : kOddValues) {
    SCOPED_TRACE(::testing::PrintToString(odd.substr(0, 60)));
    const auto answer = gateway().send("GET", "/none", {{"X-Request-Id", odd}});
    const std::string id = answer.field("X-Request-Id");
    const bool fit = odd.size() <= 128 && std::ranges::all_of(odd, [](char c) { return c > 0x20 && c < 0x7f; });
    EXPECT_EQ(id == odd, fit) << id;
    EXPECT_EQ(text_of(members_of(answer.body).at("request_id")), id);
  }
}

TEST_F(Injection, ThroughNamesInPathsAndBodiesIsTextInTheAnswer) {
  const auto escaped = [](const std::string& text) {
    std::string out;
    for (const char c : text) {
      constexpr const char* kDigits = "0123456789abcdef";
      const auto byte = static_cast<unsigned char>(c);
      out += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    }
    return out;
  };
  for (const auto& odd : kOddValues) {
    if (odd.size() > 1000) continue;  // longer than a target may be
    SCOPED_TRACE(::testing::PrintToString(odd));
    for (const auto& path : {"/stations/" + escaped(odd), "/stations/s/groups/" + escaped(odd),
                             "/users/" + escaped(odd), "/stations?after=" + escaped(odd), "/" + escaped(odd),
                             "/stations?limit=" + escaped(odd), "/stations?" + escaped(odd) + "=1"}) {
      const auto answer = gateway().send("GET", path, gateway().authorized());
      expect_sound(answer);
      EXPECT_LT(answer.status, 500) << path << ": " << answer.body;
      expect_sound(gateway().send("PUT", path, gateway().authorized(), "{}"));
    }
    // Bytes that are no UTF-8 are no JSON either.
    for (const auto& body :
         {"{\"" + odd + "\":1}", R"({"retention":")" + odd + "\"}", R"({"consumer_name":")" + odd + "\"}",
          R"({"username":")" + odd + R"(","password":"x"})", odd}) {
      for (const char* path : {"/stations/s/consume/batch", "/auth/authenticate", "/stations/s/purge"}) {
        const auto answer = gateway().post(path, body);
        expect_sound(answer);
        EXPECT_LT(answer.status, 500) << path << ": " << answer.body;
      }
      expect_sound(gateway().send("PUT", "/stations/s", gateway().authorized(), body));
    }
  }
}

TEST_F(Injection, ThroughStoredHeadersComesBackAsTheValueItWas) {
  for (const auto& odd : kOddValues) {
    SCOPED_TRACE(::testing::PrintToString(odd.substr(0, 60)));
    ASSERT_EQ(gateway().produce(station(), odd, {{"X-Odd", odd}, {"X-Other", "plain"}}).body, kStored);
    const auto messages = gateway().drain(station());
    ASSERT_EQ(messages.size(), 1U);
    EXPECT_EQ(messages[0].payload, odd);
    EXPECT_EQ(messages[0].headers.at("X-Other"), "plain");
    EXPECT_TRUE(messages[0].headers.contains("X-Odd"));
    EXPECT_FALSE(messages[0].headers.contains("Authorization"));
    EXPECT_FALSE(messages[0].headers.contains("Set-Cookie"));
  }
}

TEST_F(Injection, ThroughHugeQueriesCostsAnAnswer) {
  for (const std::string& piece : {std::string("&"), std::string("a=&"), std::string("=&="), std::string("%41=%42&"),
                                   std::string("authorization=x&"), std::string("limit=1&"), std::string("??")}) {
    std::string query;
    while (query.size() + piece.size() < 8000) query += piece;
    for (const char* path : {"/stations", "/monitoring/status", "/stations/s/produce/single", "/users"}) {
      const auto answer = gateway().send("GET", path + ("?" + query), gateway().authorized());
      EXPECT_LT(answer.status, 500) << path << "?" << piece;
      expect_sound(answer);
    }
  }
}

TEST_F(Injection, ThroughManyStationNamesDoesNotGrowTheMetrics) {
  for (int i = 0; i < 50; ++i) {
    gateway().send("GET", "/made/up/" + std::to_string(i), gateway().authorized());
    gateway().send("GET", "/stations/made-up-" + std::to_string(i), gateway().authorized());
  }
  const auto metrics = gateway().send("GET", "/metrics", {{"Authorization", gateway().bearer()}});
  EXPECT_EQ(metrics.status, 200);
  EXPECT_EQ(metrics.body.find("made-up"), std::string::npos);
  EXPECT_EQ(metrics.body.find("/made"), std::string::npos);
}

}  // namespace
}  // namespace propylon::testing

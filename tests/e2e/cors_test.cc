// What browsers ask for and get.
#include <gtest/gtest.h>

#include "support/gateway.h"

namespace propylon::testing {
namespace {

class Cors : public GatewayTest {};

TEST_F(Cors, PreflightNeedsNoTokenOnAnyPath) {
  for (const char* path : {"/stations/x/produce/single", "/auth/authenticate", "/no/such/path", "/", "*"}) {
    const auto answer = gateway().send("OPTIONS", path,
                                       {{"Origin", "https://shop.example"},
                                        {"Access-Control-Request-Method", "POST"},
                                        {"Access-Control-Request-Headers", "authorization,content-type,x-own"}});
    EXPECT_EQ(answer.status, 204) << path;
    EXPECT_EQ(answer.field("Access-Control-Allow-Origin"), "*");
    EXPECT_EQ(answer.field("Access-Control-Allow-Methods"), "GET, HEAD, POST, PUT, PATCH, DELETE");
    EXPECT_EQ(answer.field("Access-Control-Allow-Headers"), "authorization,content-type,x-own");
    EXPECT_EQ(answer.field("Access-Control-Max-Age"), "600");
    EXPECT_EQ(answer.field("Vary"), "Origin, Access-Control-Request-Method, Access-Control-Request-Headers");
    EXPECT_FALSE(answer.field("X-Request-Id").empty());
    EXPECT_FALSE(answer.has("Access-Control-Allow-Credentials"));
    EXPECT_FALSE(answer.has("Content-Length"));
  }
}

TEST_F(Cors, PreflightEchoesNothingThatWasNotAsked) {
  EXPECT_FALSE(gateway().send("OPTIONS", "/").has("Access-Control-Allow-Headers"));
  EXPECT_FALSE(gateway()
                   .send("OPTIONS", "/", {{"Access-Control-Request-Headers", "a b, <script>"}})
                   .has("Access-Control-Allow-Headers"));
}

TEST_F(Cors, StandsOnEveryAnswerWithTheHeadersThatPagesMayRead) {
  const std::string station_path = "/stations/" + station() + "/produce/single";
  const HttpFields page{{"Origin", "https://shop.example"}};
  HttpFields with_token = gateway().authorized(page);
  for (const auto& answer :
       {gateway().send("POST", station_path, with_token, "x"), gateway().send("POST", station_path, page, "x"),
        gateway().send("GET", "/no/such/path", with_token), gateway().send("GET", station_path, with_token),
        gateway().send("GET", "/monitoring/status", page), gateway().send("BREW", "/", page)}) {
    EXPECT_EQ(answer.field("Access-Control-Allow-Origin"), "*") << answer.body;
    EXPECT_NE(answer.field("Access-Control-Expose-Headers").find("X-Request-Id"), std::string::npos);
    EXPECT_NE(answer.field("Access-Control-Expose-Headers").find("Retry-After"), std::string::npos);
    EXPECT_TRUE(answer.field("Vary").starts_with("Origin"));
  }
}

class CorsForSomeOrigins : public GatewayTest {
 protected:
  static void SetUpTestSuite() {
    start({.flags = {"--cors-origins", "https://shop.example, null", "--cors-headers", "authorization",
                     "--cors-max-age-s", "5"}});
  }
  std::string allowed(const std::string& origin) {
    const auto answer = gateway().send("GET", "/livez", {{"Origin", origin}});
    EXPECT_TRUE(answer.field("Vary").starts_with("Origin"));
    return answer.field("Access-Control-Allow-Origin");
  }
};

TEST_F(CorsForSomeOrigins, NamesOnlyThose) {
  EXPECT_EQ(allowed("https://shop.example"), "https://shop.example");
  EXPECT_EQ(allowed("null"), "null");
  EXPECT_EQ(allowed("https://evil.example"), "");
  EXPECT_EQ(allowed("https://shop.example.evil.example"), "");
  EXPECT_FALSE(gateway().send("GET", "/livez").has("Access-Control-Allow-Origin"));
  const auto preflight = gateway().send(
      "OPTIONS", "/livez", {{"Origin", "https://shop.example"}, {"Access-Control-Request-Headers", "x-other"}});
  EXPECT_EQ(preflight.field("Access-Control-Allow-Headers"), "authorization");
  EXPECT_EQ(preflight.field("Access-Control-Max-Age"), "5");
}

}  // namespace
}  // namespace propylon::testing

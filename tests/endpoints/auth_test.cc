// POST /auth/authenticate and POST /auth/refreshToken
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "json/document.h"
#include "support/error_answer.h"
#include "support/test_gateway.h"

namespace propylon::testing {
namespace {

constexpr std::string_view kAuthenticate = "/auth/authenticate";
constexpr std::string_view kRefresh = "/auth/refreshToken";
constexpr std::string_view kLongText =
    "Some of your fields are not valid it is usually because you are missing some fields or you are sending wrong data "
    "types, also please notice that account_id field should be sent as a number rather than a string";

HttpAnswer authenticate(TestGateway& gateway, std::string_view body, std::string_view query = "") {
  return gateway.request("POST", std::string(kAuthenticate) + std::string(query),
                         {{"Content-Type", "application/json"}}, body);
}

void expect_tokens(const HttpAnswer& answer, std::string_view access_ms, std::string_view refresh_ms) {
  ASSERT_EQ(answer.status, 200) << answer.body;
  const auto document = json::Document::parse_object(answer.body);
  ASSERT_TRUE(document);
  EXPECT_EQ(document->object().names(),
            (std::vector<std::string>{"expires_in", "jwt", "jwt_refresh_token", "refresh_token_expires_in"}));
  EXPECT_EQ(json_member(answer.body, "expires_in"), access_ms);
  EXPECT_EQ(json_member(answer.body, "refresh_token_expires_in"), refresh_ms);
  EXPECT_EQ(answer.field("Cache-Control"), "no-store");
}

// 401 with the whole body, and no difference between its causes.
void expect_unauthorized(const HttpAnswer& answer) {
  EXPECT_EQ(answer.status, 401) << answer.body;
  EXPECT_EQ(json_member(answer.body, "message"), "Unauthorized");
  EXPECT_EQ(json_member(answer.body, "code"), "unauthorized");
  EXPECT_EQ(json_member(answer.body, "success"), "false");
}

void expect_invalid(const HttpAnswer& answer, std::string_view text) {
  expect_error(answer, {400, "invalid_request", text});
  EXPECT_EQ(json_member(answer.body, "message"), text);
}

struct BadBody {
  std::string_view body;
  std::string_view code;
  std::string_view detail;
};

// The reference's words, and in "detail" what is wrong.
void expect_unreadable(const HttpAnswer& answer, const BadBody& bad) {
  expect_error(answer, {.status = 400, .code = bad.code, .text = kLongText, .detail = bad.detail});
  EXPECT_EQ(json_member(answer.body, "message"), kLongText);
}

TEST(Authenticate, AnswersFourMembersWithLifetimesInMilliseconds) {
  TestGateway gateway;
  expect_tokens(authenticate(gateway, R"({"username":"root","password":"memphis"})"), "900000", "18000000");
  expect_tokens(authenticate(gateway, R"({"username":"root","password":"memphis","token_expiry_in_minutes":60,)"
                                      R"("refresh_token_expiry_in_minutes":10000092})"),
                "3600000", "600005520000");
  expect_tokens(authenticate(gateway, R"({"username":"root","password":"memphis","token_expiry_in_minutes":0,)"
                                      R"("refresh_token_expiry_in_minutes":-1})"),
                "900000", "18000000");
}

TEST(Authenticate, NeverOverflows) {
  TestGateway gateway;
  const auto answer = authenticate(
      gateway, R"({"username":"root","password":"memphis","token_expiry_in_minutes":9223372036854775807})");
  ASSERT_EQ(answer.status, 200);
  EXPECT_GT(std::stoll(json_member(answer.body, "expires_in")), 0);
  EXPECT_EQ(gateway
                .request("POST", "/stations/orders/produce/single",
                         {{"Authorization", "Bearer " + json_member(answer.body, "jwt")}}, "x")
                .status,
            200);
}

TEST(Authenticate, TakesTheFormsThatClientsSend) {
  TestGateway gateway;
  EXPECT_EQ(authenticate(gateway, R"({"username":"root","connection_token":"memphis"})").status, 200);
  EXPECT_EQ(authenticate(gateway, R"({"username":"root","password":"memphis","connection_token":"memphis"})").status,
            200);
  EXPECT_EQ(authenticate(gateway, R"({"username":"root$1","password":"memphis"})").status, 200);
  EXPECT_EQ(authenticate(gateway, R"({"username":"root","password":"memphis","account_id":1})", "?accountId=2").status,
            200);
  EXPECT_EQ(authenticate(gateway, R"({"username":"root","password":"memphis","account_id":0})", "?accountId=1").status,
            200);
  EXPECT_EQ(gateway
                .request("POST", "/AUTH/Authenticate/", {{"Content-Type", "application/x-www-form-urlencoded"}},
                         "username=root&password=memphis")
                .status,
            200);
  EXPECT_EQ(gateway
                .request("POST", kAuthenticate, {{"Authorization", "Bearer nonsense"}},
                         R"({"username":"root","password":"memphis"})")
                .status,
            200);
}

TEST(Authenticate, GivesLifetimesOfMoreThanACenturyAsTheyAreAskedFor) {
  TestGateway gateway;
  const auto answer =
      authenticate(gateway, R"({"username":"root","password":"memphis","token_expiry_in_minutes":60000000,)"
                            R"("refresh_token_expiry_in_minutes":9223372036854775807})");
  ASSERT_EQ(answer.status, 200);
  EXPECT_EQ(json_member(answer.body, "expires_in"), "3600000000000");
  EXPECT_EQ(json_member(answer.body, "refresh_token_expires_in"), "31622400000000") << "a thousand years";
  const HttpFields bearer = {{"Authorization", "Bearer " + json_member(answer.body, "jwt")}};
  EXPECT_EQ(gateway.request("GET", "/stations", bearer).status, 200) << "it is good now";
}

TEST(Authenticate, RefusesTwoAccountsInTheQuery) {
  TestGateway gateway;
  for (const char* query : {"?accountId=1&accountId=2", "?accountId=1&accountId=1", "?accountId=&accountId=1"}) {
    const auto answer = authenticate(gateway, R"({"username":"root","password":"memphis"})", query);
    EXPECT_EQ(answer.status, 400) << query;
    EXPECT_EQ(json_member(answer.body, "error"), "The query has several accountId; send one.");
  }
  EXPECT_EQ(authenticate(gateway, R"({"username":"root","password":"memphis"})", "?accountId=").status, 200);
}

TEST(Authenticate, RefusesBadCredentialsAlike) {
  TestGateway gateway;
  std::string first;
  for (const std::string body :
       {R"({"username":"root","password":"nope"})", R"({"username":"nobody","password":"memphis"})",
        R"({"username":"root"})", R"({"username":"ROOT","password":"memphis"})"}) {
    const auto answer = authenticate(gateway, body);
    expect_unauthorized(answer);
    EXPECT_EQ(answer.field("WWW-Authenticate"), "Bearer realm=\"propylon\", Basic realm=\"propylon\"");
    if (first.empty()) first = json_member(answer.body, "error");
    EXPECT_EQ(json_member(answer.body, "error"), first);
  }
  expect_unauthorized(authenticate(gateway, R"({"username":"root","password":"memphis","account_id":2})"));
  expect_unauthorized(authenticate(gateway, R"({"username":"root$2","password":"memphis"})"));
}

TEST(Authenticate, RefusesBadBodiesWithTheReferencesText) {
  TestGateway gateway;
  for (const BadBody& bad :
       std::vector<BadBody>{{"", "invalid_json", "It ends too early at byte 0"},
                            {"hello", "invalid_json", "It is not valid JSON at byte 0"},
                            {"[]", "invalid_request", "The body must be a JSON object."},
                            {R"({"username":5})", "invalid_request", R"(The field "username" must be a string.)"},
                            {R"({"username":"root","account_id":"1"})", "invalid_request",
                             R"(The field "account_id" must be an integer.)"},
                            {R"({"username":"root","account_id":-1})", "invalid_request",
                             R"(The field "account_id" must be a positive integer.)"}}) {
    expect_unreadable(authenticate(gateway, bad.body), bad);
  }
  expect_invalid(authenticate(gateway, R"({"username":"root","password":"a","connection_token":"b"})"),
                 "password and connection_token mean the same and are sent with different values");
}

TEST(Authenticate, RefusesAMissingName) {
  TestGateway gateway;
  for (const std::string body : {"{}", "null", R"({"username":"","password":"memphis"})", R"({"username":null})"}) {
    const auto answer = authenticate(gateway, body);
    expect_error(answer, {400, "invalid_request", "username is required"});
    EXPECT_EQ(json_member(answer.body, "message"), R"([{"field":"Username","reason":"required"}])");
  }
}

TEST(Authenticate, RefusesAccountsThatAreNone) {
  TestGateway gateway;
  EXPECT_EQ(authenticate(gateway, R"({"username":"root","password":"memphis"})", "?accountId=abc").status, 400);
  EXPECT_EQ(authenticate(gateway, R"({"username":"root$x","password":"memphis"})").status, 400);
}

TEST(Authenticate, WithARefreshTokenAndNoNameRefreshes) {
  TestGateway gateway;
  const auto answer = authenticate(
      gateway, R"({"jwt_refresh_token":")" + gateway.refresh_token("app") + R"(","token_expiry_in_minutes":60})");
  expect_tokens(answer, "3600000", "18000000");
  expect_unauthorized(authenticate(gateway, R"({"jwt_refresh_token":"x"})"));
}

TEST(RefreshToken, AnswersANewPairAndKeepsTheOldOne) {
  TestGateway gateway;
  const std::string body = R"({"jwt_refresh_token":")" + gateway.refresh_token("root") +
                           R"(","token_expiry_in_minutes":60,"refresh_token_expiry_in_minutes":120})";
  const auto first = gateway.request("POST", kRefresh, {}, body);
  expect_tokens(first, "3600000", "7200000");
  expect_tokens(gateway.request("POST", "/auth/refreshtoken/", {{"Authorization", "Bearer expired"}}, body), "3600000",
                "7200000");
  EXPECT_EQ(gateway
                .request("POST", "/stations/orders/produce/single",
                         {{"Authorization", "Bearer " + json_member(first.body, "jwt")}}, "x")
                .status,
            200);
}

TEST(RefreshToken, RefusesWhatIsNoRefreshToken) {
  TestGateway gateway;
  for (const auto& token : {std::string("abc"), std::string(), gateway.token("root")}) {
    expect_unauthorized(gateway.request("POST", kRefresh, {}, R"({"jwt_refresh_token":")" + token + "\"}"));
  }
  expect_unauthorized(gateway.request("POST", kRefresh, {}, "{}"));
}

TEST(RefreshToken, RefusesBadBodiesWithTheReferencesText) {
  TestGateway gateway;
  for (const BadBody& bad : std::vector<BadBody>{
           {"", "invalid_json", "It ends too early at byte 0"},
           {"hello", "invalid_json", "It is not valid JSON at byte 0"},
           {R"({"jwt_refresh_token":5})", "invalid_request", R"(The field "jwt_refresh_token" must be a string.)"},
           {R"({"jwt_refresh_token":"x","token_expiry_in_minutes":"5"})", "invalid_request",
            R"(The field "token_expiry_in_minutes" must be an integer.)"}}) {
    expect_unreadable(gateway.request("POST", kRefresh, {{"Content-Type", "application/json"}}, bad.body), bad);
  }
}

}  // namespace
}  // namespace propylon::testing

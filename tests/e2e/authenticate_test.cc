// POST /auth/authenticate
#include <gtest/gtest.h>

#include "support/forged_token.h"
#include "support/gateway.h"
#include "support/json_members.h"

namespace propylon::testing {
namespace {

constexpr const char* kUnreadable =
    "Some of your fields are not valid it is usually because you are missing some fields or you are sending wrong data "
    "types, also please notice that account_id field should be sent as a number rather than a string";
constexpr const char* kUnauthorized = R"("Unauthorized")";
constexpr std::size_t kTriesBeforeBlock = 10;

class Authenticate : public GatewayTest {
 protected:
  // Exactly the four members, with these lifetimes, and an access token that opens a protected path.
  void expect_tokens(const HttpAnswer& answer, const std::string& access_ms, const std::string& refresh_ms) {
    SCOPED_TRACE(answer.body);
    ASSERT_EQ(answer.status, 200);
    EXPECT_EQ(answer.field("Content-Type"), "application/json");
    EXPECT_EQ(answer.field("Cache-Control"), "no-store");
    auto members = members_of(answer.body);
    ASSERT_EQ(members.size(), 4U);
    EXPECT_EQ(members["expires_in"], access_ms);
    EXPECT_EQ(members["refresh_token_expires_in"], refresh_ms);
    const std::string token = text_of(members.at("jwt"));
    expect_lifetime(token, access_ms);
    expect_lifetime(text_of(members.at("jwt_refresh_token")), refresh_ms);
    const auto opened = gateway().send("POST", "/stations/" + station() + "/produce/single",
                                       {{"Authorization", "Bearer " + token}, {"Content-Type", "text/plain"}}, "x");
    EXPECT_EQ(opened.body, kStored);
  }

  static void expect_lifetime(const std::string& token, const std::string& lifetime_ms) {
    auto claims = members_of(claims_in(token));
    EXPECT_EQ((std::stoll(claims["exp"]) - std::stoll(claims["iat"])) * 1000, std::stoll(lifetime_ms));
  }

  HttpAnswer authenticate(const std::string& body) { return gateway().authenticate(body); }
};

// The first README: a connection token, and a refresh token for nineteen years.
TEST_F(Authenticate, GivesTokensForAConnectionToken) {
  const auto answer = authenticate(R"({
    "username": "root",
    "connection_token": "memphis",
    "token_expiry_in_minutes": 60,
    "refresh_token_expiry_in_minutes": 10000092
})");
  expect_tokens(answer, "3600000", "600005520000");
}

// The second README: a password, with and without an account.
TEST_F(Authenticate, GivesTokensForAPassword) {
  expect_tokens(authenticate(R"({
    "username": "root",
    "password": "memphis",
    "token_expiry_in_minutes": 60,
    "refresh_token_expiry_in_minutes": 10000092
})"),
                "3600000", "600005520000");
  expect_tokens(authenticate(R"({"username":"root","password":"memphis","account_id":1,"token_expiry_in_minutes":60,)"
                             R"("refresh_token_expiry_in_minutes":10000092})"),
                "3600000", "600005520000");
}

TEST_F(Authenticate, TakesTheAccountFromTheQueryOrTheUserName) {
  const std::string body = R"({"username":"root","password":"memphis"})";
  const HttpFields json{{"Content-Type", "application/json"}};
  expect_tokens(gateway().send("POST", "/auth/authenticate?accountId=1", json, body), "900000", "18000000");
  expect_tokens(authenticate(R"({"username":"root$1","password":"memphis"})"), "900000", "18000000");
  const auto other = gateway().send("POST", "/auth/authenticate?accountId=2", json, body);
  expect_problem(other, {.status = 401, .code = "unauthorized", .message = kUnauthorized});
  EXPECT_EQ(authenticate(R"({"username":"root$2","password":"memphis"})").status, 401);
  EXPECT_EQ(authenticate(R"({"username":"root","password":"memphis","account_id":2})").status, 401);
}

TEST_F(Authenticate, UsesDefaultLifetimes) {
  for (const char* lifetimes : {"", R"(,"token_expiry_in_minutes":0,"refresh_token_expiry_in_minutes":-7)",
                                R"(,"token_expiry_in_minutes":null,"refresh_token_expiry_in_minutes":null)",
                                R"(,"unknown":{"is":["ignored"]})"}) {
    expect_tokens(authenticate(std::string(R"({"username":"root","password":"memphis")") + lifetimes + "}"), "900000",
                  "18000000");
  }
}

TEST_F(Authenticate, TakesIntegersWithAPointAndLowersLifetimesToAThousandYears) {
  expect_tokens(authenticate(R"({"username":"root","password":"memphis","token_expiry_in_minutes":60.0,)"
                             R"("refresh_token_expiry_in_minutes":9000000000000000000})"),
                "3600000", "31622400000000");
  expect_tokens(authenticate(R"({"username":"root","password":"memphis","token_expiry_in_minutes":6000000})"),
                "360000000000", "18000000");
}

TEST_F(Authenticate, ReadsJsonOfAnyTypeAndForms) {
  const std::string json = R"({"username":"root","password":"memphis"})";
  for (const char* type : {"application/json; charset=utf-8", "text/plain", "application/vnd.api+json",
                           "application/x-www-form-urlencoded"}) {
    EXPECT_EQ(gateway().send("POST", "/auth/authenticate", {{"Content-Type", type}}, json).status, 200) << type;
  }
  EXPECT_EQ(gateway().send("POST", "/auth/authenticate", {}, json).status, 200);
  const auto form =
      gateway().send("POST", "/AUTH/Authenticate/", {{"Content-Type", "application/x-www-form-urlencoded"}},
                     "username=root&password=mem%70his&token_expiry_in_minutes=60");
  expect_tokens(form, "3600000", "18000000");
}

TEST_F(Authenticate, RefreshesWithARefreshTokenAndNoName) {
  const auto first = members_of(authenticate(R"({"username":"root","password":"memphis"})").body);
  const auto answer = authenticate(R"({"jwt_refresh_token":)" + first.at("jwt_refresh_token") +
                                   R"(,"token_expiry_in_minutes":60,"refresh_token_expiry_in_minutes":120})");
  expect_tokens(answer, "3600000", "7200000");
}

TEST_F(Authenticate, PutsNoSecretIntoTokens) {
  const std::string claims = claims_in(gateway().token());
  EXPECT_EQ(claims.find("memphis"), std::string::npos) << claims;
  auto members = members_of(claims);
  EXPECT_EQ(members["sub"], R"("root")");
  EXPECT_EQ(members["acc"], "1");
  EXPECT_EQ(members["typ"], R"("access")");
  for (const char* name : {"iat", "exp", "jti", "ver"}) EXPECT_TRUE(members.contains(name)) << claims;
}

// The reference's words for all of them, and what is wrong in `detail`.
TEST_F(Authenticate, RefusesUnreadableBodies) {
  struct Case {
    std::string body;
    std::string code;
    std::string detail;
  };
  const std::vector<Case> cases{
      // As one README has it, without a closing quote.
      {R"({"username":"root","connection_token":"memphis,"token_expiry_in_minutes":60})", "invalid_json",
       "It is not valid JSON at byte 48"},
      {R"({"username":"root","password":"memphis","account_id":"1"})", "invalid_request",
       R"(The field "account_id" must be an integer.)"},
      {R"({"username":"root","password":"memphis","account_id":-1})", "invalid_request",
       R"(The field "account_id" must be a positive integer.)"},
      {R"({"username":"root","password":"memphis","account_id":1.5})", "invalid_request",
       R"(The field "account_id" must be an integer of at most 64 bits.)"},
      {R"({"username":7,"password":"memphis"})", "invalid_request", R"(The field "username" must be a string.)"},
      {R"({"username":"root","password":["memphis"]})", "invalid_request", R"(The field "password" must be a string.)"},
      {R"({"username":"root","password":"memphis","token_expiry_in_minutes":"60"})", "invalid_request",
       R"(The field "token_expiry_in_minutes" must be an integer.)"},
      {R"({"username":"root","password":"memphis","token_expiry_in_minutes":1.5})", "invalid_request",
       R"(The field "token_expiry_in_minutes" must be an integer of at most 64 bits.)"},
      {R"(["root","memphis"])", "invalid_request", "The body must be a JSON object."},
      {R"("root")", "invalid_request", "The body must be a JSON object."},
      {"username", "invalid_json", "It is not valid JSON at byte 0"},
      {"", "invalid_json", "It ends too early at byte 0"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.body);
    expect_problem(
        authenticate(c.body),
        {.status = 400, .code = c.code, .error = kUnreadable, .message = json_string(kUnreadable), .detail = c.detail});
  }
}

TEST_F(Authenticate, RefusesAMissingUserName) {
  for (const char* body : {R"({"password":"memphis"})", R"({"username":"","password":"memphis"})",
                           R"({"username":null,"password":"memphis"})", "{}", "null"}) {
    SCOPED_TRACE(body);
    expect_problem(authenticate(body), {.status = 400,
                                        .code = "invalid_request",
                                        .error = "username is required",
                                        .message = R"([{"field":"Username","reason":"required"}])"});
  }
}

TEST_F(Authenticate, RefusesTwoDifferentPasswords) {
  const auto both = authenticate(R"({"username":"root","password":"memphis","connection_token":"other"})");
  EXPECT_EQ(both.status, 400);
  EXPECT_EQ(members_of(both.body).at("code"), R"("invalid_request")");
  expect_tokens(authenticate(R"({"username":"root","password":"memphis","connection_token":"memphis"})"), "900000",
                "18000000");
}

TEST_F(Authenticate, AnswersUnknownUsersAndWrongPasswordsAlike) {
  const auto wrong = authenticate(R"({"username":"root","password":"wrong"})");
  const auto unknown = authenticate(R"({"username":"nobody","password":"memphis"})");
  const auto upper = authenticate(R"({"username":"Root","password":"memphis"})");
  const auto none = authenticate(R"({"username":"root"})");
  for (const auto* answer : {&wrong, &unknown, &upper, &none}) {
    expect_problem(*answer, {.status = 401, .code = "unauthorized", .message = kUnauthorized});
    EXPECT_EQ(answer->field("WWW-Authenticate"), R"(Bearer realm="propylon", Basic realm="propylon")");
    EXPECT_EQ(members_of(answer->body).at("error"), members_of(wrong.body).at("error"));
  }
}

TEST_F(Authenticate, BlocksAPairAfterManyFailures) {
  std::vector<std::unique_ptr<HttpClient>> clients;
  const std::string body = R"({"username":"mallory","password":"guess"})";
  for (std::size_t i = 0; i < kTriesBeforeBlock; ++i) {
    clients.push_back(std::make_unique<HttpClient>(gateway().process().port()));
    clients.back()->send(HttpClient::render("POST", "/auth/authenticate", {}, body));
  }
  for (auto& client : clients) EXPECT_EQ(client->receive().status, 401);
  const auto blocked = authenticate(body);
  expect_problem(blocked,
                 {.status = 429, .code = "too_many_attempts", .message = R"("Too many attempts")", .retryable = true});
  EXPECT_GT(std::stoi(blocked.field("Retry-After")), 0);
  EXPECT_EQ(authenticate(R"({"username":"root","password":"memphis"})").status, 200);
}

class AuthenticateStorm : public GatewayTest {
 protected:
  static void SetUpTestSuite() {
    start({.flags = {"--password-hash-memory-kib", "65536", "--password-hash-passes", "2", "--password-hash-queue-max",
                     "4"}});
  }
};

TEST_F(AuthenticateStorm, LeavesProduceAloneAndRefusesWhatDoesNotFitTheQueue) {
  gateway().token();
  const std::string login =
      HttpClient::render("POST", "/auth/authenticate", {}, R"({"username":"root","password":"memphis"})");
  std::vector<std::unique_ptr<HttpClient>> clients;
  for (int i = 0; i < 16; ++i) {
    clients.push_back(std::make_unique<HttpClient>(gateway().process().port()));
    clients.back()->send(login);
  }
  EXPECT_EQ(gateway().produce(station(), "{}").body, kStored);
  int served = 0;
  for (auto& client : clients) {
    const auto answer = client->receive();
    served += answer.status == 200;
    if (answer.status == 200) continue;
    expect_problem(answer, {.status = 503, .code = "overloaded", .message = R"("Server error")", .retryable = true});
    EXPECT_EQ(answer.field("Retry-After"), "1");
  }
  EXPECT_GE(served, 4);
  EXPECT_LT(served, 16);
}

}  // namespace
}  // namespace propylon::testing

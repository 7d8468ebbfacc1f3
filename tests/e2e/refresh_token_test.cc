// POST /auth/refreshToken
#include <gtest/gtest.h>

#include "support/forged_token.h"
#include "support/gateway.h"
#include "support/json_members.h"

namespace propylon::testing {
namespace {

constexpr const char* kAccessKey = "an access key of the tests, long enough";
constexpr const char* kRefreshKey = "a refresh key of the tests, long enough";
constexpr const char* kUnauthorized = R"("Unauthorized")";

class RefreshToken : public GatewayTest {
 protected:
  static void SetUpTestSuite() {
    start({.environment = {{"JWT_SECRET", kAccessKey}, {"REFRESH_JWT_SECRET", kRefreshKey}}});
  }
  std::map<std::string, std::string> login() {
    return members_of(gateway().authenticate(R"({"username":"root","password":"memphis"})").body);
  }
  HttpAnswer refresh(const std::string& body, HttpFields fields = {{"Content-Type", "application/json"}}) {
    return gateway().send("POST", "/auth/refreshToken", fields, body);
  }
  static std::string with_token(const std::string& token) {
    return R"({"jwt_refresh_token":)" + json_string(token) + "}";
  }
  static void expect_unauthorized(const HttpAnswer& answer) {
    expect_problem(answer, {.status = 401, .code = "unauthorized", .message = kUnauthorized});
  }
};

// Both READMEs.
TEST_F(RefreshToken, GivesANewPair) {
  auto pair = login();
  const auto answer = refresh(R"({
    "jwt_refresh_token": )" + pair["jwt_refresh_token"] +
                              R"(,
    "token_expiry_in_minutes": 60,
    "refresh_token_expiry_in_minutes": 10000092
})");
  ASSERT_EQ(answer.status, 200) << answer.body;
  auto fresh = members_of(answer.body);
  ASSERT_EQ(fresh.size(), 4U);
  EXPECT_EQ(fresh["expires_in"], "3600000");
  EXPECT_EQ(fresh["refresh_token_expires_in"], "600005520000");
  EXPECT_NE(fresh["jwt"], pair["jwt"]);
  EXPECT_NE(fresh["jwt_refresh_token"], pair["jwt_refresh_token"]);
  // The new refresh token works, and the used one does still.
  EXPECT_EQ(refresh(R"({"jwt_refresh_token":)" + fresh["jwt_refresh_token"] + "}").status, 200);
  EXPECT_EQ(refresh(R"({"jwt_refresh_token":)" + pair["jwt_refresh_token"] + "}").status, 200);
}

TEST_F(RefreshToken, DoesNotLookAtTheAccessToken) {
  const auto now = unix_time_s();
  const std::string body = R"({"jwt_refresh_token":)" + login()["jwt_refresh_token"] + "}";
  const std::string expired =
      forge_token(kHs256, changed(claims_in(gateway().token()), "exp", std::to_string(now - 5)), kAccessKey);
  for (const auto& authorization : {"Bearer " + expired, std::string("Bearer rubbish"), std::string("Foo")}) {
    EXPECT_EQ(refresh(body, {{"Authorization", authorization}}).status, 200) << authorization;
  }
  EXPECT_EQ(gateway().send("POST", "/auth/refreshtoken/?authorization=rubbish", {}, body).status, 200);
}

TEST_F(RefreshToken, RefusesWhatIsNoGoodRefreshToken) {
  const auto pair = login();
  const std::string good = claims_in(text_of(pair.at("jwt_refresh_token")));
  const auto now = unix_time_s();
  const std::vector<std::string> tokens{
      text_of(pair.at("jwt")),
      forge_token(kHs256, changed(good, "exp", std::to_string(now - 1)), kRefreshKey),
      forge_token(kHs256, good, kAccessKey),
      forge_token(kHs256, changed(good, "typ", R"("access")"), kRefreshKey),
      forge_token(kHs256, changed(good, "sub", R"("nobody")"), kRefreshKey),
      forge_token(kHs256, changed(good, "ver", "9"), kRefreshKey),
      forge_token(kHs256, without(good, "exp"), kRefreshKey),
      "rubbish",
      "",
  };
  for (const auto& token : tokens) {
    SCOPED_TRACE(token);
    expect_unauthorized(refresh(with_token(token)));
  }
  // The forger's own hand works where nothing is changed.
  EXPECT_EQ(refresh(with_token(forge_token(kHs256, good, kRefreshKey))).status, 200);
  expect_unauthorized(refresh("{}"));
}

TEST_F(RefreshToken, RefusesUnreadableBodies) {
  for (const auto& [body, code] : std::vector<std::pair<std::string, std::string>>{
           {"", "invalid_json"},
           {"rubbish", "invalid_json"},
           {"[1]", "invalid_request"},
           {R"({"jwt_refresh_token":5})", "invalid_request"},
           {R"({"jwt_refresh_token":"x","token_expiry_in_minutes":"60"})", "invalid_request"}}) {
    SCOPED_TRACE(body);
    const auto answer = refresh(body);
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(members_of(answer.body).at("code"), json_string(code));
    EXPECT_TRUE(members_of(answer.body).contains("message"));
  }
}

TEST_F(RefreshToken, IsNoAccessToken) {
  const std::string refresh_token = text_of(login().at("jwt_refresh_token"));
  expect_unauthorized(
      gateway().send("POST", "/stations/x/produce/single", {{"Authorization", "Bearer " + refresh_token}}, "x"));
}

}  // namespace
}  // namespace propylon::testing

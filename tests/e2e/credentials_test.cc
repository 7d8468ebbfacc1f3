// What requests carry to say who they are, on the protected paths.
#include <gtest/gtest.h>

#include "json/base64.h"
#include "support/forged_token.h"
#include "support/gateway.h"
#include "support/json_members.h"

namespace propylon::testing {
namespace {

constexpr const char* kKey = "an access key of the tests, long enough";
constexpr const char* kUnauthorized = R"("Unauthorized")";

class Credentials : public GatewayTest {
 protected:
  static void SetUpTestSuite() { start({.environment = {{"JWT_SECRET", std::string("\"") + kKey + "\""}}}); }
  HttpAnswer produce(const HttpFields& fields, const std::string& query = "") {
    return gateway().send("POST", "/stations/" + station() + "/produce/single" + query, fields, "x");
  }
  HttpAnswer produce_as(const std::string& authorization) { return produce({{"Authorization", authorization}}); }
  static std::string basic(const std::string& pair) {
    return "Basic " + json::to_base64(pair, json::Base64::kStandard);
  }
  static void expect_unauthorized(const HttpAnswer& answer) {
    expect_problem(answer, {.status = 401, .code = "unauthorized", .message = kUnauthorized});
  }
};

TEST_F(Credentials, AreAcceptedInEveryDocumentedForm) {
  const std::string token = gateway().token();
  for (const auto& form :
       {"Bearer " + token, "bearer " + token, "BEARER " + token, "Bearer: " + token, "bearer:   " + token,
        "Bearer    " + token, basic("root:memphis"), basic("root$1:memphis")}) {
    EXPECT_EQ(produce_as(form).body, kStored) << form;
  }
}

TEST_F(Credentials, AreTakenFromTheQueryOfEveryProtectedPath) {
  const std::string query = "?authorization=" + gateway().token();
  EXPECT_EQ(produce({}, query).body, kStored);
  EXPECT_EQ(produce({{"Authorization", ""}}, query).body, kStored);
  const std::string path = "/stations/" + station();
  EXPECT_EQ(gateway().send("POST", path + "/produce/batch" + query, {}, "[1]").body, kStored);
  const auto consumed =
      gateway().send("POST", path + "/consume/batch" + query, {}, R"({"consumer_name":"c","batch_size":3})");
  const auto messages = messages_of(consumed);
  EXPECT_EQ(messages.size(), 3U);
  for (const auto& message : messages) {
    for (const auto& [name, value] : message.headers)
      EXPECT_EQ(value.find(gateway().token()), std::string::npos) << name;
  }
  EXPECT_EQ(gateway().process().standard_error().find(gateway().token()), std::string::npos);
}

TEST_F(Credentials, OfTheHeaderWinOverTheQuery) {
  expect_unauthorized(produce({{"Authorization", "Bearer rubbish"}}, "?authorization=" + gateway().token()));
  EXPECT_EQ(produce({{"Authorization", gateway().bearer()}}, "?authorization=rubbish").body, kStored);
}

TEST_F(Credentials, AreRefusedWhenTheyAreNotGood) {
  const std::string token = gateway().token();
  for (const auto& form :
       {std::string("Bearer"), "Foo " + token, token, std::string("Bearer rubbish"), token + " Bearer",
        "Bearer " + token + "x", "Bearer " + token.substr(0, token.size() - 1), basic("root:wrong"),
        basic("nobody:memphis"), basic("root"), std::string("Basic !!!"), "Basic " + token}) {
    SCOPED_TRACE(form);
    expect_unauthorized(produce_as(form));
  }
  expect_unauthorized(produce({}));
  expect_unauthorized(produce({}, "?authorization="));
  expect_unauthorized(produce({}, "?Authorization=" + token));
  expect_unauthorized(produce({}, "?authorization=Bearer%20" + token));
}

TEST_F(Credentials, GivenTwiceAreRefused) {
  const std::string bearer = gateway().bearer();
  const auto headers = produce({{"Authorization", bearer}, {"Authorization", bearer}});
  EXPECT_EQ(headers.status, 400) << headers.body;
  const std::string token = gateway().token();
  const auto queries = produce({}, "?authorization=" + token + "&authorization=" + token);
  EXPECT_EQ(queries.status, 400) << queries.body;
  EXPECT_EQ(members_of(queries.body).at("code"), R"("invalid_request")");
}

TEST_F(Credentials, ThatAreForgedAreRefused) {
  const std::string good = claims_in(gateway().token());
  const auto now = unix_time_s();
  const auto claims = [&](const char* name, const std::string& json) { return changed(good, name, json); };
  const std::vector<std::string> tokens{
      forge_token(kHs256, good, "another key of the same length, see"),
      forge_token(R"({"alg":"none","typ":"JWT"})", good, kKey),
      forge_token(R"({"alg":"none"})", good, kKey)
          .substr(0, forge_token(R"({"alg":"none"})", good, kKey).rfind('.') + 1),
      forge_token(R"({"alg":"HS512","typ":"JWT"})", good, kKey, Digest::kSha512),
      forge_token(R"({"alg":"RS256","typ":"JWT"})", good, kKey),
      forge_token(R"({"typ":"JWT"})", good, kKey),
      forge_token(kHs256, claims("exp", std::to_string(now - 1)), kKey),
      forge_token(kHs256, claims("exp", std::to_string(now)), kKey),
      forge_token(kHs256, claims("exp", "\"" + std::to_string(now + 900) + "\""), kKey),
      forge_token(kHs256, claims("exp", "1e300"), kKey),
      forge_token(kHs256, without(good, "exp"), kKey),
      forge_token(kHs256, without(good, "sub"), kKey),
      forge_token(kHs256, without(good, "typ"), kKey),
      forge_token(kHs256, without(good, "ver"), kKey),
      forge_token(kHs256, claims("typ", R"("refresh")"), kKey),
      forge_token(kHs256, claims("sub", R"("nobody")"), kKey),
      forge_token(kHs256, claims("acc", "2"), kKey),
      forge_token(kHs256, claims("ver", "2"), kKey),
      // Of gateways before 1.0 of the reference: an expiry and nothing else.
      forge_token(kHs256, R"({"exp":)" + std::to_string(now + 900) + "}", kKey),
      forge_token(kHs256, "[]", kKey),
  };
  for (const auto& token : tokens) {
    SCOPED_TRACE(token);
    expect_unauthorized(produce_as("Bearer " + token));
  }
  EXPECT_EQ(produce_as("Bearer " + forge_token(kHs256, good, kKey)).body, kStored);
}

TEST_F(Credentials, ExpireAlsoWhereTheyAreRemembered) {
  const std::string claims = changed(claims_in(gateway().token()), "exp", std::to_string(unix_time_s() + 2));
  const std::string bearer = "Bearer " + forge_token(kHs256, claims, kKey);
  HttpClient client(gateway().process().port());
  const auto produce = [&] {
    return client.request("POST", "/stations/" + station() + "/produce/single", {{"Authorization", bearer}}, "x")
        .status;
  };
  EXPECT_EQ(produce(), 200);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  int status = 200;
  while (status == 200 && std::chrono::steady_clock::now() < deadline) status = produce();
  EXPECT_EQ(status, 401);
}

TEST_F(Credentials, AreAskedForWithBothSchemesExceptByPages) {
  EXPECT_EQ(produce({}).field("WWW-Authenticate"), R"(Bearer realm="propylon", Basic realm="propylon")");
  EXPECT_EQ(produce({{"Origin", "https://shop.example"}}).field("WWW-Authenticate"), R"(Bearer realm="propylon")");
  EXPECT_EQ(produce({{"Sec-Fetch-Mode", "cors"}}).field("WWW-Authenticate"), R"(Bearer realm="propylon")");
}

TEST_F(Credentials, AreNeededForEveryPathThatIsNotPublic) {
  for (const char* path : {"/nothing", "/nothing/here", "/metrics", "/stations/x/produce/single/more", "/auth/other"}) {
    EXPECT_EQ(gateway().send("GET", path).status, 401) << path;
    EXPECT_EQ(gateway().send("POST", path, {}, "x").status, 401) << path;
  }
  for (const char* path : {"/nothing", "/nothing/here", "/"}) {
    expect_problem(gateway().send("GET", path, gateway().authorized()), {.status = 404, .code = "route_not_found"});
  }
  expect_problem(gateway().send("GET", "/"), {.status = 404, .code = "route_not_found"});
}

TEST_F(Credentials, AreJudgedBeforeTheBodyIsRead) {
  HttpClient client(gateway().process().port());
  client.send("POST /stations/x/produce/single HTTP/1.1\r\nHost: x\r\nContent-Length: 4000000\r\n\r\n");
  EXPECT_EQ(client.receive().status, 401);
}

}  // namespace
}  // namespace propylon::testing

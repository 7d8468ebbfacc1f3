// The pipeline: which refusal comes first, and which credentials are good.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/error_answer.h"
#include "support/test_gateway.h"

namespace propylon::testing {
namespace {

constexpr std::string_view kSingle = "/stations/orders/produce/single";
constexpr std::string_view kAccepted = R"({"error":null,"success":true})";

// "Basic " with base64 of user:password.
HttpFields basic(std::string_view base64) { return {{"Authorization", "Basic " + std::string(base64)}}; }
constexpr std::string_view kRootMemphis = "cm9vdDptZW1waGlz";
constexpr std::string_view kRootWrong = "cm9vdDp3cm9uZw==";

TEST(OrderOfChecks, ChecksInTheContractsOrder) {
  TestGateway gateway;
  struct Case {
    std::string method;
    std::string target;
    std::string user;  // empty: no credentials
    int status;
    std::string code;
  };
  const std::vector<Case> cases = {
      // Path and names before credentials.
      {"POST", "/stations//produce/single", "", 400, "invalid_request"},
      {"GET", "/a/../b", "", 400, "invalid_request"},
      {"POST", "/stations/a%2Fb/produce/single", "", 400, "invalid_request"},
      {"POST", "/stations/a*b/produce/single", "", 400, "invalid_name"},
      {"GET", "/stations/a*b/produce/single", "", 400, "invalid_name"},
      {"POST", "/stations/-a/consume/batch", "reader", 400, "invalid_name"},
      // Credentials before route and method.
      {"GET", "/nope", "", 401, "unauthorized"},
      {"POST", std::string(kSingle), "", 401, "unauthorized"},
      {"GET", std::string(kSingle), "", 401, "unauthorized"},
      {"GET", "/metrics", "", 401, "unauthorized"},
      {"GET", "/livez/x", "", 401, "unauthorized"},
      // Route before method before permission.
      {"GET", "/nope", "reader", 404, "route_not_found"},
      {"POST", "/stations/orders/produce", "root", 404, "route_not_found"},
      {"POST", "/stations/orders/produce/single/x", "root", 404, "route_not_found"},
      {"GET", std::string(kSingle), "reader", 405, "method_not_allowed"},
      {"DELETE", "/metrics", "app", 405, "method_not_allowed"},
      // Permission whether or not the station exists.
      {"POST", std::string(kSingle), "reader", 403, "forbidden"},
      {"POST", "/stations/other/produce/single", "writer", 403, "forbidden"},
      {"POST", "/stations/orders/consume/batch", "writer", 403, "forbidden"},
      {"GET", "/metrics", "app", 403, "forbidden"},
      // Public paths.
      {"GET", "/", "", 404, "route_not_found"},
      {"POST", "/", "", 404, "route_not_found"},
      {"GET", "/monitoring/nope", "", 404, "route_not_found"},
      {"GET", "/monitoring/getResourcesUtilization", "", 404, "route_not_found"},
      {"POST", "/monitoring/status", "", 405, "method_not_allowed"},
      {"GET", "/auth/authenticate", "", 405, "method_not_allowed"},
      {"TRACE", "/livez", "", 405, "method_not_allowed"},
  };
  for (const auto& c : cases) {
    const auto fields = c.user.empty() ? HttpFields{} : gateway.as(c.user);
    const auto answer = gateway.request(c.method, c.target, fields);
    EXPECT_EQ(answer.status, c.status) << c.method << " " << c.target << ": " << answer.body;
    EXPECT_EQ(json_member(answer.body, "code"), c.code) << c.method << " " << c.target;
  }
}

TEST(OrderOfChecks, FindsRoutesInAnyCaseWithASlashAndEscapes) {
  TestGateway gateway;
  for (const std::string target : {"/STATIONS/orders/PRODUCE/Single", "/stations/%6Frders/produce/single",
                                   "/stations/ORDERS/produce/single/", "/stations/orders/produce/single?x=1&y"}) {
    const auto answer = gateway.request("POST", target, gateway.as("root"), "x");
    EXPECT_EQ(answer.status, 200) << target << answer.body;
  }
}

TEST(OrderOfChecks, SaysWhichMethodsAPathKnows) {
  TestGateway gateway;
  const auto answer = gateway.request("PUT", kSingle, gateway.as("root"));
  expect_error(answer, {405, "method_not_allowed", "This path does not know the method; it knows POST."});
  EXPECT_EQ(answer.field("Allow"), "POST");
  EXPECT_EQ(gateway.request("PUT", "/livez").field("Allow"), "GET, HEAD");
}

TEST(OrderOfChecks, RefusesWithoutCredentials) {
  TestGateway gateway;
  const auto answer = gateway.request("POST", kSingle, {}, "x");
  EXPECT_EQ(answer.status, 401);
  EXPECT_EQ(json_member(answer.body, "message"), "Unauthorized");
  EXPECT_EQ(json_member(answer.body, "success"), "false");
  EXPECT_EQ(json_member(answer.body, "code"), "unauthorized");
  EXPECT_EQ(answer.field("WWW-Authenticate"), "Bearer realm=\"propylon\", Basic realm=\"propylon\"");
  EXPECT_EQ(gateway.request("POST", kSingle, {{"Origin", "http://o.example"}}, "x").field("WWW-Authenticate"),
            "Bearer realm=\"propylon\"");
}

TEST(OrderOfChecks, TakesTokensInTheFormsThatClientsSend) {
  TestGateway gateway;
  const std::string token = gateway.token("root");
  for (const auto& form : {"Bearer " + token, "bearer " + token, "Bearer: " + token, "BEARER   " + token}) {
    const auto answer = gateway.request("POST", kSingle, {{"Authorization", form}}, "x");
    EXPECT_EQ(answer.body, kAccepted) << form;
  }
  EXPECT_EQ(gateway.request("POST", std::string(kSingle) + "?authorization=" + token, {}, "x").body, kAccepted);
  EXPECT_EQ(
      gateway.request("POST", std::string(kSingle) + "?authorization=" + token, {{"Authorization", ""}}, "x").body,
      kAccepted);
  EXPECT_EQ(gateway.request("POST", std::string(kSingle) + "?authorization=bad", gateway.as("root"), "x").body,
            kAccepted);
}

TEST(OrderOfChecks, RefusesCredentialsThatAreNotGood) {
  TestGateway gateway;
  const std::string token = gateway.token("root");
  const std::string single(kSingle);
  struct Case {
    std::string target;
    HttpFields fields;
    int status;
  };
  const std::vector<Case> cases = {
      {single, {{"Authorization", token}}, 401},
      {single, {{"Authorization", "Bearer " + token + " x"}}, 401},
      {single, {{"Authorization", "Bearer abc"}}, 401},
      {single, {{"Authorization", "Foo " + token}}, 401},
      {single, {{"Authorization", "Bearer " + gateway.refresh_token("root")}}, 401},
      {single + "?authorization=" + token, {{"Authorization", "Bearer abc"}}, 401},
      {single + "?Authorization=" + token, {}, 401},
      {single + "?authorization=Bearer%20" + token, {}, 401},
      {single, {{"Authorization", "Bearer " + token}, {"Authorization", "Bearer " + token}}, 400},
      {single + "?authorization=" + token + "&authorization=" + token, {}, 400},
  };
  for (const auto& c : cases) {
    const auto answer = gateway.request("POST", c.target, c.fields, "x");
    EXPECT_EQ(answer.status, c.status) << c.target << " " << answer.body;
  }
}

TEST(OrderOfChecks, JudgesANewPasswordInTheSameOrder) {
  TestGateway gateway;
  EXPECT_EQ(gateway.request("POST", kSingle, basic(kRootMemphis), "x").body, kAccepted);
  EXPECT_EQ(gateway.request("POST", kSingle, basic(kRootMemphis), "remembered").body, kAccepted);
  EXPECT_EQ(gateway.request("POST", kSingle, basic(kRootWrong), "x").status, 401);
  EXPECT_EQ(gateway.request("GET", "/nope", basic(kRootWrong)).status, 401);
  TestGateway other;
  EXPECT_EQ(other.request("GET", "/nope", basic(kRootMemphis)).status, 404);
  TestGateway third;
  const auto wrong_method = third.request("GET", kSingle, basic(kRootMemphis));
  EXPECT_EQ(wrong_method.status, 405);
  EXPECT_EQ(wrong_method.field("Allow"), "POST");
  TestGateway fourth;
  EXPECT_EQ(fourth.request("POST", kSingle, basic("cmVhZGVyOkFwcGwxY2F0aW9uIQ=="), "x").status, 403);
}

TEST(OrderOfChecks, ANewPasswordWithABodyInPiecesIsJudgedWithTheWholeBody) {
  TestGateway gateway;
  HttpClient client(gateway.port());
  client.send(
      "POST /stations/orders/produce/single HTTP/1.1\r\nHost: h\r\nAuthorization: Basic cm9vdDptZW1waGlz\r\n"
      "Content-Length: 10\r\n\r\nhello");
  client.send("world");
  EXPECT_EQ(client.receive().body, kAccepted);
}

TEST(OrderOfChecks, JudgesBeforeTheBodyIsSent) {
  TestGateway gateway;
  HttpClient client(gateway.port());
  client.send(
      "POST /stations/orders/produce/single HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
  EXPECT_EQ(client.receive().status, 401);
  EXPECT_TRUE(client.closes());
}

TEST(OrderOfChecks, AnswersAProblemWhereItIsAskedFor) {
  TestGateway gateway;
  const auto answer = gateway.request("GET", "/", {{"Accept", "application/problem+json"}});
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.field("Content-Type"), "application/problem+json");
  EXPECT_NE(answer.field("Vary").find("Accept"), std::string::npos);
}

TEST(OrderOfChecks, AnswersFailuresBelowTheEndpointsInTheSameForm) {
  TestGateway gateway;
  HttpClient client(gateway.port());
  client.send("hello\r\n\r\n");
  const auto answer = client.receive();
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(json_member(answer.body, "code"), "malformed_http");
  EXPECT_EQ(json_member(answer.body, "request_id"), answer.field("X-Request-Id"));
  EXPECT_TRUE(client.closes());
}

TEST(OrderOfChecks, MetricsArePublicByOptionOnly) {
  TestGateway strict;
  EXPECT_EQ(strict.request("GET", "/metrics").status, 401);
  EXPECT_EQ(strict.request("GET", "/metrics", strict.as("root")).status, 200);
  GatewaySettings settings;
  settings.api.metrics_public = true;
  TestGateway open(settings);
  EXPECT_EQ(open.request("GET", "/metrics").status, 200);
}

}  // namespace
}  // namespace propylon::testing

// GET /users and GET, PUT, PATCH, DELETE /users/{user}
#include <gtest/gtest.h>

#include "json/base64.h"
#include "support/gateway.h"
#include "support/json_members.h"

namespace propylon::testing {
namespace {

constexpr const char* kUnauthorized = R"("Unauthorized")";
constexpr const char* kForbidden = R"("Forbidden")";

HttpAnswer as(const Gateway& gateway, const std::string& authorization, std::string_view method,
              std::string_view target, std::string_view body = {}, HttpFields fields = {}) {
  fields.emplace_back("Authorization", authorization);
  return gateway.send(method, target, fields, body);
}

std::string basic(const std::string& pair) { return "Basic " + json::to_base64(pair, json::Base64::kStandard); }

class Users : public GatewayTest {
 protected:
  HttpAnswer as_root(std::string_view method, std::string_view target, std::string_view body = {},
                     HttpFields fields = {}) {
    return as(gateway(), gateway().bearer(), method, target, body, std::move(fields));
  }
  // Of this test alone.
  std::string user() const { return station() + "@example.com"; }
  std::string path() const { return "/users/" + user(); }
  std::string bearer_of_user(const std::string& password) {
    const auto answer = gateway().authenticate(R"({"username":")" + user() + R"(","password":")" + password + "\"}");
    return "Bearer " + unquoted(members_of(answer.body).at("jwt"));
  }
  static std::string unquoted(const std::string& json) { return json.substr(1, json.size() - 2); }
  HttpAnswer produce_as(const std::string& authorization, const std::string& station) {
    return as(gateway(), authorization, "POST", "/stations/" + station + "/produce/single", "x");
  }
};

TEST_F(Users, AreMadeAndWorkAtOnce) {
  const auto made = as_root("PUT", path(),
                            R"({"password":"long enough","permissions":[{"stations":["Cdc.*"],"actions":["produce"]}],)"
                            R"("description":"Debezium"})",
                            {{"If-None-Match", "*"}});
  ASSERT_EQ(made.status, 201) << made.body;
  auto members = members_of(made.body);
  EXPECT_EQ(members["name"], '"' + user() + '"');
  EXPECT_EQ(members["role"], R"("client")");
  EXPECT_EQ(members["permissions"], R"([{"stations":["cdc.*"],"actions":["produce"]}])");
  EXPECT_EQ(members["description"], R"("Debezium")");
  EXPECT_EQ(made.field("ETag"), '"' + members["revision"] + '"');
  EXPECT_EQ(members.size(), 5U);
  expect_json(as_root("GET", path()), made.body);

  for (const auto& credentials : {bearer_of_user("long enough"), basic(user() + ":long enough")}) {
    EXPECT_EQ(produce_as(credentials, "cdc.orders").body, kStored);
    expect_problem(produce_as(credentials, "orders"), {.status = 403, .code = "forbidden", .message = kForbidden});
    expect_problem(as(gateway(), credentials, "GET", "/users"),
                   {.status = 403, .code = "forbidden", .message = kForbidden});
    expect_problem(as(gateway(), credentials, "POST", "/stations/cdc.orders/consume/batch", R"({"consumer_name":"c"})"),
                   {.status = 403, .code = "forbidden", .message = kForbidden});
  }
}

TEST_F(Users, ChangesActOnTheNextRequest) {
  ASSERT_EQ(as_root("PUT", path(), R"({"password":"long enough"})").status, 201);
  const std::string token = bearer_of_user("long enough");
  const std::string pair = basic(user() + ":long enough");
  for (const auto& credentials : {token, pair}) EXPECT_EQ(produce_as(credentials, station()).body, kStored);
  ASSERT_EQ(as_root("PATCH", path(), R"({"permissions":[]})").status, 200);
  for (const auto& credentials : {token, pair}) EXPECT_EQ(produce_as(credentials, station()).status, 403);
  ASSERT_EQ(as_root("PATCH", path(), R"({"permissions":null})").status, 200);
  for (const auto& credentials : {token, pair}) EXPECT_EQ(produce_as(credentials, station()).body, kStored);
  ASSERT_EQ(as_root("PATCH", path(), R"({"password":"another one"})").status, 200);
  for (const auto& credentials : {token, pair})
    expect_problem(produce_as(credentials, station()),
                   {.status = 401, .code = "unauthorized", .message = kUnauthorized});
  EXPECT_EQ(produce_as(bearer_of_user("another one"), station()).body, kStored);
  const auto gone = as_root("DELETE", path());
  EXPECT_EQ(gone.status, 204);
  EXPECT_EQ(gone.body, "");
  EXPECT_EQ(produce_as(basic(user() + ":another one"), station()).status, 401);
  expect_problem(as_root("DELETE", path()), {.status = 404, .code = "user_not_found"});
}

TEST_F(Users, RefusalsNameWhatIsWrong) {
  expect_problem(as_root("PUT", path(), R"({"password":"long enough","permision":[]})"),
                 {.status = 400,
                  .code = "invalid_request",
                  .error = "The field \"permision\" is not known here; known are \"password\", \"role\", "
                           "\"permissions\" or \"description\"."});
  expect_problem(
      as_root("PUT", path(), "{}"),
      {.status = 400, .code = "invalid_request", .error = "The field \"password\" is required for a new user."});
  expect_problem(
      as_root("PUT", path(), R"({"password":"short"})"),
      {.status = 400, .code = "invalid_request", .error = "The field \"password\" must have at least 8 characters."});
  expect_problem(as_root("PUT", path(), R"({"password":"long enough"})", {{"If-Match", "\"1\""}}),
                 {.status = 412, .code = "precondition_failed", .error = "User " + user() + " does not exist."});
  expect_problem(as_root("GET", path()), {.status = 404, .code = "user_not_found"});
  expect_problem(as_root("PUT", "/users/bob$2", "{}"), {.status = 400, .code = "invalid_name"});
  expect_problem(as_root("DELETE", "/users/root"),
                 {.status = 409,
                  .code = "conflict",
                  .error = "\"root\" is the last administrator of the account; make another one first."});
}

TEST_F(Users, AreListedWithoutTheirPasswords) {
  for (const char* tail : {"1", "2", "3"})
    ASSERT_EQ(as_root("PUT", "/users/" + station() + tail, R"({"password":"long enough"})").status, 201);
  const auto first = as_root("GET", "/users?limit=2&prefix=" + station());
  ASSERT_EQ(first.status, 200);
  const auto next = unquoted(members_of(first.body).at("next"));
  const auto second = as_root("GET", "/users?limit=2&prefix=" + station() + "&after=" + next);
  EXPECT_NE(first.body.find(station() + "2"), std::string::npos);
  EXPECT_EQ(first.body.find(station() + "3"), std::string::npos);
  EXPECT_TRUE(second.body.starts_with(R"({"items":[{"name":")" + station() + "3\"")) << second.body;
  EXPECT_EQ(members_of(second.body).at("next"), "null");
  for (const auto& answer : {first, second}) EXPECT_EQ(answer.body.find("argon2"), std::string::npos);
  EXPECT_EQ(gateway().process().standard_error().find("long enough"), std::string::npos);
}

// Servers of their own: what a start does to users.

TEST(UsersAfterKill, AreAsTheAnswersSaid) {
  Gateway gateway;
  const std::string root = gateway.bearer();
  ASSERT_EQ(as(gateway, root, "PUT", "/users/stays", R"({"password":"long enough","permissions":[]})").status, 201);
  ASSERT_EQ(as(gateway, root, "PUT", "/users/goes", R"({"password":"long enough"})").status, 201);
  const auto changed = as(gateway, root, "PATCH", "/users/stays", R"({"description":"changed"})");
  ASSERT_EQ(as(gateway, root, "DELETE", "/users/goes").status, 204);
  gateway.process().kill();
  gateway.process().start();
  expect_json(as(gateway, root, "GET", "/users/stays"), changed.body);
  EXPECT_EQ(as(gateway, root, "GET", "/users/goes").status, 404);
}

TEST(UsersAfterRestart, ARemovedRootComesBackOnlyWithAConfiguredPassword) {
  Gateway gateway;
  ASSERT_EQ(as(gateway, gateway.bearer(), "PUT", "/users/boss", R"({"password":"long enough","role":"admin"})").status,
            201);
  const std::string boss = basic("boss:long enough");
  ASSERT_EQ(as(gateway, boss, "DELETE", "/users/root").status, 204);
  gateway.process().terminate();
  gateway.process().start();
  EXPECT_EQ(as(gateway, boss, "GET", "/users/root").status, 200);

  Gateway other({.root_password = false});
  const std::string welcome = other.process().welcome();
  constexpr std::string_view kLabel = "password:      ";
  const auto at = welcome.find(kLabel) + kLabel.size();
  const std::string root = basic("root:" + welcome.substr(at, welcome.find(' ', at) - at));
  ASSERT_EQ(as(other, root, "PUT", "/users/boss", R"({"password":"long enough","role":"admin"})").status, 201);
  ASSERT_EQ(as(other, boss, "DELETE", "/users/root").status, 204);
  other.process().terminate();
  other.process().start();
  EXPECT_EQ(as(other, boss, "GET", "/users/root").status, 404);
  EXPECT_NE(other.process().standard_error().find("root_user is no administrator"), std::string::npos);
}

TEST(UsersAfterRestart, ADemotedRootDoesNotStopTheStart) {
  Gateway gateway;
  ASSERT_EQ(as(gateway, gateway.bearer(), "PUT", "/users/boss", R"({"password":"long enough","role":"admin"})").status,
            201);
  ASSERT_EQ(as(gateway, gateway.bearer(), "PATCH", "/users/root", R"({"role":"client"})").status, 200);
  gateway.process().terminate();
  gateway.process().start();
  EXPECT_EQ(as(gateway, gateway.bearer(), "GET", "/users").status, 403);
  EXPECT_EQ(as(gateway, basic("boss:long enough"), "GET", "/users").status, 200);
}

}  // namespace
}  // namespace propylon::testing

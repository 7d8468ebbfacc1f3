// GET /users and GET, PUT, PATCH, DELETE /users/{user}
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "json/base64.h"
#include "support/document_answer.h"
#include "support/error_answer.h"
#include "support/test_gateway.h"

namespace propylon::testing {
namespace {

constexpr const char* kPassword = "Appl1cation!";
constexpr std::string_view kAccepted = R"({"error":null,"success":true})";

class Users : public ::testing::Test {
 protected:
  HttpAnswer as_root(std::string_view method, const std::string& target, std::string_view body = {},
                     HttpFields fields = {}) {
    return gateway_.request(method, target, gateway_.as("root", std::move(fields)), body);
  }
  HttpAnswer put(const std::string& name, std::string_view body, HttpFields fields = {}) {
    return as_root("PUT", "/users/" + name, body, std::move(fields));
  }
  HttpAnswer patch(const std::string& name, std::string_view body, HttpFields fields = {}) {
    return as_root("PATCH", "/users/" + name, body, std::move(fields));
  }
  HttpAnswer get(const std::string& name) { return as_root("GET", "/users/" + name); }
  HttpAnswer remove(const std::string& name, HttpFields fields = {}) {
    return as_root("DELETE", "/users/" + name, "", std::move(fields));
  }
  HttpAnswer produce(const std::string& authorization, const std::string& station = "orders") {
    return gateway_.request("POST", "/stations/" + station + "/produce/single", {{"Authorization", authorization}},
                            "x");
  }
  HttpAnswer log_in(const std::string& user, const std::string& password) {
    return gateway_.request("POST", "/auth/authenticate", {},
                            R"({"username":")" + user + R"(","password":")" + password + "\"}");
  }
  static std::string basic(const std::string& pair) {
    return "Basic " + json::to_base64(pair, json::Base64::kStandard);
  }

  TestGateway gateway_;
};

TEST_F(Users, AreMadeReadChangedAndRemoved) {
  const std::string made =
      R"({"name":"bob","role":"client","permissions":[{"stations":["orders.*","*"],"actions":["produce","consume"]}],)"
      R"("description":"B")";
  const auto first =
      expect_document(put("bob", R"({"password":"long enough","permissions":[{"stations":["Orders.*","*"],)"
                                 R"("actions":["consume","produce","consume"]}],"description":"B"})"),
                      201, made);
  EXPECT_EQ(expect_document(get("bob"), 200, made), first);
  EXPECT_EQ(log_in("bob", "long enough").status, 200);

  const auto second = expect_document(put("bob", R"({"description":"C","role":"admin"})"), 200,
                                      R"({"name":"bob","role":"admin","permissions":[{"stations":["orders.*","*"],)"
                                      R"("actions":["produce","consume"]}],"description":"C")");
  EXPECT_NE(second, first);
  expect_document(patch("bob", R"({"permissions":null,"role":null,"description":null})"), 200,
                  R"({"name":"bob","role":"client","description":"")");
  expect_document(patch("bob", R"({"permissions":[]})"), 200,
                  R"({"name":"bob","role":"client","permissions":[],"description":"")");

  const auto gone = remove("bob");
  EXPECT_EQ(gone.status, 204);
  EXPECT_EQ(gone.body, "");
  expect_error(remove("bob"), {404, "user_not_found", "There is no user \"bob\"."});
  expect_error(get("bob"), {404, "user_not_found", "There is no user \"bob\"."});
  expect_error(patch("bob", "{}"), {404, "user_not_found", "There is no user \"bob\"."});
}

TEST_F(Users, HeadAndOtherMethodsOfTheirPaths) {
  HttpClient client(gateway_.port());
  client.send("HEAD /users/app HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer " + gateway_.token("root") + "\r\n\r\n");
  EXPECT_EQ(client.receive(Expect::kNoBody).status, 200);
  const auto answer = as_root("POST", "/users/app", "{}");
  EXPECT_EQ(answer.status, 405);
  EXPECT_EQ(answer.field("Allow"), "GET, HEAD, PUT, PATCH, DELETE");
  EXPECT_EQ(as_root("DELETE", "/users").field("Allow"), "GET, HEAD");
}

TEST_F(Users, APutThatChangesNothingKeepsTheRevision) {
  const auto made = put("bob", R"({"password":"long enough","permissions":[]})");
  for (const std::string_view body :
       {"", "{}", R"({"password":"long enough"})", R"({"permissions":[]})", R"({"permissions":null,"role":null})",
        R"({"role":"client","description":"","password":null})"}) {
    const auto again = put("bob", body);
    EXPECT_EQ(again.status, 200) << body;
    EXPECT_EQ(again.body, made.body) << body;
  }
  EXPECT_EQ(patch("bob", R"({"role":null})").body, made.body);
}

TEST_F(Users, RefusesBodiesThatAreNotWhatTheySeem) {
  struct Case {
    std::string body;
    std::string code;
    std::string text;
  };
  const std::vector<Case> cases = {
      {"", "invalid_request", "The field \"password\" is required for a new user."},
      {R"({"role":"client"})", "invalid_request", "The field \"password\" is required for a new user."},
      {R"({"password":null})", "invalid_request", "The field \"password\" is required for a new user."},
      {R"({"password":"1234567"})", "invalid_request", "The field \"password\" must have at least 8 characters."},
      {R"({"password":12345678})", "invalid_request", "The field \"password\" must be a string."},
      {R"({"pasword":"long enough"})", "invalid_request",
       "The field \"pasword\" is not known here; known are \"password\", \"role\", \"permissions\" or "
       "\"description\"."},
      {R"({"password":"long enough","role":"root"})", "invalid_request",
       "The field \"role\" must be \"admin\" or \"client\"."},
      {R"({"password":"long enough","permissions":{}})", "invalid_request",
       "The field \"permissions\" must be an array."},
      {R"({"password":"long enough","permissions":["*"]})", "invalid_request",
       "The field \"permissions[0]\" must be an object."},
      {R"({"password":"long enough","permissions":[{"stations":["*"]}]})", "invalid_request",
       "The field \"permissions[0].actions\" is required."},
      {R"({"password":"long enough","permissions":[{"actions":[]},{}]})", "invalid_request",
       "The field \"permissions[0].stations\" is required."},
      {R"({"password":"long enough","permissions":[{"stations":[],"actions":["read"]}]})", "invalid_request",
       "The field \"permissions[0].actions[0]\" must be \"produce\" or \"consume\"."},
      {R"({"password":"long enough","permissions":[{"stations":["a","b?"],"actions":[]}]})", "invalid_name",
       "permissions[0].stations[1]: Only alphanumeric and the '_', '-', '.' characters are allowed in Station"},
      {R"({"password":"long enough","permissions":[{"station":["a"],"actions":[]}]})", "invalid_request",
       "The field \"permissions[0].station\" is not known here; known are \"stations\" or \"actions\"."},
      {"[]", "invalid_request", "It is a JSON array where a JSON object is wanted, at byte 0"},
  };
  for (const auto& c : cases) {
    const auto answer = put("bob", c.body);
    EXPECT_EQ(answer.status, 400) << c.body;
    EXPECT_EQ(json_member(answer.body, "code"), c.code) << c.body;
    EXPECT_EQ(json_member(answer.body, "error"), c.text) << c.body;
  }
  EXPECT_EQ(get("bob").status, 404);
  expect_error(patch("app", R"({"password":null})"),
               {400, "invalid_request", "The field \"password\" cannot be null: a user always has one."});
  EXPECT_EQ(log_in("app", kPassword).status, 200);
}

TEST_F(Users, ExistenceComesBeforeTheBody) {
  EXPECT_EQ(patch("nobody", "rubbish").status, 404);
  EXPECT_EQ(patch("app", "rubbish").status, 400);
}

TEST_F(Users, NamesAreComparedAsWrittenAndJudgedFirst) {
  EXPECT_EQ(put("Bob@example.com", R"({"password":"long enough"})").status, 201);
  EXPECT_EQ(get("bob@example.com").status, 404);
  EXPECT_EQ(get("Bob%40example.com").status, 200);
  for (const std::string name : {"bob$2", "a%20b", "%C3%A9", "a*"}) {
    EXPECT_EQ(json_member(put(name, "{}").body, "code"), "invalid_name") << name;
    EXPECT_EQ(gateway_.request("PUT", "/users/" + name).status, 400) << name;
  }
}

TEST_F(Users, ChangeOnlyUnderTheirPreconditions) {
  const auto failed = [](const HttpAnswer& answer) { return answer.status == 412; };
  EXPECT_TRUE(failed(put("bob", R"({"password":"long enough"})", {{"If-Match", "*"}})));
  EXPECT_TRUE(failed(put("bob", R"({"password":"long enough"})", {{"If-Match", "\"1\""}})));
  const auto made = put("bob", R"({"password":"long enough"})", {{"If-None-Match", "*"}});
  ASSERT_EQ(made.status, 201);
  expect_error(
      put("bob", "{}", {{"If-None-Match", "*"}}),
      {412, "precondition_failed", "User bob exists, with revision " + json_member(made.body, "revision") + "."});
  const std::string first = made.field("ETag");
  const auto changed = put("bob", R"({"description":"1"})", {{"If-Match", first}});
  ASSERT_EQ(changed.status, 200);
  EXPECT_TRUE(failed(put("bob", R"({"description":"2"})", {{"If-Match", first}})));
  EXPECT_TRUE(failed(patch("bob", R"({"description":"2"})", {{"If-Match", first}})));
  EXPECT_TRUE(failed(remove("bob", {{"If-Match", first}})));
  EXPECT_EQ(json_member(get("bob").body, "description"), "1");
  for (const std::string malformed : {"1", "\"x\"", "W/\"1\"", "\"1\", \"2\""}) {
    EXPECT_EQ(put("bob", "{}", {{"If-Match", malformed}}).status, 400) << malformed;
    EXPECT_EQ(patch("bob", "{}", {{"If-Match", malformed}}).status, 400) << malformed;
    EXPECT_EQ(remove("bob", {{"If-Match", malformed}}).status, 400) << malformed;
  }
  EXPECT_EQ(remove("nobody", {{"If-Match", "\"1\""}}).status, 404);
  EXPECT_EQ(remove("bob", {{"If-Match", changed.field("ETag")}}).status, 204);
}

TEST_F(Users, AreListedByPages) {
  gateway_.add_user({.account = AccountId{2}, .name = "foreign"});
  std::string names;
  std::string target = "/users?limit=3";
  for (int pages = 0; pages < 3; ++pages) {
    const auto page = as_root("GET", target);
    ASSERT_EQ(page.status, 200) << page.body;
    EXPECT_EQ(page.body.find("password"), std::string::npos);
    EXPECT_EQ(page.body.find("argon2"), std::string::npos);
    for (std::size_t at = 0; (at = page.body.find("\"name\":\"", at)) != std::string::npos; ++at)
      names += page.body.substr(at + 8, page.body.find('"', at + 8) - at - 8) + " ";
    const std::string next = json_member(page.body, "next");
    if (next == "null" || next.empty()) break;
    target = "/users?limit=3&after=" + next;
  }
  EXPECT_EQ(names, "app reader root writer ");
  const auto some = as_root("GET", "/users?prefix=r&limit=1");
  EXPECT_TRUE(some.body.starts_with(R"({"items":[{"name":"reader","role":"client","permissions":)")) << some.body;
  EXPECT_EQ(as_root("GET", "/users?prefix=zz").body, R"({"items":[],"next":null})");
  for (const std::string query : {"limit=0", "limit=1001", "after=%2A", "after=*"})
    EXPECT_EQ(as_root("GET", "/users?" + query).status, 400) << query;
}

TEST_F(Users, AChangedPasswordEndsTokensAndBasicPairsOnTheNextRequest) {
  const std::string token = "Bearer " + gateway_.token("app");
  const std::string old_pair = basic(std::string("app:") + kPassword);
  ASSERT_EQ(produce(token).body, kAccepted);
  ASSERT_EQ(produce(old_pair).body, kAccepted);
  ASSERT_EQ(patch("app", R"({"password":"another one"})").status, 200);
  EXPECT_EQ(produce(token).status, 401);
  EXPECT_EQ(produce(old_pair).status, 401);
  const auto refreshed = gateway_.request("POST", "/auth/refreshToken", {},
                                          R"({"jwt_refresh_token":")" + gateway_.refresh_token("app") + "\"}");
  EXPECT_EQ(refreshed.status, 401);
  EXPECT_EQ(log_in("app", kPassword).status, 401);
  EXPECT_EQ(produce(basic("app:another one")).body, kAccepted);
}

TEST_F(Users, ChangedPermissionsActOnTheNextRequestAndKeepTokens) {
  const std::string pair = basic(std::string("app:") + kPassword);
  for (const auto& credentials : {"Bearer " + gateway_.token("app"), pair}) {
    ASSERT_EQ(produce(credentials).body, kAccepted);
    ASSERT_EQ(patch("app", R"({"permissions":[{"stations":["other"],"actions":["produce"]}]})").status, 200);
    EXPECT_EQ(produce(credentials).status, 403);
    EXPECT_EQ(produce(credentials, "other").body, kAccepted);
    ASSERT_EQ(patch("app", R"({"permissions":[]})").status, 200);
    EXPECT_EQ(produce(credentials, "other").status, 403);
    ASSERT_EQ(patch("app", R"({"permissions":null})").status, 200);
    EXPECT_EQ(produce(credentials).body, kAccepted);
  }
}

TEST_F(Users, AChangedRoleActsOnTheNextRequestAndKeepsTokens) {
  const HttpFields app = gateway_.as("app");
  EXPECT_EQ(gateway_.request("GET", "/users", app).status, 403);
  ASSERT_EQ(patch("app", R"({"role":"admin"})").status, 200);
  EXPECT_EQ(gateway_.request("GET", "/users", app).status, 200);
  ASSERT_EQ(patch("app", R"({"role":"client"})").status, 200);
  EXPECT_EQ(gateway_.request("GET", "/users", app).status, 403);
}

TEST_F(Users, ARemovedUsersCredentialsEndAndDoNotComeBackWithTheName) {
  const std::string token = "Bearer " + gateway_.token("app");
  const std::string pair = basic(std::string("app:") + kPassword);
  ASSERT_EQ(produce(token).status, 200);
  ASSERT_EQ(produce(pair).status, 200);
  ASSERT_EQ(remove("app").status, 204);
  EXPECT_EQ(produce(token).status, 401);
  EXPECT_EQ(produce(pair).status, 401);
  ASSERT_EQ(put("app", R"({"password":"another one"})").status, 201);
  EXPECT_EQ(produce(token).status, 401);
  EXPECT_EQ(produce(pair).status, 401);
}

TEST_F(Users, TheLastAdministratorStays) {
  for (const auto& answer : {remove("root"), patch("root", R"({"role":"client"})"), patch("root", R"({"role":null})"),
                             put("root", R"({"role":"client"})")}) {
    expect_error(answer,
                 {409, "conflict", "\"root\" is the last administrator of the account; make another one first."});
  }
  ASSERT_EQ(patch("app", R"({"role":"admin"})").status, 200);
  EXPECT_EQ(remove("root").status, 204) << "an administrator may remove himself when another one is there";
  EXPECT_EQ(gateway_.request("GET", "/users", gateway_.as("root")).status, 401);
  EXPECT_EQ(gateway_.request("DELETE", "/users/app", gateway_.as("app")).status, 409);
}

TEST_F(Users, OfAnotherAccountAreInvisible) {
  gateway_.add_user({.account = AccountId{2}, .name = "boss", .role = auth::Role::kAdmin});
  const HttpFields boss = gateway_.as("boss$2");
  EXPECT_EQ(gateway_.request("GET", "/users/app", boss).status, 404);
  EXPECT_EQ(gateway_.request("DELETE", "/users/app", boss).status, 404);
  EXPECT_EQ(gateway_.request("PATCH", "/users/app", boss, "{}").status, 404);
  ASSERT_EQ(gateway_.request("PUT", "/users/app", boss, R"({"password":"another one","role":"admin"})").status, 201);
  EXPECT_EQ(json_member(get("app").body, "role"), "client");
  EXPECT_EQ(get("boss").status, 404);
  EXPECT_EQ(log_in("app", kPassword).status, 200);
  EXPECT_EQ(log_in("app$2", "another one").status, 200);
}

TEST_F(Users, PasswordsComeNeitherBackNorIntoTheLog) {
  const std::string secret = "5ecret-that-nobody-sees";
  const auto made = put("bob", R"({"password":")" + secret + "\"}");
  put("bob", R"({"password":")" + secret + R"(","role":1})");
  put("bob", R"({"password":")" + secret + R"(",})");
  for (const auto& answer : {made, get("bob"), as_root("GET", "/users")}) {
    EXPECT_EQ(answer.body.find(secret), std::string::npos);
    EXPECT_EQ(answer.body.find("argon2"), std::string::npos);
  }
  remove("bob");
  const std::string log = gateway_.log();
  EXPECT_EQ(log.find(secret), std::string::npos);
  EXPECT_EQ(log.find("argon2"), std::string::npos);
  EXPECT_NE(log.find("user created"), std::string::npos) << log;
  EXPECT_NE(log.find("user removed"), std::string::npos) << log;
}

TEST_F(Users, AreAsTheyWereWhenTheCatalogFails) {
  gateway_.token("root");
  gateway_.catalog().fail_next_change({ErrorCode::kIo, "/var/lib: the disk", "", 0});
  const auto answer = put("bob", R"({"password":"long enough"})");
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.body.find("/var/lib"), std::string::npos);
  EXPECT_EQ(get("bob").status, 404);
}

}  // namespace
}  // namespace propylon::testing

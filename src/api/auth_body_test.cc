#include "api/auth_body.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace propylon::api {
namespace {

constexpr std::string_view kJson = "application/json";
constexpr std::string_view kForm = "application/x-www-form-urlencoded; charset=utf-8";

TEST(AuthBody, ReadsEveryFieldOfJson) {
  const auto fields =
      read_auth_fields(kJson, R"({"username":"bob$2","password":"p","account_id":3.0,"foo":1,)"
                              R"("token_expiry_in_minutes":10000092,"refresh_token_expiry_in_minutes":-1,)"
                              R"("jwt_refresh_token":"t"})");
  ASSERT_TRUE(fields);
  EXPECT_EQ(fields->username, "bob$2");
  EXPECT_EQ(fields->password.reveal(), "p");
  EXPECT_EQ(fields->account, AccountId{3});
  EXPECT_EQ(fields->lifetimes.access_min, 10000092);
  EXPECT_EQ(fields->lifetimes.refresh_min, -1);
  EXPECT_EQ(fields->refresh_token, "t");
}

TEST(AuthBody, ReadsJsonWhateverItsType) {
  for (const std::string_view type :
       {"", "text/plain", "application/vnd.x+json", "application/x-www-form-urlencoded"}) {
    const auto fields = read_auth_fields(type, R"( {"username":"root"})");
    ASSERT_TRUE(fields) << type;
    EXPECT_EQ(fields->username, "root") << type;
  }
}

TEST(AuthBody, ReadsForms) {
  const auto fields =
      read_auth_fields(kForm, "username=ro%6ft&password=a+b%26&account_id=2&token_expiry_in_minutes=60");
  ASSERT_TRUE(fields);
  EXPECT_EQ(fields->username, "root");
  EXPECT_EQ(fields->password.reveal(), "a b&");
  EXPECT_EQ(fields->account, AccountId{2});
  EXPECT_EQ(fields->lifetimes.access_min, 60);
}

TEST(AuthBody, NullAndAbsentFieldsAreEmpty) {
  for (const std::string_view body : {"null", "{}", R"({"username":null,"account_id":null})"}) {
    const auto fields = read_auth_fields(kJson, body);
    ASSERT_TRUE(fields) << body;
    EXPECT_EQ(fields->username, "");
    EXPECT_TRUE(fields->password.empty());
    EXPECT_EQ(fields->account, AccountId{});
  }
}

TEST(AuthBody, TakesAConnectionTokenAsPassword) {
  for (const std::string_view body : {R"({"connection_token":"t"})", R"({"connection_token":"t","password":"t"})",
                                      R"({"connection_token":"","password":"t"})"}) {
    auto fields = read_auth_fields(kJson, body);
    ASSERT_TRUE(fields) << body;
    EXPECT_EQ(password_of(*fields)->reveal(), "t") << body;
  }
}

TEST(AuthBody, RefusesAPasswordAndAnotherConnectionToken) {
  auto fields = read_auth_fields(kJson, R"({"connection_token":"t","password":"u"})");
  ASSERT_TRUE(fields);
  const auto password = password_of(*fields);
  ASSERT_FALSE(password);
  EXPECT_EQ(password.error().code, ErrorCode::kInvalidRequest);
  EXPECT_EQ(password.error().message, "password and connection_token mean the same and are sent with different values");
}

TEST(AuthBody, SaysWhatIsWrongWithABodyThatItRefuses) {
  constexpr auto kField = ErrorCode::kInvalidRequest;
  struct Case {
    std::string_view type;
    std::string_view body;
    ErrorCode code;
    std::string_view text;
  };
  const std::vector<Case> cases = {
      {kJson, "", ErrorCode::kInvalidJson, "It ends too early at byte 0"},
      {kJson, "hello", ErrorCode::kInvalidJson, "It is not valid JSON at byte 0"},
      {kJson, "[]", kField, "The body must be a JSON object."},
      {kJson, "\"x\"", kField, "The body must be a JSON object."},
      {kJson, "{\"username\":\"root\"} x", ErrorCode::kInvalidJson, "It is not valid JSON at byte 20"},
      {kJson, "\xef\xbb\xbf{\"username\":root}", ErrorCode::kInvalidJson, "It is not valid JSON at byte 15"},
      {kJson, R"({"username":5})", kField, R"(The field "username" must be a string.)"},
      {kJson, R"({"password":5})", kField, R"(The field "password" must be a string.)"},
      {kJson, R"({"connection_token":5})", kField, R"(The field "connection_token" must be a string.)"},
      {kJson, R"({"account_id":"1"})", kField, R"(The field "account_id" must be an integer.)"},
      {kJson, R"({"account_id":1.7})", kField, R"(The field "account_id" must be an integer of at most 64 bits.)"},
      {kJson, R"({"account_id":-1})", kField, R"(The field "account_id" must be a positive integer.)"},
      {kJson, R"({"token_expiry_in_minutes":"60"})", kField,
       R"(The field "token_expiry_in_minutes" must be an integer.)"},
      {kJson, R"({"token_expiry_in_minutes":1.5})", kField,
       R"(The field "token_expiry_in_minutes" must be an integer of at most 64 bits.)"},
      {kJson, R"({"token_expiry_in_minutes":true})", kField,
       R"(The field "token_expiry_in_minutes" must be an integer.)"},
      {kJson, R"({"token_expiry_in_minutes":9223372036854775808})", kField,
       R"(The field "token_expiry_in_minutes" must be an integer of at most 64 bits.)"},
      {kJson, R"({"jwt_refresh_token":5})", kField, R"(The field "jwt_refresh_token" must be a string.)"},
      {kForm, "account_id=x", kField, R"(The field "account_id" must be an integer.)"},
      {kForm, "username=%zz", kField, R"(The field "username" must be escaped as in a form.)"},
  };
  for (const auto& c : cases) {
    const auto fields = read_auth_fields(c.type, c.body);
    ASSERT_FALSE(fields) << c.body;
    EXPECT_EQ(fields.error().code, c.code) << c.body;
    EXPECT_EQ(fields.error().message, c.text) << c.body;
  }
}

TEST(AuthBody, AnswersExactlyFourMembers) {
  const auto response = token_response({"a.b.c", "d.e.f", 900'000, 18'000'000});
  EXPECT_EQ(response.status(), 200);
  EXPECT_EQ(response.body(),
            R"({"expires_in":900000,"jwt":"a.b.c","jwt_refresh_token":"d.e.f","refresh_token_expires_in":18000000})");
  EXPECT_EQ(response.headers(), "Cache-Control: no-store\r\n");
}

}  // namespace
}  // namespace propylon::api

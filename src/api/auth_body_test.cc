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
  EXPECT_EQ(read_auth_fields(kJson, R"({"connection_token":"t"})")->password.reveal(), "t");
  EXPECT_EQ(read_auth_fields(kJson, R"({"connection_token":"t","password":"t"})")->password.reveal(), "t");
}

TEST(AuthBody, RefusesAPasswordAndAnotherConnectionToken) {
  const auto fields = read_auth_fields(kJson, R"({"connection_token":"t","password":"u"})");
  ASSERT_FALSE(fields);
  EXPECT_EQ(fields.error().code, ErrorCode::kInvalidRequest);
  EXPECT_EQ(fields.error().message, "password and connection_token mean the same and are sent with different values");
}

TEST(AuthBody, RefusesWithTheReferencesText) {
  const std::vector<std::pair<std::string_view, std::string_view>> cases = {
      {kJson, ""},
      {kJson, "hello"},
      {kJson, "[]"},
      {kJson, "\"x\""},
      {kJson, "{\"username\":\"root\"} x"},
      {kJson, "\xef\xbb\xbf{\"username\":\"root\"}"},
      {kJson, R"({"username":5})"},
      {kJson, R"({"password":5})"},
      {kJson, R"({"connection_token":5})"},
      {kJson, R"({"account_id":"1"})"},
      {kJson, R"({"account_id":1.7})"},
      {kJson, R"({"account_id":-1})"},
      {kJson, R"({"token_expiry_in_minutes":"60"})"},
      {kJson, R"({"token_expiry_in_minutes":1.5})"},
      {kJson, R"({"token_expiry_in_minutes":true})"},
      {kJson, R"({"token_expiry_in_minutes":9223372036854775808})"},
      {kJson, R"({"jwt_refresh_token":5})"},
      {kForm, "account_id=x"},
      {kForm, "username=%zz"},
  };
  for (const auto& [type, body] : cases) {
    const auto fields = read_auth_fields(type, body);
    ASSERT_FALSE(fields) << body;
    EXPECT_EQ(fields.error().code, ErrorCode::kInvalidRequest);
    EXPECT_EQ(fields.error().message,
              "Some of your fields are not valid it is usually because you are missing some fields or you are sending "
              "wrong data types, also please notice that account_id field should be sent as a number rather than a "
              "string")
        << body;
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

#include "auth/credentials.h"

#include <gtest/gtest.h>

#include "json/base64.h"

namespace propylon::auth {
namespace {

TEST(ParseAuthorization, TakesWhatClientsSend) {
  using enum Authorization::Scheme;
  const std::tuple<const char*, Authorization::Scheme, const char*> cases[] = {
      {"Bearer x.y.z", kBearer, "x.y.z"}, {"Bearer: x", kBearer, "x"},     {"bearer x", kBearer, "x"},
      {"BEARER  \t x  ", kBearer, "x"},   {"  Bearer:   x", kBearer, "x"}, {"Basic YTpi", kBasic, "YTpi"},
      {"bAsIc: YTpi", kBasic, "YTpi"},
  };
  for (const auto& [header, scheme, value] : cases) {
    const auto parsed = parse_authorization(header);
    ASSERT_TRUE(parsed) << header;
    EXPECT_EQ(parsed->scheme, scheme) << header;
    EXPECT_EQ(parsed->value, value) << header;
  }
}

TEST(ParseAuthorization, RefusesEverythingElse) {
  for (const char* header :
       {"", " ", "Bearer", "Bearer ", "Bearer: ", "x.y.z", "Foo x", "Bearer::  x", "Bearerx y", "Digest a=b", ": x"}) {
    EXPECT_FALSE(parse_authorization(header)) << header;
  }
}

TEST(DecodeBasic, SplitsAtTheFirstColon) {
  const auto encode = [](std::string_view text) { return json::to_base64(text, json::Base64::kStandard); };
  const auto plain = decode_basic(encode("bob$2:pa:ss"));
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->user, "bob$2");
  EXPECT_EQ(plain->password.reveal(), "pa:ss");
  const auto empty = decode_basic(encode("bob:"));
  ASSERT_TRUE(empty);
  EXPECT_TRUE(empty->password.empty());
  EXPECT_FALSE(decode_basic(encode("no colon")));
  EXPECT_FALSE(decode_basic("not base64!"));
  EXPECT_FALSE(decode_basic("Ym9iOng"));
  EXPECT_FALSE(decode_basic(""));
}

TEST(ResolveUser, TakesBodyThenQueryThenNameThenOne) {
  const std::tuple<const char*, std::uint64_t, std::uint64_t, const char*, std::uint64_t> cases[] = {
      {"bob", 0, 0, "bob", 1},
      {"bob$3", 0, 0, "bob", 3},
      {"bob", 0, 4, "bob", 4},
      {"bob$3", 0, 4, "bob", 4},
      {"bob$3", 5, 4, "bob", 5},
      {"bob$0", 0, 0, "bob", 1},
      {"$3", 0, 0, "", 3},
      {"", 0, 0, "", 1},
      {"bob$9223372036854775807", 0, 0, "bob", 9223372036854775807ull},
  };
  for (const auto& [name, body, query, expected_name, expected_account] : cases) {
    const auto user = resolve_user(name, AccountId{body}, AccountId{query});
    ASSERT_TRUE(user) << name;
    EXPECT_EQ(user->name, expected_name) << name;
    EXPECT_EQ(user->account.value, expected_account) << name;
  }
  for (const char* name : {"bob$", "bob$x", "bob$-1", "bob$1x", "bob$2$3", "bob$ 2", "bob$9223372036854775808"}) {
    const auto user = resolve_user(name, {}, {});
    ASSERT_FALSE(user) << name;
    EXPECT_EQ(user.error().code, ErrorCode::kInvalidRequest);
    EXPECT_EQ(user.error().field, "username");
  }
}

TEST(ParseAccount, RefusesWhatIsNoPositiveInteger) {
  EXPECT_EQ(parse_account("2", "accountId")->value, 2u);
  EXPECT_EQ(parse_account("0", "accountId")->value, 0u);
  for (const char* text : {"", "-1", "1.5", "x", "+1", "0x1"}) {
    const auto account = parse_account(text, "accountId");
    ASSERT_FALSE(account) << text;
    EXPECT_EQ(account.error().code, ErrorCode::kInvalidRequest);
    EXPECT_EQ(account.error().field, "accountId");
  }
}

}  // namespace
}  // namespace propylon::auth

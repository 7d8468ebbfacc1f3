#include "auth/jwt.h"

#include <gtest/gtest.h>
#include <sodium.h>

#include <random>

#include "core/long_tests.h"
#include "json/base64.h"

namespace propylon::auth {
namespace {

constexpr std::int64_t kNow = 1'767'225'600;

TokenKeys keys() { return {.access = Secret("access key"), .refresh = Secret("refresh key")}; }

Claims claims(TokenType type = TokenType::kAccess) {
  return {.subject = "bob",
          .account = AccountId{2},
          .issued_at_s = kNow,
          .expires_at_s = kNow + 900,
          .id = "id",
          .type = type,
          .user_id = 5,
          .token_version = 3};
}

std::string encoded(std::string_view text) { return json::to_base64(text, json::Base64::kUrl); }

// Known from outside this program: HMAC-SHA256 with the key "access key" over the two parts before, computed with
// Python's hmac module.
constexpr std::string_view kKnownToken =
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
    "eyJzdWIiOiJib2IiLCJhY2MiOjIsImlhdCI6MTc2NzIyNTYwMCwiZXhwIjoxNzY3MjI2NTAwLCJqdGkiOiJpZCIsInR5cCI6ImFjY2VzcyIsInVpZC"
    "I6NSwidmVyIjozfQ."
    "1Za8MqHWwfFVRdqmwPVIIrAbSfNCI4kmySgS3frjEqM";

// A token with a good signature under a header and with claims of one's own.
std::string forged(std::string_view header, std::string_view body, std::string_view key = "access key") {
  const std::string text = encoded(header) + "." + encoded(body);
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, reinterpret_cast<const unsigned char*>(key.data()), key.size());
  crypto_auth_hmacsha256_update(&state, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  std::string mac(crypto_auth_hmacsha256_BYTES, '\0');
  crypto_auth_hmacsha256_final(&state, reinterpret_cast<unsigned char*>(mac.data()));
  return text + "." + encoded(mac);
}

TEST(TokenCodec, WritesTheKnownToken) {
  const TokenCodec codec(keys());
  EXPECT_EQ(codec.issue(claims()), kKnownToken);
}

TEST(TokenCodec, ReadsBackWhatItIssued) {
  const TokenCodec codec(keys());
  for (const TokenType type : {TokenType::kAccess, TokenType::kRefresh}) {
    const auto read = codec.verify(codec.issue(claims(type)), type, kNow);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->subject, "bob");
    EXPECT_EQ(read->account, AccountId{2});
    EXPECT_EQ(read->issued_at_s, kNow);
    EXPECT_EQ(read->expires_at_s, kNow + 900);
    EXPECT_EQ(read->id, "id");
    EXPECT_EQ(read->type, type);
    EXPECT_EQ(read->user_id, 5u);
    EXPECT_EQ(read->token_version, 3u);
  }
}

void expect_refused(const TokenCodec& codec, std::string_view token, TokenType type = TokenType::kAccess,
                    std::int64_t now = kNow) {
  const auto result = codec.verify(token, type, now);
  ASSERT_FALSE(result) << token;
  EXPECT_EQ(result.error().code, ErrorCode::kUnauthorized);
}

TEST(TokenCodec, RefusesATokenFromTheSecondAtWhichItExpires) {
  const TokenCodec codec(keys());
  const std::string token = codec.issue(claims());
  EXPECT_TRUE(codec.verify(token, TokenType::kAccess, kNow + 899));
  expect_refused(codec, token, TokenType::kAccess, kNow + 900);
  expect_refused(codec, token, TokenType::kAccess, kNow + 1'000'000);
}

TEST(TokenCodec, TakesNoTypeForTheOther) {
  const TokenCodec codec(keys());
  expect_refused(codec, codec.issue(claims(TokenType::kRefresh)), TokenType::kAccess);
  expect_refused(codec, codec.issue(claims(TokenType::kAccess)), TokenType::kRefresh);
  const TokenCodec same_keys({.access = Secret("k"), .refresh = Secret("k")});
  expect_refused(same_keys, same_keys.issue(claims(TokenType::kRefresh)), TokenType::kAccess);
  expect_refused(same_keys, same_keys.issue(claims(TokenType::kAccess)), TokenType::kRefresh);
}

TEST(TokenCodec, RefusesAnotherKey) {
  const TokenCodec other({.access = Secret("access kez"), .refresh = Secret("refresh key")});
  expect_refused(other, TokenCodec(keys()).issue(claims()));
}

TEST(TokenCodec, RefusesAChangeOfAnyByte) {
  const TokenCodec codec(keys());
  const std::string token = codec.issue(claims());
  for (std::size_t i = 0; i < token.size(); ++i) {
    for (const int flip : {1, 2, 4, 8, 16, 32, 64, 128}) {
      std::string changed = token;
      changed[i] = static_cast<char>(changed[i] ^ flip);
      expect_refused(codec, changed);
    }
    expect_refused(codec, token.substr(0, i));
    expect_refused(codec, token.substr(i + 1));
    expect_refused(codec, token.substr(0, i) + token[i] + token.substr(i));
  }
  for (const char* tail : {"=", ".", " ", "A", "\n"}) expect_refused(codec, token + tail);
}

TEST(TokenCodec, PinsTheAlgorithm) {
  const TokenCodec codec(keys());
  const std::string body =
      R"({"sub":"bob","acc":2,"iat":1,"exp":99999999999,"jti":"i","typ":"access","uid":5,"ver":3})";
  EXPECT_TRUE(codec.verify(forged(R"({"alg":"HS256","typ":"JWT"})", body), TokenType::kAccess, kNow));
  EXPECT_TRUE(codec.verify(forged(R"({ "typ" : "JWT", "alg" : "HS256" })", body), TokenType::kAccess, kNow));
  EXPECT_TRUE(codec.verify(forged(R"({"alg":"HS256"})", body), TokenType::kAccess, kNow));
  for (const char* header :
       {R"({"alg":"none","typ":"JWT"})", R"({"alg":"None"})", R"({"alg":"HS384","typ":"JWT"})",
        R"({"alg":"HS512","typ":"JWT"})", R"({"alg":"RS256","typ":"JWT"})", R"({"alg":"ES256"})", R"({"alg":"hs256"})",
        R"({"alg":""})", R"({"alg":null})", R"({"alg":["HS256"]})", R"({"typ":"JWT"})",
        R"({"alg":"HS256","typ":"JWE"})", R"({"alg":"HS256","crit":["x"]})", R"({"alg":"HS256","kid":"1"})",
        R"({"alg":"HS256","alg":"none"})", "[]", "\"HS256\"", "{", ""}) {
    expect_refused(codec, forged(header, body));
  }
  const std::string unsigned_token = encoded(R"({"alg":"none"})") + "." + encoded(body) + ".";
  expect_refused(codec, unsigned_token);
  expect_refused(codec, encoded(R"({"alg":"HS256","typ":"JWT"})") + "." + encoded(body) + ".");
}

TEST(TokenCodec, RefusesClaimsThatAreMissingOrOfAnotherType) {
  const TokenCodec codec(keys());
  const std::string header = R"({"alg":"HS256","typ":"JWT"})";
  const std::pair<std::string, std::string> members[] = {
      {"sub", "\"bob\""}, {"acc", "2"},          {"iat", "1"}, {"exp", "99999999999"},
      {"jti", "\"i\""},   {"typ", "\"access\""}, {"uid", "5"}, {"ver", "3"}};
  for (const auto& [changed, right] : members) {
    for (const std::string& value : {std::string(), std::string("null"), std::string("-1"), std::string("1.5"),
                                     std::string("{}"), std::string("true")}) {
      std::string body = "{\"x\":0";
      for (const auto& [name, good] : members) {
        if (name != changed)
          body += ",\"" + name + "\":" + good;
        else if (!value.empty())
          body += ",\"" + name + "\":" + value;
      }
      expect_refused(codec, forged(header, body + "}"));
    }
  }
  for (const char* body : {"", "x", "[]", "{\"sub\":\"bob\"", "null"}) expect_refused(codec, forged(header, body));
}

TEST(TokenCodec, RefusesWhatIsNoToken) {
  const TokenCodec codec(keys());
  const std::string token = codec.issue(claims());
  const std::string huge =
      forged(R"({"alg":"HS256","typ":"JWT"})", std::string(kTokenBytesMax, ' ') + R"({"sub":"bob"})");
  const std::string cases[] = {"",
                               ".",
                               "..",
                               "...",
                               "a.b.c",
                               "x",
                               token + "." + token,
                               "." + token,
                               std::string(1'000'000, 'A'),
                               huge,
                               std::string("\0\0\0", 3),
                               "ey J.x.y",
                               "\xff\xfe.\xff.\xff"};
  for (const std::string& bad : cases) expect_refused(codec, bad);
}

TEST(TokenCodec, SurvivesRandomBytes) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE("PROPYLON_TEST_SEED=" + std::to_string(seed));
  std::mt19937 random(static_cast<std::uint32_t>(seed));
  const TokenCodec codec(keys());
  for (int round = 0; round < 5000; ++round) {
    std::string token(random() % 200, '\0');
    for (char& c : token) c = "ABCxyz019-_.{}\"\x80"[random() % 16];
    expect_refused(codec, token);
  }
}

TEST(LifetimeS, DefaultsAndCapsWithoutOverflow) {
  const std::tuple<std::int64_t, std::int64_t> cases[] = {{0, 900},
                                                          {-1, 900},
                                                          {INT64_MIN, 900},
                                                          {1, 60},
                                                          {60, 3600},
                                                          {6'000'000, 360'000'000},
                                                          {10'000'092, 600'005'520},
                                                          {60'000'000, 3'600'000'000},
                                                          {kLifetimeMinMax, kLifetimeMinMax * 60},
                                                          {kLifetimeMinMax + 1, kLifetimeMinMax * 60},
                                                          {INT64_MAX, kLifetimeMinMax * 60}};
  for (const auto& [asked, expected] : cases) EXPECT_EQ(lifetime_s(asked, 15), expected) << asked;
}

TEST(MakeTokenId, IsNeverTheSame) {
  EXPECT_EQ(make_token_id().size(), 22u);
  EXPECT_NE(make_token_id(), make_token_id());
}

}  // namespace
}  // namespace propylon::auth

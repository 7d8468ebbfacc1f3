#include "auth/authenticator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>

#include "catalog/memory_catalog.h"
#include "core/manual_loop.h"
#include "json/base64.h"

namespace propylon::auth {
namespace {

using catalog::Kind;
using namespace std::chrono_literals;

constexpr AccountId kOne{1};

Options cheap_options() {
  Options options;
  options.password_hash_memory_kib = 8;
  options.password_hash_passes = 1;
  options.password_hash_queue_max = 4;
  return options;
}

class AuthenticatorTest : public testing::Test {
 protected:
  AuthenticatorTest() {
    put("bob", {.token_version = 1, .password_hash = hasher_.hash(Secret("secret")).value()});
    directory_ = UserDirectory::open(catalog_).value();
    authenticator_.emplace(options_, TokenKeys{Secret("access"), Secret("refresh")}, *directory_, clock_, 2);
  }

  void put(std::string_view name, const User& user, AccountId account = kOne) {
    if (catalog_.find(Kind::kUser, account, name).value()) {
      ASSERT_TRUE(catalog_.replace(Kind::kUser, account, name, to_catalog_body(user), 0));
    } else {
      ASSERT_TRUE(catalog_.create(Kind::kUser, account, name, to_catalog_body(user)));
    }
  }
  User bob() { return *directory_->find(kOne, "bob"); }

  // Turns the loop until the task is done; the clock stands still unless `by` is given.
  template <class T>
  T finish(Task<T> task, std::chrono::milliseconds by = 0ms) {
    std::optional<T> result;
    spawn(store_result(std::move(task), result));
    loop_.turn_until([&] {
      if (!result && by.count() > 0) loop_.advance(by);
      return result.has_value();
    });
    return *std::move(result);
  }

  Result<TokenPair> login(std::string_view user, std::string_view password, Lifetimes lifetimes = {},
                          std::chrono::milliseconds by = 0ms) {
    LoginRequest request{.user = {kOne, std::string(user)},
                         .password = Secret(std::string(password)),
                         .client_address = "192.0.2.1",
                         .lifetimes = lifetimes};
    return finish(authenticator_->authenticate(loop_, std::move(request)), by);
  }
  std::optional<Result<Principal>> check(const std::string& token) {
    const std::string header = "Bearer " + token;
    return authenticator_->try_check(loop_, {.authorization = header, .query_token = {}});
  }
  bool accepts(const std::string& token) {
    const auto result = check(token);
    EXPECT_TRUE(result);
    return result && result->has_value();
  }
  static std::string basic(std::string_view pair) { return "Basic " + json::to_base64(pair, json::Base64::kStandard); }
  Result<Principal> slowly(const std::string& header) {
    return finish(authenticator_->check_slowly(loop_, {.authorization = header, .query_token = {}}, "192.0.2.1"));
  }

  // 200 logins at once; how many ended how.
  std::map<std::string, int> storm(const std::function<std::string(int)>& user) {
    std::vector<std::optional<Result<TokenPair>>> results(200);
    for (int i = 0; i < 200; ++i) {
      LoginRequest request{
          .user = {kOne, user(i)}, .password = Secret("secret"), .client_address = "192.0.2.1", .lifetimes = {}};
      spawn(
          store_result(authenticator_->authenticate(loop_, std::move(request)), results[static_cast<std::size_t>(i)]));
    }
    loop_.turn_until(
        [&] { return std::ranges::all_of(results, [](const auto& result) { return result.has_value(); }); });
    std::map<std::string, int> codes;
    for (const auto& result : results) ++codes[*result ? "good" : std::string(to_string(result->error().code))];
    return codes;
  }

  FakeClock clock_;
  ManualLoop loop_{clock_};
  ManualLoop other_loop_{clock_, 1};
  catalog::MemoryCatalog catalog_;
  const Options options_ = cheap_options();
  const PasswordHasher hasher_{{.passes = 1, .memory_kib = 8}};
  std::unique_ptr<UserDirectory> directory_;
  std::optional<Authenticator> authenticator_;
};

void expect_code(const auto& result, ErrorCode code) {
  ASSERT_FALSE(result);
  EXPECT_EQ(to_string(result.error().code), to_string(code));
}

TEST_F(AuthenticatorTest, GivesTokensForAPasswordWithTheirLifetimesInMilliseconds) {
  const auto pair = login("bob", "secret");
  ASSERT_TRUE(pair) << pair.error().message;
  EXPECT_EQ(pair->access_lifetime_ms, 15 * 60'000);
  EXPECT_EQ(pair->refresh_lifetime_ms, 300 * 60'000);
  const auto principal = check(pair->access);
  ASSERT_TRUE(principal && *principal);
  EXPECT_EQ((*principal)->name(), "bob");
  EXPECT_EQ((*principal)->account(), kOne);
  const auto long_lived = login("bob", "secret", {.access_min = 10'000'092, .refresh_min = INT64_MAX});
  EXPECT_EQ(long_lived->access_lifetime_ms, 600'005'520'000);
  EXPECT_EQ(long_lived->refresh_lifetime_ms, kLifetimeMinMax * 60'000);
  EXPECT_TRUE(accepts(long_lived->access));
}

TEST_F(AuthenticatorTest, RefusesUnknownUsersAndWrongPasswordsAlike) {
  const auto wrong = login("bob", "Secret");
  const auto unknown = login("eve", "secret");
  expect_code(wrong, ErrorCode::kUnauthorized);
  expect_code(unknown, ErrorCode::kUnauthorized);
  EXPECT_EQ(wrong.error().message, unknown.error().message);
  expect_code(login("bob", ""), ErrorCode::kUnauthorized);
  LoginRequest other_account{
      .user = {AccountId{2}, "bob"}, .password = Secret("secret"), .client_address = "", .lifetimes = {}};
  expect_code(finish(authenticator_->authenticate(loop_, std::move(other_account))), ErrorCode::kUnauthorized);
}

TEST_F(AuthenticatorTest, RefusesAnAccessTokenFromTheSecondAtWhichItExpires) {
  const auto pair = login("bob", "secret");
  EXPECT_TRUE(accepts(pair->access));
  clock_.advance(15min - 1ms);
  EXPECT_TRUE(accepts(pair->access));
  clock_.advance(1ms);
  EXPECT_FALSE(accepts(pair->access));
  EXPECT_FALSE(accepts(pair->access));
}

TEST_F(AuthenticatorTest, LooksAtTheWallClockAgainWithinAMinute) {
  const auto pair = login("bob", "secret");
  EXPECT_TRUE(accepts(pair->access));
  clock_.jump_wall(1h);
  clock_.advance(1min);
  EXPECT_FALSE(accepts(pair->access));
}

TEST_F(AuthenticatorTest, RefreshesAnExpiredAccessTokenAndKeepsTheUsedRefreshToken) {
  const auto pair = login("bob", "secret");
  clock_.advance(1h);
  EXPECT_FALSE(accepts(pair->access));
  for (int i = 0; i < 2; ++i) {
    const auto next = authenticator_->refresh(pair->refresh, {.access_min = 1, .refresh_min = 2});
    ASSERT_TRUE(next);
    EXPECT_EQ(next->access_lifetime_ms, 60'000);
    EXPECT_EQ(next->refresh_lifetime_ms, 120'000);
    EXPECT_TRUE(accepts(next->access));
  }
  clock_.advance(4h);
  expect_code(authenticator_->refresh(pair->refresh, {}), ErrorCode::kUnauthorized);
}

TEST_F(AuthenticatorTest, TakesNoTokenForAnotherKind) {
  const auto pair = login("bob", "secret");
  EXPECT_FALSE(accepts(pair->refresh));
  expect_code(authenticator_->refresh(pair->access, {}), ErrorCode::kUnauthorized);
  expect_code(authenticator_->refresh("", {}), ErrorCode::kUnauthorized);
  expect_code(authenticator_->refresh("x.y.z", {}), ErrorCode::kUnauthorized);
}

TEST_F(AuthenticatorTest, EndsAllTokensWithANewPassword) {
  const auto pair = login("bob", "secret");
  EXPECT_TRUE(accepts(pair->access));
  User user = bob();
  user.password_hash = hasher_.hash(Secret("new")).value();
  ++user.token_version;
  put("bob", user);
  EXPECT_FALSE(accepts(pair->access));
  expect_code(authenticator_->refresh(pair->refresh, {}), ErrorCode::kUnauthorized);
  expect_code(login("bob", "secret"), ErrorCode::kUnauthorized);
  EXPECT_TRUE(login("bob", "new"));
}

TEST_F(AuthenticatorTest, EndsAllTokensWithTheUserAndDoesNotReviveThemWithANewOneOfTheSameName) {
  const auto pair = login("bob", "secret");
  EXPECT_TRUE(accepts(pair->access));
  const User user = bob();
  ASSERT_TRUE(catalog_.remove(Kind::kUser, kOne, "bob", 0));
  EXPECT_FALSE(accepts(pair->access));
  expect_code(authenticator_->refresh(pair->refresh, {}), ErrorCode::kUnauthorized);
  put("bob", user);
  EXPECT_FALSE(accepts(pair->access));
  expect_code(authenticator_->refresh(pair->refresh, {}), ErrorCode::kUnauthorized);
}

TEST_F(AuthenticatorTest, KeepsTokensButActsOnANewRoleAtOnce) {
  const auto pair = login("bob", "secret");
  const auto before = check(pair->access);
  ASSERT_TRUE(before && *before);
  User user = bob();
  user.role = Role::kAdmin;
  put("bob", user);
  const auto after = check(pair->access);
  ASSERT_TRUE(after && *after);
  EXPECT_EQ((*after)->role(), Role::kAdmin);
  EXPECT_EQ((*before)->role(), Role::kClient) << "a request that runs keeps what it began with";
}

TEST_F(AuthenticatorTest, KeepsTokensWhenSomebodyElseChanges) {
  const auto pair = login("bob", "secret");
  const auto before = check(pair->access);
  put("eve", {});
  const auto after = check(pair->access);
  ASSERT_TRUE(after && *after);
  EXPECT_EQ((*after)->user, (*before)->user) << "still the same snapshot, from the cache";
}

TEST_F(AuthenticatorTest, KeepsTheCachesOfTheLoopsApart) {
  const auto pair = login("bob", "secret");
  const std::string header = "Bearer: " + pair->access;
  const auto one = authenticator_->try_check(loop_, {.authorization = header, .query_token = {}});
  const auto two = authenticator_->try_check(other_loop_, {.authorization = header, .query_token = {}});
  ASSERT_TRUE(one && *one && two && *two);
  EXPECT_NE((*one)->user, (*two)->user);
}

TEST_F(AuthenticatorTest, TakesTheQueryTokenOnlyWithoutAHeader) {
  const std::string token = login("bob", "secret")->access;
  const auto from_query = authenticator_->try_check(loop_, {.authorization = {}, .query_token = token});
  EXPECT_TRUE(from_query && *from_query);
  for (const char* header : {"Bearer x", "Bearer", "Foo x", " ", "Bearer x y", "Bearer x, Basic y"}) {
    const auto result = authenticator_->try_check(loop_, {.authorization = header, .query_token = token});
    ASSERT_TRUE(result) << header;
    expect_code(*result, ErrorCode::kUnauthorized);
  }
  const auto none = authenticator_->try_check(loop_, {});
  ASSERT_TRUE(none);
  expect_code(*none, ErrorCode::kUnauthorized);
}

TEST_F(AuthenticatorTest, HashesABasicPairOnceAndRemembersIt) {
  const std::string header = basic("bob:secret");
  EXPECT_FALSE(authenticator_->try_check(loop_, {.authorization = header, .query_token = {}}));
  const auto principal = slowly(header);
  ASSERT_TRUE(principal) << principal.error().message;
  EXPECT_EQ(principal->name(), "bob");
  for (ManualLoop* loop : {&loop_, &other_loop_}) {
    const auto remembered = authenticator_->try_check(*loop, {.authorization = header, .query_token = {}});
    ASSERT_TRUE(remembered && *remembered);
    EXPECT_EQ((*remembered)->name(), "bob");
  }
  put("eve", {});
  EXPECT_TRUE(authenticator_->try_check(loop_, {.authorization = header, .query_token = {}}))
      << "another user's change costs no hash";
}

TEST_F(AuthenticatorTest, ForgetsABasicPairWithANewPasswordOrTheUser) {
  const std::string header = basic("bob$1:secret");
  ASSERT_TRUE(slowly(header));
  User user = bob();
  ++user.token_version;
  user.password_hash = hasher_.hash(Secret("new")).value();
  put("bob", user);
  EXPECT_FALSE(authenticator_->try_check(loop_, {.authorization = header, .query_token = {}}));
  expect_code(slowly(header), ErrorCode::kUnauthorized);
  ASSERT_TRUE(slowly(basic("bob:new")));
  ASSERT_TRUE(catalog_.remove(Kind::kUser, kOne, "bob", 0));
  expect_code(slowly(basic("bob:new")), ErrorCode::kUnauthorized);
}

TEST_F(AuthenticatorTest, RefusesBadBasicCredentials) {
  for (const auto& header : {basic("bob:wrong"), basic("eve:secret"), basic("bob"), basic("bob$x:secret"),
                             basic("bob$2:secret"), basic(":"), std::string("Basic !!!"), std::string("Basic Ym9i")}) {
    expect_code(slowly(header), ErrorCode::kUnauthorized);
    EXPECT_FALSE(authenticator_->try_check(loop_, {.authorization = header, .query_token = {}}))
        << "failures are not remembered";
  }
}

TEST_F(AuthenticatorTest, HoldsBackTheFifthFailureAndRefusesTheEleventhUnheard) {
  for (int i = 0; i < 4; ++i) expect_code(login("bob", "wrong"), ErrorCode::kUnauthorized);
  const SteadyTime before = clock_.steady();
  expect_code(login("bob", "wrong", {}, 10ms), ErrorCode::kUnauthorized);
  EXPECT_GE(clock_.steady() - before, 250ms);
  for (int i = 0; i < 5; ++i) expect_code(login("bob", "wrong", {}, 100ms), ErrorCode::kUnauthorized);
  const auto refused = login("bob", "secret");
  expect_code(refused, ErrorCode::kTooManyAttempts);
  EXPECT_GE(refused.error().retry_after_s, 1u);
  EXPECT_LE(refused.error().retry_after_s, 30u);
  clock_.advance(30s);
  EXPECT_TRUE(login("bob", "secret"));
  EXPECT_TRUE(login("bob", "secret")) << "a success forgets the failures";
}

TEST_F(AuthenticatorTest, DoesNotCountBadTokens) {
  for (int i = 0; i < 50; ++i) EXPECT_FALSE(accepts("bad.token." + std::to_string(i)));
  EXPECT_TRUE(login("bob", "secret"));
}

TEST_F(AuthenticatorTest, AnswersAStormOfLoginsWithOverloadedAndGoesOn) {
  const auto codes = storm([](int) { return std::string("bob"); });
  EXPECT_GE(codes.at("good"), 4);
  EXPECT_GE(codes.at("overloaded"), 1);
  EXPECT_EQ(codes.size(), 2u);
  EXPECT_TRUE(login("bob", "secret"));
}

TEST_F(AuthenticatorTest, SendsUnknownUsersThroughTheSameQueueOfHashes) {
  const auto codes = storm([](int i) { return "eve" + std::to_string(i); });
  EXPECT_GE(codes.at("unauthorized"), 4);
  EXPECT_GE(codes.at("overloaded"), 1);
  EXPECT_EQ(codes.size(), 2u);
}

}  // namespace
}  // namespace propylon::auth

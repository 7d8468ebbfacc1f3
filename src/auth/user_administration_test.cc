#include "auth/user_administration.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <mutex>

#include "catalog/memory_catalog.h"
#include "core/manual_loop.h"

namespace propylon::auth {
namespace {

using catalog::Kind;

constexpr AccountId kOne{1};

Options cheap_options() {
  Options options;
  options.password_hash_memory_kib = 8;
  options.password_hash_passes = 1;
  return options;
}

class UserAdministrationTest : public testing::Test {
 protected:
  Result<UserPut> put(std::string_view name, UserChange change, catalog::Precondition precondition = {},
                      AccountId account = kOne) {
    UserRef who{account, std::string(name)};
    return loop_.finish(users_.put(loop_, std::move(who), std::move(change), precondition));
  }
  Result<User> patch(std::string_view name, UserChange change, catalog::Precondition precondition = {}) {
    UserRef who{kOne, std::string(name)};
    return loop_.finish(users_.patch(loop_, std::move(who), std::move(change), precondition));
  }
  Result<void> remove(std::string_view name, catalog::Precondition precondition = {}) {
    UserRef who{kOne, std::string(name)};
    return loop_.finish(users_.remove(loop_, std::move(who), precondition));
  }
  User made(std::string_view name, Role role = Role::kClient) {
    return put(name, {.password = Secret("long enough"), .role = role})->user;
  }
  static ErrorCode code_of(const auto& result) { return result ? ErrorCode::kInternal : result.error().code; }

  FakeClock clock_;
  ManualLoop loop_{clock_};
  catalog::MemoryCatalog catalog_;
  std::unique_ptr<UserDirectory> directory_ = UserDirectory::open(catalog_).value();
  const Options options_ = cheap_options();
  const PasswordHasher hasher_{{.passes = 1, .memory_kib = 8}};
  UserAdministration users_{options_, catalog_, *directory_};
};

TEST_F(UserAdministrationTest, MakesAUserWhoIsKnownAndStoredBeforeTheAnswer) {
  const auto put_bob = put("bob", {.password = Secret("long enough"),
                                   .permissions = std::vector<Grant>{{.stations = {"a.*"}, .produce = true}},
                                   .description = "b"});
  ASSERT_TRUE(put_bob) << put_bob.error().message;
  EXPECT_TRUE(put_bob->created);
  EXPECT_EQ(put_bob->user.role, Role::kClient);
  EXPECT_EQ(put_bob->user.description, "b");
  EXPECT_EQ(put_bob->user.token_version, 1U);
  const auto known = directory_->find(kOne, "bob");
  ASSERT_TRUE(known);
  EXPECT_EQ(known->revision, put_bob->user.revision);
  EXPECT_EQ(known->permissions->at(0).stations, std::vector<std::string>{"a.*"});
  EXPECT_TRUE(hasher_.verify(known->password_hash, Secret("long enough")));
  EXPECT_EQ(catalog_.find(Kind::kUser, kOne, "bob").value()->revision, known->revision);
  EXPECT_FALSE(directory_->find(AccountId{2}, "bob"));
}

TEST_F(UserAdministrationTest, ANewUserNeedsAPassword) {
  const auto refused = put("bob", {.role = Role::kClient});
  EXPECT_EQ(code_of(refused), ErrorCode::kInvalidRequest);
  EXPECT_EQ(refused.error().field, "password");
  EXPECT_FALSE(directory_->find(kOne, "bob"));
}

TEST_F(UserAdministrationTest, KeepsWhatIsLeftOutAndTheRevisionWhenNothingChanges) {
  const auto first =
      put("bob", {.password = Secret("long enough"), .permissions = std::vector<Grant>{}, .description = "b"});
  const std::uint64_t version = directory_->version();
  for (const UserChange& same : {UserChange{}, UserChange{.password = Secret("long enough")},
                                 UserChange{.role = Role::kClient, .description = "b"}}) {
    const auto again = put("bob", same);
    ASSERT_TRUE(again);
    EXPECT_FALSE(again->created);
    EXPECT_EQ(again->user.revision, first->user.revision);
  }
  EXPECT_EQ(directory_->version(), version);
  const auto other = put("bob", {.description = "c"});
  EXPECT_GT(other->user.revision, first->user.revision);
  EXPECT_TRUE(other->user.permissions->empty());
  EXPECT_EQ(other->user.token_version, 1U);
  EXPECT_FALSE(patch("bob", {.permissions = std::optional<std::vector<Grant>>()})->permissions);
}

TEST_F(UserAdministrationTest, OnlyAnotherPasswordRaisesTheVersionOfTokens) {
  made("bob");
  EXPECT_EQ(patch("bob", {.role = Role::kAdmin, .permissions = std::vector<Grant>{}})->token_version, 1U);
  EXPECT_EQ(patch("bob", {.password = Secret("long enough")})->token_version, 1U);
  const auto changed = patch("bob", {.password = Secret("another one")});
  EXPECT_EQ(changed->token_version, 2U);
  EXPECT_TRUE(hasher_.verify(changed->password_hash, Secret("another one")));
}

TEST_F(UserAdministrationTest, ChangesAndRemovesOnlyWhoIsThere) {
  EXPECT_EQ(code_of(patch("bob", {.description = "b"})), ErrorCode::kUserNotFound);
  EXPECT_EQ(code_of(remove("bob")), ErrorCode::kUserNotFound);
  EXPECT_EQ(code_of(patch("bob", {}, {.revision = 1})), ErrorCode::kUserNotFound);
  const User first = made("bob");
  ASSERT_TRUE(remove("bob"));
  EXPECT_FALSE(directory_->find(kOne, "bob"));
  EXPECT_EQ(code_of(remove("bob")), ErrorCode::kUserNotFound);
  EXPECT_NE(made("bob").id, first.id);
}

TEST_F(UserAdministrationTest, HoldsToPreconditions) {
  EXPECT_EQ(code_of(put("bob", {.password = Secret("long enough")}, {.must_exist = true})),
            ErrorCode::kPreconditionFailed);
  const User bob = put("bob", {.password = Secret("long enough")}, {.must_not_exist = true})->user;
  EXPECT_EQ(code_of(put("bob", {.description = "b"}, {.must_not_exist = true})), ErrorCode::kPreconditionFailed);
  EXPECT_EQ(code_of(put("bob", {.description = "b"}, {.revision = bob.revision + 1})), ErrorCode::kPreconditionFailed);
  EXPECT_EQ(code_of(patch("bob", {.description = "b"}, {.revision = bob.revision - 1})),
            ErrorCode::kPreconditionFailed);
  EXPECT_EQ(code_of(remove("bob", {.revision = bob.revision + 1})), ErrorCode::kPreconditionFailed);
  const auto changed = patch("bob", {.description = "b"}, {.revision = bob.revision});
  ASSERT_TRUE(changed);
  EXPECT_TRUE(remove("bob", {.revision = changed->revision}));
}

TEST_F(UserAdministrationTest, AnAccountKeepsItsLastAdministrator) {
  made("root", Role::kAdmin);
  made("bob");
  put("foreign", {.password = Secret("long enough"), .role = Role::kAdmin}, {}, AccountId{2}).value();
  EXPECT_EQ(code_of(remove("root")), ErrorCode::kConflict);
  EXPECT_EQ(code_of(patch("root", {.role = Role::kClient})), ErrorCode::kConflict);
  EXPECT_EQ(code_of(put("root", {.role = Role::kClient})), ErrorCode::kConflict);
  ASSERT_TRUE(patch("root", {.description = "still here"}));
  ASSERT_TRUE(patch("bob", {.role = Role::kAdmin}));
  ASSERT_TRUE(patch("root", {.role = Role::kClient}));
  EXPECT_EQ(code_of(remove("bob")), ErrorCode::kConflict);
  EXPECT_TRUE(remove("root"));
}

TEST_F(UserAdministrationTest, OfTwoAdministratorsWhoRemoveEachOtherOneStays) {
  made("root", Role::kAdmin);
  made("bob", Role::kAdmin);
  std::optional<Result<void>> first, second;
  spawn(store_result(users_.remove(loop_, {kOne, "root"}, {}), first));
  spawn(store_result(users_.remove(loop_, {kOne, "bob"}, {}), second));
  loop_.turn_until([&] { return first && second; });
  EXPECT_NE(first->has_value(), second->has_value());
}

TEST_F(UserAdministrationTest, RefusesWhatIsBeyondItsLimits) {
  struct Case {
    UserChange change;
    std::string field;
  };
  const Grant many{.stations = std::vector<std::string>(kPatternsMax / 2 + 1, "a"), .produce = true};
  const std::vector<Case> cases = {
      {{.password = Secret("")}, "password"},
      {{.password = Secret("seven c")}, "password"},
      {{.password = Secret("\u00e9\u00e9\u00e9\u00e9")}, "password"},  // 8 bytes, 4 characters
      {{.password = Secret(std::string(kPasswordBytesMax + 1, 'a'))}, "password"},
      {{.description = std::string(kDescriptionBytesMax + 1, 'a')}, "description"},
      {{.permissions = std::vector<Grant>{many, many}}, "permissions"},
  };
  made("bob");
  for (const auto& c : cases) {
    for (const auto& name : {"bob", "new"}) {
      const auto refused = put(name, c.change);
      EXPECT_EQ(code_of(refused), ErrorCode::kInvalidRequest) << c.field;
      EXPECT_EQ(refused.error().field, c.field);
    }
  }
  EXPECT_TRUE(put("new", {.password = Secret("\u00e9\u00e9\u00e9\u00e9 ok.")}));
  EXPECT_TRUE(put("bob", {.permissions = std::vector<Grant>{many}}));
}

TEST_F(UserAdministrationTest, TriesAgainWhenSomebodyElseWasFaster) {
  catalog_.fail_next_change({ErrorCode::kConflict, "faster", "", 0});
  EXPECT_TRUE(made("bob").revision);
  catalog_.fail_next_change({ErrorCode::kConflict, "faster", "", 0});
  EXPECT_EQ(patch("bob", {.description = "b"})->description, "b");
  catalog_.fail_next_change({ErrorCode::kConflict, "faster", "", 0});
  EXPECT_TRUE(remove("bob"));
}

TEST_F(UserAdministrationTest, PassesTheCatalogsFailuresOnAndChangesNothing) {
  made("bob");
  for (int i = 0; i < 3; ++i) {
    catalog_.fail_next_change({ErrorCode::kIo, "the disk", "", 0});
    const ErrorCode code = i == 0   ? code_of(put("new", {.password = Secret("long enough")}))
                           : i == 1 ? code_of(patch("bob", {.description = "b"}))
                                    : code_of(remove("bob"));
    EXPECT_EQ(code, ErrorCode::kIo) << i;
  }
  EXPECT_FALSE(directory_->find(kOne, "new"));
  EXPECT_EQ(directory_->find(kOne, "bob")->description, "");
}

TEST_F(UserAdministrationTest, AUserWhoCannotBeReadCanOnlyBeRemoved) {
  made("bob");
  ASSERT_TRUE(catalog_.replace(Kind::kUser, kOne, "bob", "garbage", 0));
  EXPECT_EQ(code_of(patch("bob", {.description = "b"})), ErrorCode::kDamaged);
  EXPECT_TRUE(remove("bob"));
}

TEST_F(UserAdministrationTest, AFullQueueRefusesAndTheOthersGoOn) {
  // The first change holds the thread inside the catalog until the storm is over.
  std::mutex gate;
  catalog_.watch(Kind::kUser, [&](const catalog::Change&) { const std::lock_guard pass(gate); });
  std::unique_lock closed(gate);
  constexpr std::size_t kStorm = 200;
  std::vector<std::optional<Result<UserPut>>> results(kStorm);
  for (std::size_t i = 0; i < kStorm; ++i) {
    UserRef who{kOne, "user" + std::to_string(i)};
    UserChange change{.password = Secret("long enough")};
    spawn(store_result(users_.put(loop_, std::move(who), std::move(change), {}), results[i]));
  }
  closed.unlock();
  loop_.turn_until([&] { return std::ranges::all_of(results, [](const auto& result) { return result.has_value(); }); });
  std::size_t made_users = 0;
  for (std::size_t i = 0; i < kStorm; ++i) {
    if (!*results[i]) {
      EXPECT_EQ(code_of(*results[i]), ErrorCode::kOverloaded);
    }
    if (results[i]->has_value()) ++made_users;
    EXPECT_EQ(directory_->find(kOne, "user" + std::to_string(i)) != nullptr, results[i]->has_value());
  }
  EXPECT_GE(made_users, 64U);
  EXPECT_LT(made_users, kStorm);
}

}  // namespace
}  // namespace propylon::auth

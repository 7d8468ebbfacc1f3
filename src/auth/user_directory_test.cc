#include "auth/user_directory.h"

#include <gtest/gtest.h>

#include "catalog/memory_catalog.h"

namespace propylon::auth {
namespace {

using catalog::Kind;

const PasswordHasher kHasher({.passes = 1, .memory_kib = 8});

class Users : public testing::Test {
 protected:
  Result<AdministratorSetup> ensure(std::string_view name, const Secret& configured) {
    const auto show = [](std::string_view, const Secret&) { return Result<void>{}; };
    return ensure_administrator(catalog_, kHasher, name, configured, show);
  }
  catalog::Document create(std::string_view name, const User& user = {}) {
    return catalog_.create(Kind::kUser, kDefaultAccount, name, to_catalog_body(user)).value();
  }
  catalog::MemoryCatalog catalog_;
};

TEST_F(Users, ReadBackWhatWasWritten) {
  User user{.role = Role::kClient, .token_version = 7, .password_hash = "$h", .description = "a \"b\" \u00e9"};
  user.permissions = std::vector<Grant>{{.stations = {"a.*", "b"}, .produce = true}, {.stations = {}, .consume = true}};
  const auto read = user_from_document(create("bob", user));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->account, kDefaultAccount);
  EXPECT_EQ(read->name, "bob");
  EXPECT_EQ(read->id, 1u);
  EXPECT_EQ(read->role, Role::kClient);
  EXPECT_EQ(read->token_version, 7u);
  EXPECT_EQ(read->password_hash, "$h");
  EXPECT_EQ(read->description, user.description);
  ASSERT_TRUE(read->permissions);
  ASSERT_EQ(read->permissions->size(), 2u);
  EXPECT_EQ(read->permissions->at(0).stations, (std::vector<std::string>{"a.*", "b"}));
  EXPECT_TRUE(read->permissions->at(0).produce);
  EXPECT_FALSE(read->permissions->at(0).consume);
  EXPECT_TRUE(read->permissions->at(1).consume);

  User none;
  none.permissions.emplace();
  EXPECT_TRUE(user_from_document(create("none", none))->permissions->empty());
  EXPECT_EQ(user_from_document(create("absent"))->permissions.has_value(), false);
}

TEST_F(Users, AreRefusedWhenTheirDocumentIsNotOurs) {
  for (const char* body :
       {"", "[]", "{}", R"({"role":"root","ver":1})", R"({"role":"admin"})", R"({"role":"admin","ver":0})",
        R"({"role":"client","ver":1,"permissions":{}})", R"({"role":"client","ver":1,"permissions":[1]})",
        R"({"role":"client","ver":1,"permissions":[{"stations":["*"],"actions":["fly"]}]})"}) {
    catalog::Document document{.kind = Kind::kUser, .account = kDefaultAccount, .name = "bob", .body = body};
    const auto user = user_from_document(document);
    ASSERT_FALSE(user) << body;
    EXPECT_EQ(user.error().code, ErrorCode::kDamaged);
  }
}

TEST_F(Users, AreThereFromTheStartAndFollowEachChange) {
  create("bob");
  const auto directory = UserDirectory::open(catalog_).value();
  const auto bob = directory->find(kDefaultAccount, "bob");
  ASSERT_TRUE(bob);
  EXPECT_FALSE(directory->find(AccountId{2}, "bob"));
  EXPECT_FALSE(directory->find(kDefaultAccount, "Bob"));
  std::uint64_t version = directory->version();
  const auto grew = [&] { return std::exchange(version, directory->version()) < directory->version(); };

  create("eve");
  EXPECT_TRUE(grew());
  EXPECT_TRUE(directory->find(kDefaultAccount, "eve"));
  ASSERT_TRUE(catalog_.replace(Kind::kUser, kDefaultAccount, "bob",
                               to_catalog_body({.role = Role::kAdmin, .token_version = 2}), 0));
  EXPECT_TRUE(grew());
  EXPECT_EQ(directory->find(kDefaultAccount, "bob")->role, Role::kAdmin);
  EXPECT_EQ(bob->role, Role::kClient) << "a snapshot does not change";
  ASSERT_TRUE(catalog_.remove(Kind::kUser, kDefaultAccount, "bob", 0));
  EXPECT_TRUE(grew());
  EXPECT_FALSE(directory->find(kDefaultAccount, "bob"));
}

TEST_F(Users, AreListedByPages) {
  for (const char* name : {"b", "a", "c"}) create(name);
  const auto directory = UserDirectory::open(catalog_).value();
  const auto page = directory->page(kDefaultAccount, {.after = "a", .limit = 1});
  ASSERT_EQ(page.items.size(), 1U);
  EXPECT_EQ(page.items[0]->name, "b");
  EXPECT_TRUE(page.more);
}

TEST_F(Users, TellWhetherThereIsAnotherAdministrator) {
  create("root", {.role = Role::kAdmin});
  create("bob");
  ASSERT_TRUE(catalog_.create(Kind::kUser, AccountId{2}, "eve", to_catalog_body({.role = Role::kAdmin})));
  const auto directory = UserDirectory::open(catalog_).value();
  EXPECT_FALSE(directory->has_other_administrator(kDefaultAccount, "root"));
  EXPECT_TRUE(directory->has_other_administrator(kDefaultAccount, "bob"));
  EXPECT_FALSE(directory->has_other_administrator(AccountId{3}, "bob"));
}

TEST_F(Users, WithADocumentThatCannotBeReadStopTheStartAndAreTakenAwayLater) {
  const auto directory = UserDirectory::open(catalog_).value();
  create("bob");
  ASSERT_TRUE(catalog_.replace(Kind::kUser, kDefaultAccount, "bob", "garbage", 0));
  EXPECT_FALSE(directory->find(kDefaultAccount, "bob"));
  const auto again = UserDirectory::open(catalog_);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kDamaged);
  EXPECT_NE(again.error().message.find("bob"), std::string::npos);
}

TEST_F(Users, HaveNoAdministratorWhosePasswordWasNotShown) {
  const auto nowhere = [](std::string_view, const Secret&) -> Result<void> { return fail(ErrorCode::kIo, "closed"); };
  const auto setup = ensure_administrator(catalog_, kHasher, "root", {}, nowhere);
  ASSERT_FALSE(setup);
  EXPECT_EQ(setup.error().message, "closed");
  EXPECT_TRUE(catalog_.list(Kind::kUser)->empty());
  // Whatever fails behind it: what was shown is what the next start would make anew.
  std::string shown;
  const auto show = [&](std::string_view user, const Secret& password) -> Result<void> {
    EXPECT_TRUE(catalog_.list(Kind::kUser)->empty()) << "first shown, then made";
    shown = std::string(user) + ":" + std::string(password.reveal());
    return {};
  };
  catalog_.fail_next_change({ErrorCode::kIo, "gone", {}, 0});
  EXPECT_FALSE(ensure_administrator(catalog_, kHasher, "root", {}, show));
  const auto made = ensure_administrator(catalog_, kHasher, "root", {}, show);
  ASSERT_TRUE(made);
  EXPECT_EQ(shown, "root:" + std::string(made->generated_password.reveal()));
}

User root(catalog::Catalog& catalog) {
  return user_from_document(*catalog.find(Kind::kUser, kDefaultAccount, "root").value()).value();
}

TEST_F(Users, HaveAnAdministratorWithAGeneratedPasswordWhenNoneIsConfigured) {
  const auto setup = ensure("root", {});
  ASSERT_TRUE(setup) << setup.error().message;
  EXPECT_TRUE(setup->created);
  EXPECT_FALSE(setup->generated_password.empty());
  EXPECT_EQ(root(catalog_).role, Role::kAdmin);
  EXPECT_TRUE(kHasher.verify(root(catalog_).password_hash, setup->generated_password));
  const auto again = ensure("root", {});
  EXPECT_FALSE(again->created);
  EXPECT_FALSE(again->password_replaced);
  EXPECT_TRUE(again->generated_password.empty());
  EXPECT_TRUE(kHasher.verify(root(catalog_).password_hash, setup->generated_password));
}

TEST_F(Users, HaveAnAdministratorWithTheConfiguredPassword) {
  const auto setup = ensure("root", Secret("x"));
  EXPECT_TRUE(setup->created);
  EXPECT_TRUE(setup->generated_password.empty());
  const User first = root(catalog_);
  EXPECT_EQ(first.token_version, 1u);

  const auto same = ensure("root", Secret("x"));
  EXPECT_FALSE(same->password_replaced);
  EXPECT_EQ(root(catalog_).revision, first.revision);

  const auto other = ensure("root", Secret("y"));
  EXPECT_TRUE(other->password_replaced);
  EXPECT_EQ(root(catalog_).token_version, 2u);
  EXPECT_TRUE(kHasher.verify(root(catalog_).password_hash, Secret("y")));
  EXPECT_FALSE(kHasher.verify(root(catalog_).password_hash, Secret("x")));
}

TEST_F(Users, WhoWereRemovedOrDemotedStayThatWhileThereIsAnotherAdministrator) {
  create("boss", {.role = Role::kAdmin});
  const auto missing = ensure("root", {});
  ASSERT_TRUE(missing);
  EXPECT_TRUE(missing->left_to_others);
  EXPECT_FALSE(missing->created);
  EXPECT_FALSE(catalog_.find(Kind::kUser, kDefaultAccount, "root").value());
  create("app");
  for (const auto& password : {Secret(), Secret("x")}) {
    const auto client = ensure("app", password);
    ASSERT_TRUE(client);
    EXPECT_TRUE(client->left_to_others);
  }
  // The way back in for who has lost every password.
  EXPECT_TRUE(ensure("root", Secret("x"))->created);
}

TEST_F(Users, WhoAdministerAnotherAccountDoNotCountAtTheStart) {
  ASSERT_TRUE(catalog_.create(Kind::kUser, AccountId{2}, "boss", to_catalog_body({.role = Role::kAdmin})));
  EXPECT_TRUE(ensure("root", {})->created);
}

TEST_F(Users, NeverBecomeAdministratorsByConfiguration) {
  create("app", {.role = Role::kClient});
  const auto setup = ensure("app", Secret("x"));
  ASSERT_FALSE(setup);
  EXPECT_EQ(setup.error().code, ErrorCode::kInvalidConfig);
  const auto bad_name = ensure("a b", Secret("x"));
  ASSERT_FALSE(bad_name);
  EXPECT_EQ(bad_name.error().code, ErrorCode::kInvalidName);
  catalog_.fail_next_change({ErrorCode::kIo, "gone", {}, 0});
  EXPECT_EQ(ensure("root", {}).error().code, ErrorCode::kIo);
}

}  // namespace
}  // namespace propylon::auth

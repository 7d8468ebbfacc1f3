#include "auth/permissions.h"

#include <gtest/gtest.h>

namespace propylon::auth {
namespace {

Principal principal(Role role, std::optional<std::vector<Grant>> permissions) {
  User user{.account = AccountId{7}, .name = "bob", .role = role, .permissions = std::move(permissions)};
  return {std::make_shared<const User>(std::move(user))};
}

TEST(Authorize, DecidesByRoleGrantAndAccount) {
  const std::vector<Grant> grants = {{.stations = {"orders.*", "exact"}, .produce = true},
                                     {.stations = {"logs"}, .consume = true},
                                     {.stations = {"both"}, .produce = true, .consume = true}};
  const Principal admin = principal(Role::kAdmin, std::nullopt);
  const Principal admin_with_none = principal(Role::kAdmin, std::vector<Grant>());
  const Principal everywhere = principal(Role::kClient, std::nullopt);
  const Principal nowhere = principal(Role::kClient, std::vector<Grant>());
  const Principal granted = principal(Role::kClient, grants);
  const Principal nobody;

  struct Case {
    const Principal& who;
    const char* station;
    // produce, consume, read, administer
    std::array<bool, 4> allowed;
  };
  const Case cases[] = {
      {admin, "orders.eu", {true, true, true, true}},
      {admin_with_none, "orders.eu", {true, true, true, true}},
      {everywhere, "orders.eu", {true, true, true, false}},
      {nowhere, "orders.eu", {false, false, false, false}},
      {nobody, "orders.eu", {false, false, false, false}},
      {granted, "orders.eu", {true, false, false, false}},
      {granted, "orders.", {true, false, false, false}},
      {granted, "orders", {false, false, false, false}},
      {granted, "my.orders.eu", {false, false, false, false}},
      {granted, "exact", {true, false, false, false}},
      {granted, "exactly", {false, false, false, false}},
      {granted, "logs", {false, true, true, false}},
      {granted, "both", {true, true, true, false}},
      {granted, "", {false, false, false, false}},
  };
  constexpr Action kActions[] = {Action::kProduce, Action::kConsume, Action::kReadStation, Action::kAdminister};
  for (const Case& c : cases) {
    for (std::size_t i = 0; i < 4; ++i) {
      const auto result = authorize(c.who, kActions[i], AccountId{7}, c.station);
      EXPECT_EQ(result.has_value(), c.allowed[i]) << c.station << " action " << i;
      if (!result) {
        EXPECT_EQ(result.error().code, ErrorCode::kForbidden);
      }
      EXPECT_FALSE(authorize(c.who, kActions[i], AccountId{8}, c.station)) << "another account";
      EXPECT_FALSE(authorize(c.who, kActions[i], AccountId{0}, c.station)) << "no account";
    }
  }
}

TEST(Patterns, AreLowerCasedAndCheckedAsNames) {
  struct Case {
    std::string pattern;
    std::string normal;  // empty: refused
  };
  for (const auto& c : {Case{"Orders.*", "orders.*"}, Case{"*", "*"}, Case{"a*B-c_*", "a*b-c_*"}, Case{"**", "**"},
                        Case{std::string(128, '*'), std::string(128, '*')}, Case{std::string(129, 'a'), ""},
                        Case{"", ""}, Case{".*", ""}, Case{"*.", ""}, Case{"a?", ""}, Case{"a b", ""}, Case{"a/b", ""},
                        Case{"[a]", ""}, Case{"\xc3\xa9", ""}}) {
    const auto normal = normalize_pattern(c.pattern);
    EXPECT_EQ(normal ? *normal : std::string(), c.normal) << c.pattern;
    if (!normal) {
      EXPECT_EQ(normal.error().code, ErrorCode::kInvalidName);
    }
  }
}

TEST(Matches, KnowsOneWildcard) {
  const std::tuple<const char*, const char*, bool> cases[] = {
      {"a", "a", true},         {"a", "b", false},       {"a", "ab", false},          {"", "", true},
      {"", "a", false},         {"*", "", true},         {"*", "anything", true},     {"a*", "a", true},
      {"a*", "ab", true},       {"a*", "ba", false},     {"*a", "ba", true},          {"*a", "ab", false},
      {"a*c", "abc", true},     {"a*c", "abcc", true},   {"a*c", "abcd", false},      {"*b*", "abc", true},
      {"**", "x", true},        {"a.b", "axb", false},   {"a?", "ab", false},         {"[ab]", "a", false},
      {"a*b*c", "aXbYc", true}, {"a*b*c", "acb", false}, {"*.eu", "orders.eu", true}, {"orders*", "my-orders", false},
  };
  for (const auto& [pattern, name, expected] : cases)
    EXPECT_EQ(matches(pattern, name), expected) << pattern << " " << name;
}

TEST(Matches, EndsSoonWithManyStars) {
  std::string pattern;
  for (int i = 0; i < 60; ++i) pattern += "a*";
  EXPECT_FALSE(matches(pattern + "b", std::string(128, 'a')));
}

}  // namespace
}  // namespace propylon::auth

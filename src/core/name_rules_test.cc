#include "core/name_rules.h"

#include <gtest/gtest.h>

namespace propylon {
namespace {

TEST(NameRules, TableOfStationNames) {
  const struct {
    std::string name;
    std::string expected;  // the normal form, or the refusal
    bool ok;
  } cases[] = {
      {"orders", "orders", true},
      {"Orders.EU-1_x", "orders.eu-1_x", true},
      {"1", "1", true},
      {std::string(128, 'a'), std::string(128, 'a'), true},
      {"", "Station name can not be empty", false},
      {std::string(129, 'a'), "Station should be under 128 characters", false},
      {"a b", "Only alphanumeric and the '_', '-', '.' characters are allowed in Station", false},
      {"a#b", "Only alphanumeric and the '_', '-', '.' characters are allowed in Station", false},
      {"caf\xc3\xa9", "Only alphanumeric and the '_', '-', '.' characters are allowed in Station", false},
      {std::string("a\0b", 3), "Only alphanumeric and the '_', '-', '.' characters are allowed in Station", false},
      {".a", "Station name can not start or end with non alphanumeric character", false},
      {"a-", "Station name can not start or end with non alphanumeric character", false},
      {"_", "Station name can not start or end with non alphanumeric character", false},
  };
  for (const auto& c : cases) {
    const auto result = normalize_name(NameKind::kStation, c.name);
    ASSERT_EQ(result.has_value(), c.ok) << c.name;
    EXPECT_EQ(c.ok ? *result : result.error().message, c.expected);
    if (!c.ok) {
      EXPECT_EQ(result.error().code, ErrorCode::kInvalidName);
    }
  }
}

TEST(NameRules, UserNamesKeepTheirLettersAndMayHoldAnAt) {
  EXPECT_TRUE(check_user_name("Ops.Team@example.org").has_value());
  for (const std::string name : {"", "a b", "a$1", "x/y"}) EXPECT_FALSE(check_user_name(name).has_value()) << name;
  EXPECT_FALSE(check_user_name(std::string(129, 'a')).has_value());
}

}  // namespace
}  // namespace propylon

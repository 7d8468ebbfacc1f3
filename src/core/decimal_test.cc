#include "core/decimal.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace propylon {
namespace {

TEST(Decimal, GivesNumbersFromOneToTheLargest) {
  EXPECT_EQ(decimal_from_one<std::uint32_t>("1"), 1u);
  EXPECT_EQ(decimal_from_one<std::uint32_t>("0017"), 17u);
  EXPECT_EQ(decimal_from_one<std::uint32_t>("4294967295"), UINT32_MAX);
  EXPECT_EQ(decimal_from_one<std::uint64_t>("18446744073709551615"), UINT64_MAX);
}

TEST(Decimal, RefusesEverythingElse) {
  for (const std::string_view text : {"", "0", "000", "-1", "+1", " 1", "1 ", "1x", "x", "0x1", "1.0", "1e3"}) {
    EXPECT_EQ(decimal_from_one<std::uint32_t>(text), std::nullopt) << text;
  }
  EXPECT_EQ(decimal_from_one<std::uint32_t>(std::string_view("1\0", 2)), std::nullopt);
  EXPECT_EQ(decimal_from_one<std::uint32_t>("4294967296"), std::nullopt) << "it does not fit";
  EXPECT_EQ(decimal_from_one<std::uint64_t>("18446744073709551616"), std::nullopt) << "it does not fit";
}

}  // namespace
}  // namespace propylon

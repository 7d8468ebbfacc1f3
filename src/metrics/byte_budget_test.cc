#include "metrics/byte_budget.h"

#include <gtest/gtest.h>

namespace propylon::metrics {
namespace {

TEST(ByteBudget, HoldsTheTotalAndGivesBack) {
  Gauge gauge;
  ByteBudget total(100, gauge);
  ByteBudget::Share first(total);
  EXPECT_TRUE(first.grow_to(60));
  EXPECT_TRUE(first.grow_to(40));  // never shrinks
  {
    ByteBudget::Share second(total);
    EXPECT_FALSE(second.grow_to(41));
    EXPECT_TRUE(second.grow_to(40));
    EXPECT_FALSE(first.grow_to(61));
    EXPECT_EQ(gauge.value(), 100);
  }
  EXPECT_FALSE(first.grow_to(~std::uint64_t{0}));
  EXPECT_EQ(total.held(), 60u);
  first.release();
  EXPECT_EQ(gauge.value(), 0);
}

}  // namespace
}  // namespace propylon::metrics

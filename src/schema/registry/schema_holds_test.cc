#include "schema/registry/schema_holds.h"

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <thread>
#include <vector>

namespace propylon::schema::registry {
namespace {

const SchemaRef kOrders{kDefaultAccount, "orders"};

TEST(SchemaHolds, AnyNumberMayHoldAndNobodyMayRemoveMeanwhile) {
  SchemaHolds holds;
  std::optional<SchemaHold> first(holds.hold(kOrders).value());
  std::optional<SchemaHold> second(holds.hold(kOrders).value());
  EXPECT_EQ(holds.reserve_removal(kOrders).error().code, ErrorCode::kConflict);
  first.reset();
  EXPECT_EQ(holds.reserve_removal(kOrders).error().code, ErrorCode::kConflict);
  second.reset();
  EXPECT_TRUE(holds.reserve_removal(kOrders));
}

TEST(SchemaHolds, WhatIsReservedForRemovalCanNeitherBeHeldNorReservedAgain) {
  SchemaHolds holds;
  {
    const auto reserved = holds.reserve_removal(kOrders);
    ASSERT_TRUE(reserved);
    EXPECT_EQ(reserved->account(), kDefaultAccount);
    EXPECT_EQ(reserved->name(), "orders");
    const auto refused = holds.hold(kOrders);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
    EXPECT_EQ(refused.error().message, "The schema \"orders\" is being removed.");
    EXPECT_EQ(holds.reserve_removal(kOrders).error().code, ErrorCode::kConflict);
  }
  EXPECT_TRUE(holds.hold(kOrders));
}

TEST(SchemaHolds, OthersAreNotConcerned) {
  SchemaHolds holds;
  const auto reserved = holds.reserve_removal(kOrders);
  EXPECT_TRUE(holds.hold({kDefaultAccount, "payments"}));
  EXPECT_TRUE(holds.hold({AccountId{2}, "orders"}));
  EXPECT_TRUE(holds.reserve_removal({AccountId{2}, "orders"}));
}

TEST(SchemaHolds, AMovedOneCountsOnce) {
  SchemaHolds holds;
  {
    SchemaHold first = holds.hold(kOrders).value();
    const SchemaHold second = std::move(first);
    EXPECT_FALSE(holds.reserve_removal(kOrders));
  }
  RemovalReservation third = holds.reserve_removal(kOrders).value();
  {
    const RemovalReservation fourth = std::move(third);
    EXPECT_FALSE(holds.hold(kOrders));
  }
  EXPECT_TRUE(holds.hold(kOrders));
}

// An attachment is a look, then a note; a removal is a look at the notes, then the end. Whatever their order, nothing
// that is gone may be noted.
TEST(SchemaHolds, AttachingAndRemovingNeverMissEachOther) {
  constexpr int kRounds = 200;
  for (int round = 0; round < kRounds; ++round) {
    SchemaHolds holds;
    std::atomic<bool> exists{true}, attached{false};
    std::atomic<int> ready{0};
    const auto meet = [&] {
      ++ready;
      while (ready.load() < 2) {
      }
    };
    {
      const std::jthread attaches([&] {
        meet();
        const auto hold = holds.hold(kOrders);
        if (hold && exists.load()) attached = true;
      });
      const std::jthread removes([&] {
        meet();
        const auto reserved = holds.reserve_removal(kOrders);
        if (reserved && !attached.load()) exists = false;
      });
    }
    ASSERT_TRUE(exists.load() || !attached.load()) << "in round " << round;
  }
}

}  // namespace
}  // namespace propylon::schema::registry

#include "broker/consumer_group.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "core/long_tests.h"

namespace propylon::broker {
namespace {

using Ranges = std::vector<SequenceRange>;
constexpr SteadyTime kLater{std::chrono::seconds(30)};

SequenceRange range(std::uint64_t first, std::uint64_t last, std::uint32_t deliveries) {
  return {Sequence{first}, Sequence{last}, deliveries};
}

TEST(ConsumerGroup, ANewGroupBeginsAtTheOldestMessage) {
  ConsumerGroup group;
  EXPECT_EQ(group.candidates(Sequence{0}), Ranges{});
  EXPECT_EQ(group.candidates(Sequence{3}), Ranges{range(1, 3, 0)});
  EXPECT_EQ(group.pending_at_most(Sequence{3}), 3u);
}

TEST(ConsumerGroup, WhatIsLeasedIsNotOfferedAndWhatIsAcknowledgedIsGone) {
  ConsumerGroup group;
  group.lease({range(1, 2, 0)}, kLater);
  EXPECT_EQ(group.candidates(Sequence{4}), Ranges{range(3, 4, 0)});
  group.acknowledge({range(1, 2, 0)});
  EXPECT_EQ(group.unacknowledged(), Ranges{});
  EXPECT_EQ(group.next(), Sequence{3});
}

TEST(ConsumerGroup, WhatWasGivenBackComesBeforeNewerMessagesAndSaysItsDeliveries) {
  ConsumerGroup group;
  const auto lease = group.lease({range(1, 2, 0)}, kLater);
  group.give_back(lease);
  EXPECT_EQ(group.candidates(Sequence{4}), (Ranges{range(1, 2, 1), range(3, 4, 0)}));
  group.lease({range(1, 2, 1), range(3, 3, 0)}, kLater);
  EXPECT_EQ(group.unacknowledged(), (Ranges{range(1, 2, 2), range(3, 3, 1)}));
}

TEST(ConsumerGroup, AnUndoneLeaseWasNeverHandedOut) {
  ConsumerGroup group;
  group.undo(group.lease({range(1, 2, 0)}, kLater));
  EXPECT_EQ(group.candidates(Sequence{2}), Ranges{range(1, 2, 0)});
}

TEST(ConsumerGroup, AShortenedLeaseOffersItsRestAsBefore) {
  ConsumerGroup group;
  const auto lease = group.lease({range(1, 10, 0)}, kLater);
  group.shorten(lease, Sequence{4});
  EXPECT_EQ(*group.ranges_of(lease), Ranges{range(1, 4, 1)});
  EXPECT_EQ(group.candidates(Sequence{10}), Ranges{range(5, 10, 0)});
}

// A shortened or undone lease leaves what was never handed out right before what is new: both are one range then.
TEST(ConsumerGroup, LeasesTheRestOfAShortenedLeaseTogetherWithNewMessages) {
  ConsumerGroup group;
  const auto shortened = group.lease({range(1, 5, 0)}, kLater);
  group.shorten(shortened, Sequence{2});
  const auto both = group.lease({range(3, 7, 0)}, kLater);
  EXPECT_EQ(*group.ranges_of(both), Ranges{range(3, 7, 1)});
  EXPECT_EQ(group.candidates(Sequence{9}), Ranges{range(8, 9, 0)});
  group.undo(both);
  const auto again = group.lease({range(3, 9, 0)}, kLater);
  EXPECT_EQ(*group.ranges_of(again), Ranges{range(3, 9, 1)});
  EXPECT_EQ(group.candidates(Sequence{9}), Ranges{});
}

TEST(ConsumerGroup, AnEndedLeaseIsReturnedAndItsLateAcknowledgementStillCounts) {
  ConsumerGroup group;
  const auto lease = group.lease({range(1, 3, 0)}, kLater);
  EXPECT_FALSE(group.expire(kLater - std::chrono::seconds(1)));
  EXPECT_TRUE(group.expire(kLater));
  EXPECT_EQ(group.candidates(Sequence{3}), Ranges{range(1, 3, 1)});
  group.lease({range(2, 2, 1)}, kLater + std::chrono::seconds(30));
  group.acknowledge({range(1, 3, 0)});
  EXPECT_EQ(group.unacknowledged(), Ranges{});
  group.give_back(lease);
  EXPECT_EQ(group.candidates(Sequence{3}), Ranges{});
}

TEST(ConsumerGroup, WhatIsAcknowledgedUnaskedIsGoneAndWhatLiesBeforeItWaits) {
  ConsumerGroup group;
  group.acknowledge({range(3, 4, 0), range(7, 7, 0)});
  EXPECT_EQ(group.next(), Sequence{8});
  EXPECT_EQ(group.candidates(Sequence{9}), (Ranges{range(1, 2, 0), range(5, 6, 0), range(8, 9, 0)}));
  EXPECT_EQ(group.acknowledged_through(), Sequence{0});
  group.acknowledge({range(2, 5, 0)});
  EXPECT_EQ(group.candidates(Sequence{9}), (Ranges{range(1, 1, 0), range(6, 6, 0), range(8, 9, 0)}));
  group.acknowledge({range(1, 1, 0)});
  EXPECT_EQ(group.acknowledged_through(), Sequence{5});
  group.acknowledge({range(6, 10, 0)});
  EXPECT_EQ(group.candidates(Sequence{10}), Ranges{});
  EXPECT_EQ(group.acknowledged_through(), Sequence{10});
}

TEST(ConsumerGroup, SaysWhichMessagesWait) {
  ConsumerGroup group;
  group.acknowledge({range(3, 4, 0)});
  group.lease({range(1, 1, 0), range(5, 5, 0)}, kLater);
  for (const std::uint64_t waits : {2u, 6u, 100u}) EXPECT_TRUE(group.is_pending(Sequence{waits})) << waits;
  for (const std::uint64_t not_any_more : {1u, 3u, 4u, 5u}) {
    EXPECT_FALSE(group.is_pending(Sequence{not_any_more})) << not_any_more;
  }
}

TEST(ConsumerGroup, TrimmedMessagesAreNoLongerOffered) {
  ConsumerGroup group;
  group.give_back(group.lease({range(1, 4, 0)}, kLater));
  group.trim(Sequence{2});
  EXPECT_EQ(group.candidates(Sequence{4}), Ranges{range(3, 4, 1)});
  group.trim(Sequence{9});
  EXPECT_EQ(group.candidates(Sequence{9}), Ranges{});
  EXPECT_EQ(group.next(), Sequence{10});
}

TEST(ConsumerGroup, RandomOperationsAgreeWithAModelThatKeepsEveryMessage) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE("PROPYLON_TEST_SEED=" + std::to_string(seed));
  std::mt19937 random(static_cast<std::uint32_t>(seed));
  struct Cell {
    enum { kReady, kLeased, kDone } state = kReady;
    std::uint32_t deliveries = 0;
  };
  ConsumerGroup group;
  std::map<std::uint64_t, Cell> model;
  std::vector<std::pair<LeaseId, Ranges>> leases;
  std::uint64_t last = 0;
  for (int step = 0; step < 3000; ++step) {
    if (random() % 3 == 0) model[++last] = {};
    const auto offered = group.candidates(Sequence{last});
    std::map<std::uint64_t, std::uint32_t> ready;
    for (const auto& [seq, cell] : model) {
      if (cell.state == Cell::kReady) ready[seq] = cell.deliveries;
    }
    std::map<std::uint64_t, std::uint32_t> offered_each;
    for (const auto& r : offered) {
      for (auto s = r.first.value; s <= r.last.value; ++s) offered_each[s] = r.deliveries;
    }
    ASSERT_EQ(offered_each, ready);
    ASSERT_EQ(group.pending_at_most(Sequence{last}), ready.size());
    if (random() % 2 == 0 && !offered.empty()) {
      Ranges take;
      for (auto r : offered) {
        if (random() % 4 == 0) r.last = Sequence{r.first.value + random() % r.size()};
        take.push_back(r);
        if (random() % 2 == 0) break;
      }
      // A range cut short must be the last one: the rest would otherwise be skipped.
      for (std::size_t i = 0; i + 1 < take.size(); ++i) take[i].last = offered[i].last;
      const auto id = group.lease(take, kLater);
      for (const auto& r : take) {
        for (auto s = r.first.value; s <= r.last.value; ++s) model[s] = {Cell::kLeased, model[s].deliveries + 1};
      }
      leases.emplace_back(id, take);
    }
    if (!leases.empty() && random() % 3 == 0) {
      const auto which = random() % leases.size();
      const auto [id, ranges] = leases[which];
      leases.erase(leases.begin() + static_cast<std::ptrdiff_t>(which));
      const bool acknowledge = random() % 2 == 0;
      acknowledge ? group.acknowledge(ranges) : group.give_back(id);
      for (const auto& r : ranges) {
        for (auto s = r.first.value; s <= r.last.value; ++s) model[s].state = acknowledge ? Cell::kDone : Cell::kReady;
      }
    }
  }
}

// Two members are handed 1..3 and 4..6; only the record of the second was written before the process died.
TEST(ConsumerGroup, ReplayKeepsWhatWasPickedBeforeADeliveryThatWasRecordedAlone) {
  ConsumerGroup group;
  group.seek(Sequence{1});
  group.replay_delivered({{Sequence{4}, Sequence{6}, 1}});
  const auto ranges = group.unacknowledged();
  ASSERT_EQ(ranges.size(), 2U);
  EXPECT_EQ(ranges[0].first.value, 1U);
  EXPECT_EQ(ranges[0].last.value, 3U);
  EXPECT_EQ(ranges[0].deliveries, 0U) << "nobody saw them";
  EXPECT_EQ(ranges[1].first.value, 4U);
  EXPECT_EQ(group.next().value, 7U);
}

TEST(ConsumerGroup, ReplayTakesDeliveriesInAnyOrder) {
  ConsumerGroup group;
  group.seek(Sequence{1});
  group.replay_delivered({{Sequence{4}, Sequence{6}, 1}});
  group.acknowledge({{Sequence{4}, Sequence{6}, 1}});
  group.replay_delivered({{Sequence{1}, Sequence{3}, 1}});
  const auto ranges = group.unacknowledged();
  ASSERT_EQ(ranges.size(), 1U);
  EXPECT_EQ(ranges[0].last.value, 3U);
  EXPECT_EQ(ranges[0].deliveries, 1U);
  group.acknowledge({{Sequence{1}, Sequence{3}, 1}});
  EXPECT_EQ(group.acknowledged_through().value, 6U);
}

}  // namespace
}  // namespace propylon::broker

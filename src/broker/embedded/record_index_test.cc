// Where a station's records are, while segments get their indexes, lose them and are rewritten.
#include "broker/embedded/record_index.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "log/log_fixture.h"
#include "log/memory_file_layer.h"

namespace propylon::broker::embedded {
namespace {

using log::LogFixture;

// Segments 1 to 6 with two messages a record of station 1 between others of station 2; two checkpoints behind them.
class RecordIndexTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(fixture.open());
    while (fixture.log->end().segment < 8) {
      ASSERT_TRUE(write(2));
      ASSERT_TRUE(write(1));
      if (fixture.log->end().segment == 7 && fixture.log->oldest_replay_start().segment == 0) checkpoint();
    }
    checkpoint();
    ASSERT_TRUE(fixture.maintain());
  }
  void checkpoint() { ASSERT_TRUE(fixture.log->write_checkpoint("", fixture.log->end(), fixture.log->end())); }
  Result<void> write(std::uint64_t station) {
    const std::string payload(station == 1 ? 50 : 400, 'x');
    const auto at = PPL_TRY(fixture.write({LogFixture::message(station, next[station] + 1, {payload, payload})}));
    next[station] += 2;
    if (station == 1) {
      entries.push_back({Sequence{next[1] - 1},
                         2,
                         at.end.offset - at.start.offset - fixture.offsets[0],
                         {at.start.segment, at.start.offset + fixture.offsets[0]},
                         fixture.clock.wall()});
    }
    return {};
  }
  void add_entries(std::uint64_t first, std::uint64_t last) {
    for (const auto& entry : entries) {
      if (entry.at.segment >= first && entry.at.segment <= last) index.add(entry);
    }
  }
  void add_sealed(std::uint64_t segment) {
    const auto found = std::ranges::find(entries, segment, [](const RecordEntry& entry) { return entry.at.segment; });
    index.add_sealed(segment, found->first);
  }
  // Reads each record that is shown and compares it with what is said of it.
  bool is_there(const RecordEntry& entry, const log::SegmentPin& pin) {
    std::string buffer;
    const auto read = fixture.log->read(pin, entry.at.offset, entry.bytes, buffer, log::ReadMode::kWaiting);
    return read && read->record.station() == StationId{1} && read->record.first() == entry.first;
  }
  std::vector<std::uint64_t> firsts_from(std::uint64_t from) {
    std::vector<std::uint64_t> firsts;
    index.for_each(*fixture.log, {from}, [&](const RecordEntry& entry, const log::SegmentPin& pin) {
      EXPECT_TRUE(is_there(entry, pin)) << entry.first.value;
      firsts.push_back(entry.first.value);
      return true;
    });
    return firsts;
  }
  // What firsts_from() should give.
  std::vector<std::uint64_t> expected_from(std::uint64_t from) const {
    std::vector<std::uint64_t> firsts;
    for (const auto& entry : entries) {
      if (entry.last().value >= from && index_holds(entry)) firsts.push_back(entry.first.value);
    }
    return firsts;
  }
  bool index_holds(const RecordEntry& entry) const { return entry.at.segment <= 6; }
  static bool keep_station_1(StationId station, Sequence, Sequence) { return station.value == 1; }

  log::MemoryFileLayer files;
  LogFixture fixture{files};
  RecordIndex index{StationId{1}};
  std::vector<RecordEntry> entries;  // of station 1
  std::map<std::uint64_t, std::uint64_t> next;
};

TEST_F(RecordIndexTest, ASegmentThatLostItsIndexKeepsItsPlaceBetweenOthersThatHaveTheirs) {
  add_sealed(1);
  add_entries(2, 2);
  add_sealed(3);
  add_entries(4, 4);
  add_sealed(5);
  add_entries(6, 6);
  for (const std::uint64_t from : {1u, 20u, 45u}) EXPECT_EQ(firsts_from(from), expected_from(from));
  index.adopt(4);
  index.adopt(2);
  EXPECT_EQ(firsts_from(1), expected_from(1));
  index.adopt(6);
  EXPECT_EQ(index.tail_entries(), 0u);
  EXPECT_EQ(firsts_from(1), expected_from(1));
  const auto in_third = std::ranges::find(entries, 3u, [](const RecordEntry& entry) { return entry.at.segment; });
  index.drop_through({in_third->first.value});
  EXPECT_EQ(index.sealed_segments(), 4u);
  EXPECT_EQ(firsts_from(in_third->last().value), expected_from(in_third->last().value));
}

TEST_F(RecordIndexTest, ARewritingInTheMiddleOfAWalkSkipsNothingAndShowsNothingTwice) {
  for (std::uint64_t id = 1; id <= 6; ++id) add_sealed(id);
  // Swapped while the walk is in the middle of the second, third, ... segment; each time the run is a longer one.
  std::uint64_t in_segment = 2;
  std::vector<std::uint64_t> shown;
  index.for_each(*fixture.log, {1}, [&](const RecordEntry& entry, const log::SegmentPin& pin) {
    EXPECT_TRUE(is_there(entry, pin)) << entry.first.value;
    shown.push_back(entry.first.value);
    if (entry.at.segment >= in_segment && in_segment <= 4) {
      const auto rewritten = fixture.log->rewrite(in_segment == 2 ? 1 : in_segment, in_segment + 1, &keep_station_1);
      EXPECT_TRUE(rewritten) << rewritten.error().message;
      in_segment += 2;
    }
    return true;
  });
  EXPECT_EQ(in_segment, 6u);
  EXPECT_EQ(shown, expected_from(1));
}

TEST_F(RecordIndexTest, CountsAreTheSameBeforeWhileAndAfterSegmentsAreRewritten) {
  for (std::uint64_t id = 1; id <= 6; ++id) add_sealed(id);
  const auto expected = expected_from(1);
  const auto counted = [&] {
    const auto all = index.count(*fixture.log, {1}, {expected.back() + 1}, SIZE_MAX);
    const auto some = index.count(*fixture.log, {6}, {31}, SIZE_MAX);
    return std::tuple(all.messages, all.bytes, some.messages, index.skip_messages(*fixture.log, {1}, 25).value,
                      index.skip_bytes(*fixture.log, {1}, {expected.back()}, 3000).value);
  };
  const auto before = counted();
  const auto rewritten = fixture.log->rewrite(2, 5, &keep_station_1);
  ASSERT_TRUE(rewritten) << rewritten.error().message;
  EXPECT_EQ(counted(), before) << "several ids lead to one file";
  EXPECT_EQ(firsts_from(1), expected);
  EXPECT_EQ(firsts_from(30), expected_from(30));
  const auto* share = rewritten->index->find(StationId{1});
  index.replaced(2, 5, Sequence{share->first_sequence});
  EXPECT_EQ(counted(), before);
  EXPECT_EQ(index.sealed_segments(), 3u);
  fixture.log->forget_replaced(2, 5);
  EXPECT_EQ(counted(), before);
  EXPECT_EQ(firsts_from(1), expected);
}

}  // namespace
}  // namespace propylon::broker::embedded

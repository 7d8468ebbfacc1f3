// What the check says about logs that every_byte_test.cc does not make: rewritten segments, stations that nobody gave
// out, what does not belong there, and what a check may touch.
#include "log/store_check.h"

#include <gtest/gtest.h>

#include "log/log_fixture.h"
#include "log/memory_file_layer.h"
#include "log/segment.h"

namespace propylon::log {
namespace {

class StoreCheckTest : public testing::Test {
 protected:
  // Segments 1 to 4 with messages of two stations, indexed, below two checkpoints.
  void SetUp() override {
    fixture.options.segment_bytes = 4 * kKiB;
    ASSERT_TRUE(fixture.open());
    fill_to_segment(5);
    for (int i = 0; i < 2; ++i) {
      fill_to_segment(fixture.log->end().segment + 1);
      ASSERT_TRUE(fixture.log->write_checkpoint("blob", fixture.log->end(), fixture.log->end()));
    }
  }
  void fill_to_segment(std::uint64_t segment) {
    while (fixture.log->end().segment < segment) {
      const std::uint64_t station = ++written % 5 == 0 ? 2 : 1;
      ASSERT_TRUE(fixture.write({LogFixture::message(station, ++last[station], {std::string(400, 'x')})}));
    }
    ASSERT_TRUE(fixture.maintain());
  }
  void rewrite(std::uint64_t first, std::uint64_t through) {
    const auto keep = [](StationId station, Sequence, Sequence) { return station.value == 2; };
    const auto rewritten = fixture.log->rewrite(first, through, keep);
    ASSERT_TRUE(rewritten) << rewritten.error().message;
    fixture.log->forget_replaced(first, through);
  }
  StoreReport check(std::uint64_t highest_station = 2) {
    const StoreCheck request{.files = memory,
                             .directory = kTestDirectory,
                             .store = store,
                             .highest_station = highest_station,
                             .options = fixture.options};
    std::uint64_t before = 0;
    auto report = check_store(request, [&](std::uint64_t bytes, std::uint64_t total) {
      EXPECT_GE(bytes, before);
      EXPECT_LE(bytes, total);
      before = bytes;
    });
    EXPECT_TRUE(report) << report.error().message;
    return report ? *std::move(report) : StoreReport{};
  }
  std::string bytes_of(const std::string& name) {
    return read_whole_file(memory, kTestDirectory + "/" + name, kGiB).value();
  }
  void put(const std::string& name, const std::string& bytes) {
    (void)memory.unlink(kTestDirectory + "/" + name);
    ASSERT_TRUE(memory.create(kTestDirectory + "/" + name).value()->write_at(bytes, 0));
  }

  MemoryFileLayer memory;
  LogFixture fixture{memory};
  std::optional<StoreUuid> store = kTestStore;
  std::uint64_t written = 0;
  std::map<std::uint64_t, std::uint64_t> last;
};

TEST_F(StoreCheckTest, FindsNothingWrongWithRewrittenSegments) {
  const std::uint64_t before = check().messages;
  EXPECT_EQ(before, written);
  rewrite(1, 2);
  rewrite(3, 4);
  const StoreReport report = check();
  EXPECT_TRUE(report.findings.empty()) << report.findings.front().file << ": " << report.findings.front().what;
  EXPECT_LT(report.messages, before);
  EXPECT_EQ(report.stations.at(2).last.value, last[2]);
  EXPECT_TRUE(report.opening);
  fill_to_segment(fixture.log->end().segment + 1);
  rewrite(2, 4);
  EXPECT_TRUE(check().findings.empty()) << "also rewritten again";
}

TEST_F(StoreCheckTest, LeavesOutWhatARewrittenSegmentStandsFor) {
  const std::string source = bytes_of(segment_name(1));
  rewrite(1, 2);
  const std::uint64_t messages = check().messages;
  put(segment_name(1), source);  // its deletion did not get to the disk
  const StoreReport report = check();
  EXPECT_EQ(report.damage(), 0u);
  ASSERT_EQ(report.findings.size(), 1u);
  EXPECT_EQ(report.findings[0].file, segment_name(1));
  EXPECT_EQ(report.findings[0].on_open, OnOpen::kMend);
  EXPECT_EQ(report.messages, messages);
}

TEST_F(StoreCheckTest, FindsDamageInARewrittenSegment) {
  rewrite(1, 2);
  std::string bytes = bytes_of(segment_name(2));
  put(segment_name(2), bytes.substr(0, bytes.size() - 1));
  EXPECT_GT(check().damage(), 0u);
  bytes[100] = static_cast<char>(bytes[100] ^ 1);
  put(segment_name(2), bytes);
  EXPECT_GT(check().damage(), 0u);
}

TEST_F(StoreCheckTest, RefusesStationsThatTheCatalogNeverGaveOut) {
  const StoreReport report = check(1);
  ASSERT_EQ(report.damage(), 1u);
  EXPECT_EQ(report.findings[0].on_open, OnOpen::kRefuse);
  EXPECT_NE(report.findings[0].what.find("station 2"), std::string::npos);
  EXPECT_FALSE(report.opening);
  EXPECT_NE(report.refusal.find("older than the log"), std::string::npos);
}

TEST_F(StoreCheckTest, ReadsALogWhoseCatalogIsAnotherStoresOrGone) {
  for (const auto& other : {std::optional<StoreUuid>(StoreUuid{9}), std::optional<StoreUuid>()}) {
    store = other;
    const StoreReport report = check();
    EXPECT_EQ(report.store, kTestStore);
    EXPECT_EQ(report.messages, written);
    EXPECT_EQ(report.damage(), other ? 1u : 0u);
    EXPECT_EQ(report.opening.has_value(), !other);
  }
}

TEST_F(StoreCheckTest, NotesWhatDoesNotBelongThere) {
  fixture.log.reset();
  put("notes.txt", "x");
  put("state.tmp", "x");
  put(index_name(77), "x");
  const StoreReport report = check();
  EXPECT_EQ(report.damage(), 0u);
  EXPECT_EQ(report.findings.size(), 3u);
}

}  // namespace
}  // namespace propylon::log

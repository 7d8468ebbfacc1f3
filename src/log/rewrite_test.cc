// Rewriting segments: what is kept, what a reader sees meanwhile, what is refused.
#include <gtest/gtest.h>

#include <algorithm>

#include "log/fault_file_layer.h"
#include "log/memory_file_layer.h"
#include "log/read_back.h"
#include "log/segment.h"
#include "log/store_check.h"

namespace propylon::log {
namespace {

// What bytes_on_disk() has to be.
std::uint64_t segment_file_bytes(FileLayer& files) {
  std::uint64_t bytes = 0;
  const auto names = files.list(kTestDirectory).value();
  for (const auto& name : names) {
    if (name.ends_with(".seg")) bytes += files.open(kTestDirectory + "/" + name).value()->size().value();
  }
  return bytes;
}

// Segments 1 to 4 with messages of stations 1 (nearly all) and 2 (one in ten) and acknowledgements between them,
// indexed and below two checkpoints; the log is in segment 5 or later.
class RewriteTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(fixture.open());
    fill_to_segment(5);
    for (int i = 0; i < 2; ++i) {
      fill_to_segment(fixture.log->end().segment + 1);
      checkpoint();
    }
    ASSERT_GT(fixture.log->oldest_replay_start().segment, 4u);
  }
  void reopen() {
    const auto opened = fixture.open();
    ASSERT_TRUE(opened) << opened.error().message;
  }
  void fill_to_segment(std::uint64_t segment) {
    while (fixture.log->end().segment < segment) {
      const std::uint64_t station = ++written % 10 == 0 ? 2 : 1;
      const auto message =
          LogFixture::message(station, ++last[station], {std::string(400, 'x') + std::to_string(written)});
      const Remembered acked{.kind = RecordKind::kAcked, .station = 1, .headers = {}, .payloads = {"ack"}};
      const auto at = fixture.write({message, acked});
      ASSERT_TRUE(at) << at.error().message;
      messages[at->start.segment].push_back(message);
    }
    ASSERT_TRUE(fixture.maintain());
  }
  void checkpoint() { ASSERT_TRUE(fixture.log->write_checkpoint("blob", fixture.log->end(), fixture.log->end())); }

  static bool keep_station_2(StationId station, Sequence, Sequence) { return station.value == 2; }
  // What rewriting these segments keeps of them.
  std::vector<Remembered> of_station_2(std::uint64_t first, std::uint64_t through) const {
    std::vector<Remembered> kept;
    for (std::uint64_t id = first; id <= through; ++id) {
      for (const auto& message : messages.at(id)) {
        if (message.station == 2) kept.push_back(message);
      }
    }
    return kept;
  }
  std::vector<std::string> names() { return memory.list(kTestDirectory).value(); }
  bool exists(const std::string& name) {
    const auto all = names();
    return std::ranges::find(all, name) != all.end();
  }
  std::uint64_t segment_file_bytes() { return log::segment_file_bytes(memory); }

  MemoryFileLayer memory;
  FaultFileLayer files{memory};
  LogFixture fixture{files};
  std::uint64_t written = 0;
  std::map<std::uint64_t, std::uint64_t> last;
  std::map<std::uint64_t, std::vector<Remembered>> messages;  // by segment
};

TEST_F(RewriteTest, KeepsTheWantedMessagesInTheirOrderUnderTheLastIdAlsoAfterAReopen) {
  const auto before = fixture.log->bytes_on_disk();
  const auto rewritten = fixture.log->rewrite(2, 4, &keep_station_2);
  ASSERT_TRUE(rewritten) << rewritten.error().message;
  fixture.log->forget_replaced(2, 4);
  EXPECT_EQ(rewritten->segments, 3u);
  EXPECT_LT(rewritten->bytes_after, rewritten->bytes_before / 4);
  EXPECT_EQ(fixture.log->bytes_on_disk(), before - rewritten->bytes_before + rewritten->bytes_after);
  EXPECT_EQ(fixture.log->bytes_on_disk(), segment_file_bytes());
  EXPECT_EQ(fixture.log->pin(2), nullptr);
  EXPECT_EQ(fixture.log->pin(3), nullptr);
  EXPECT_EQ(messages_of(*fixture.log, fixture.log->sealed(4)), of_station_2(2, 4));
  EXPECT_EQ(messages_of(*fixture.log, fixture.log->sealed(1)), messages.at(1)) << "the neighbour is as it was";
  EXPECT_FALSE(exists("000000000002.seg") || exists("000000000002.idx") || exists("000000000003.seg"));
  EXPECT_NE(fixture.registry->expose().find("propylon_log_rewritten_segments_total{log=\"disk\"} 3"),
            std::string::npos);

  const std::uint64_t records = fixture.log->recovery().records_replayed;
  reopen();
  EXPECT_EQ(messages_of(*fixture.log, fixture.log->sealed(4)), of_station_2(2, 4));
  EXPECT_TRUE(fixture.replay.tables.contains(4)) << "its index is good";
  EXPECT_FALSE(fixture.log->recovery().tail_damaged);
  EXPECT_GE(fixture.log->recovery().records_replayed, records);
  ASSERT_TRUE(fixture.write({LogFixture::message(1, ++last[1], {"more"})}));
}

TEST_F(RewriteTest, ReadersGoOnInTheFileThatTheyPinned) {
  const auto old = fixture.log->sealed(4);
  ASSERT_TRUE(fixture.log->rewrite(2, 4, &keep_station_2));
  EXPECT_EQ(messages_of(*fixture.log, old), messages.at(4));
  EXPECT_NE(fixture.log->pin(4), old.pin);
}

TEST_F(RewriteTest, UntilTheyAreForgottenTheReplacedIdsLeadToTheNewFile) {
  ASSERT_TRUE(fixture.log->rewrite(2, 4, &keep_station_2));
  for (const std::uint64_t id : {2u, 3u, 4u}) {
    EXPECT_EQ(fixture.log->sealed(id).pin, fixture.log->pin(4));
    EXPECT_EQ(fixture.log->sealed(id).index->segment(), 4u);
  }
  EXPECT_EQ(fixture.log->remove_segment(3).error().code, ErrorCode::kConflict) << "it is not there any more";
  fixture.log->forget_replaced(2, 4);
  EXPECT_EQ(fixture.log->sealed(3).pin, nullptr);
  EXPECT_NE(fixture.log->sealed(4).pin, nullptr);
}

TEST_F(RewriteTest, ARewrittenSegmentIsRewrittenAgainAloneAndWithOthers) {
  ASSERT_TRUE(fixture.log->rewrite(3, 4, &keep_station_2));
  fixture.log->forget_replaced(3, 4);
  const auto kept = of_station_2(3, 4);
  const std::uint64_t middle = kept[kept.size() / 2].first;
  const auto later = [&](StationId, Sequence, Sequence sequence) { return sequence.value >= middle; };
  const auto alone = fixture.log->rewrite(4, 4, later);
  ASSERT_TRUE(alone) << alone.error().message;
  EXPECT_LT(alone->bytes_after, alone->bytes_before);
  reopen();
  EXPECT_TRUE(fixture.replay.tables.contains(4)) << "the index is that of the newest file";
  auto expected = std::vector<Remembered>(kept.begin() + static_cast<std::ptrdiff_t>(kept.size() / 2), kept.end());
  EXPECT_EQ(messages_of(*fixture.log, fixture.log->sealed(4)), expected);

  ASSERT_TRUE(fixture.log->rewrite(1, 4, &keep_station_2));
  auto all = of_station_2(1, 2);
  all.insert(all.end(), expected.begin(), expected.end());
  reopen();
  EXPECT_EQ(messages_of(*fixture.log, fixture.log->sealed(4)), all);
  EXPECT_EQ(fixture.log->segments().front().id, 4u);
}

TEST_F(RewriteTest, WithNothingWantedAnEmptySegmentIsLeftThatCanBeRemoved) {
  const auto rewritten = fixture.log->rewrite(1, 3, [](StationId, Sequence, Sequence) { return false; });
  ASSERT_TRUE(rewritten) << rewritten.error().message;
  EXPECT_EQ(rewritten->bytes_after, kSegmentHeaderBytes);
  EXPECT_TRUE(rewritten->index->stations().empty());
  reopen();
  EXPECT_EQ(fixture.log->segments().front().id, 3u);
  EXPECT_EQ(messages_of(*fixture.log, fixture.log->sealed(4)), messages.at(4));
  ASSERT_TRUE(fixture.log->remove_segment(3));
  EXPECT_EQ(fixture.log->bytes_on_disk(), segment_file_bytes());
  reopen();
  EXPECT_EQ(fixture.log->segments().front().id, 4u);
}

TEST_F(RewriteTest, TakesNoSegmentThatAnOpeningMayStillNeedOrThatIsNotThere) {
  const std::uint64_t needed = fixture.log->oldest_replay_start().segment;
  const std::pair<std::uint64_t, std::uint64_t> cases[] = {{1, needed}, {needed, needed}, {0, 2}, {3, 99}, {3, 2}};
  const auto before = names();
  for (const auto& [first, through] : cases) {
    const auto refused = fixture.log->rewrite(first, through, &keep_station_2);
    ASSERT_FALSE(refused) << first << " " << through;
    EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
  }
  EXPECT_EQ(names(), before);
  const auto everything = fixture.log->rewrite(1, 4, [](StationId, Sequence, Sequence) { return true; });
  EXPECT_EQ(everything.error().code, ErrorCode::kConflict) << "it does not fit one segment";
  EXPECT_EQ(names(), before) << "no draft is left";
}

TEST_F(RewriteTest, RefusesADamagedSourceAndChangesNothing) {
  const auto [pin, index] = fixture.log->sealed(3);
  memory.open(kTestDirectory + "/000000000003.seg").value()->write_at("???", 700).value();
  const auto before = names();
  EXPECT_EQ(fixture.log->rewrite(2, 4, &keep_station_2).error().code, ErrorCode::kDamaged);
  EXPECT_EQ(names(), before);
  EXPECT_EQ(fixture.log->sealed(3).pin, pin);
}

TEST_F(RewriteTest, OnAFullDiskTheReserveIsGivenUpForItAndMadeAgainLater) {
  ASSERT_TRUE(fixture.maintain());
  const auto before = fixture.log->bytes_on_disk();
  files.plan(FaultKind::kFull, FaultCalls::kWrites, 0, 1);
  const auto rewritten = fixture.log->rewrite(2, 4, &keep_station_2);
  files.heal();
  ASSERT_TRUE(rewritten) << rewritten.error().message;
  EXPECT_EQ(fixture.log->bytes_on_disk(),
            before - rewritten->bytes_before + rewritten->bytes_after - fixture.options.segment_bytes);
  EXPECT_EQ(fixture.log->bytes_on_disk(), segment_file_bytes());
  ASSERT_TRUE(fixture.maintain());
  EXPECT_EQ(fixture.log->bytes_on_disk(), before - rewritten->bytes_before + rewritten->bytes_after);
  fixture.log->forget_replaced(2, 4);
  fill_to_segment(fixture.log->end().segment + 4);
  reopen();
}

TEST_F(RewriteTest, OnADiskThatStaysFullNothingChanges) {
  const auto before = messages_of(*fixture.log, fixture.log->sealed(4));
  files.plan(FaultKind::kFull, FaultCalls::kWrites, 0);
  EXPECT_EQ(fixture.log->rewrite(2, 4, &keep_station_2).error().code, ErrorCode::kStorageFull);
  files.heal();
  EXPECT_FALSE(exists("000000000004.seg.tmp"));
  EXPECT_EQ(messages_of(*fixture.log, fixture.log->sealed(4)), before);
  EXPECT_EQ(fixture.log->bytes_on_disk(), segment_file_bytes());
  EXPECT_FALSE(fixture.log->failure());
}

TEST_F(RewriteTest, WithoutASyncOfTheDirectoryNothingIsDeleted) {
  // Syncs: the draft, its index, then the directory.
  files.plan(FaultKind::kFail, FaultCalls::kSyncs, 2, 1);
  ASSERT_TRUE(fixture.log->rewrite(2, 4, &keep_station_2));
  files.heal();
  EXPECT_TRUE(exists("000000000002.seg") && exists("000000000003.idx"));
  EXPECT_EQ(fixture.log->bytes_on_disk(), segment_file_bytes()) << "what is left over counts";
  EXPECT_EQ(messages_of(*fixture.log, fixture.log->sealed(4)), of_station_2(2, 4));
  reopen();
  EXPECT_FALSE(exists("000000000002.seg") || exists("000000000002.idx") || exists("000000000003.seg"));
  EXPECT_EQ(messages_of(*fixture.log, fixture.log->sealed(4)), of_station_2(2, 4));
}

TEST_F(RewriteTest, ACheckOfTheStoreKnowsRewrittenSegmentsAndWhatACrashLeftOfThoseBefore) {
  ASSERT_TRUE(fixture.log->rewrite(1, 2, [](StationId, Sequence, Sequence) { return false; }));
  files.plan(FaultKind::kFail, FaultCalls::kSyncs, 2, 1);
  ASSERT_TRUE(fixture.log->rewrite(3, 4, &keep_station_2));
  files.heal();
  ASSERT_TRUE(fixture.log->close());
  fixture.log.reset();
  const auto check = [&] {
    const StoreCheck given{.files = memory,
                           .directory = kTestDirectory,
                           .store = kTestStore,
                           .highest_station = 2,
                           .options = fixture.options};
    return check_store(given, [](std::uint64_t, std::uint64_t) {}).value();
  };
  const StoreReport left = check();
  EXPECT_EQ(left.damage(), 0u);
  EXPECT_EQ(left.refusal, "");
  ASSERT_FALSE(left.findings.empty());
  EXPECT_EQ(left.findings[0].file, "000000000003.seg");
  EXPECT_EQ(left.findings[0].on_open, OnOpen::kMend);
  reopen();
  ASSERT_TRUE(fixture.log->close());
  fixture.log.reset();
  EXPECT_TRUE(check().findings.empty());

  ASSERT_TRUE(memory.open(kTestDirectory + "/000000000004.seg").value()->truncate(kSegmentHeaderBytes));
  EXPECT_GT(check().damage(), 0u);
  EXPECT_NE(check().refusal, "");
}

TEST_F(RewriteTest, AnIndexOfTheEarlierFileIsNotTakenForTheNewOne) {
  const std::string path = kTestDirectory + "/000000000004.idx";
  const std::string old = read_whole_file(memory, path, kMiB).value();
  ASSERT_TRUE(fixture.log->rewrite(2, 4, &keep_station_2));
  fixture.log.reset();
  ASSERT_TRUE(replace_file(memory, kTestDirectory, "000000000004.idx", old));
  reopen();
  EXPECT_FALSE(fixture.replay.tables.contains(4));
  EXPECT_EQ(fixture.log->sealed(4).index, nullptr);
  std::vector<Remembered> read;
  for (const auto& [at, record] : fixture.replay.records) {
    if (at.segment == 4) read.push_back(record);
  }
  EXPECT_EQ(read, of_station_2(2, 4)) << "it was read record by record";
  ASSERT_TRUE(fixture.maintain());
  EXPECT_EQ(messages_of(*fixture.log, fixture.log->sealed(4)), of_station_2(2, 4));
}

TEST_F(RewriteTest, ARewrittenSegmentThatIsCutOffRefusesToOpenWithAndWithoutItsIndex) {
  ASSERT_TRUE(fixture.log->rewrite(2, 4, &keep_station_2));
  const auto index = fixture.log->sealed(4).index;
  const auto last_group = index->entries(index->stations().back()).back().offset - kGroupHeaderBytes;
  fixture.log.reset();
  ASSERT_TRUE(memory.open(kTestDirectory + "/000000000004.seg").value()->truncate(last_group));
  EXPECT_EQ(fixture.open().error().code, ErrorCode::kDamaged);
  ASSERT_TRUE(memory.unlink(kTestDirectory + "/000000000004.idx"));
  EXPECT_EQ(fixture.open().error().code, ErrorCode::kDamaged) << "though it ends between two groups";
}

TEST_F(RewriteTest, WithoutItsCheckpointsALogWithRewrittenSegmentsRefusesToOpen) {
  ASSERT_TRUE(fixture.log->rewrite(1, 4, &keep_station_2));
  fixture.log.reset();
  for (const auto& name : names()) {
    if (!name.starts_with("checkpoint")) continue;
    ASSERT_TRUE(memory.unlink(kTestDirectory + "/" + name));
  }
  EXPECT_EQ(fixture.open().error().code, ErrorCode::kDamaged);
}

TEST_F(RewriteTest, SegmentsWhoseTimesAreTooFarApartStayTwo) {
  for (int i = 0; i < 2; ++i) {
    fixture.clock.advance(std::chrono::hours(24 * 29));
    fill_to_segment(fixture.log->end().segment + 2);
  }
  for (int i = 0; i < 2; ++i) {
    fill_to_segment(fixture.log->end().segment + 1);
    checkpoint();
  }
  const std::uint64_t through = fixture.log->oldest_replay_start().segment - 1;
  EXPECT_EQ(fixture.log->rewrite(1, through, &keep_station_2).error().code, ErrorCode::kConflict);
}

TEST(LogSpace, BytesOnDiskFollowEveryChangeAlsoWhereTheDiskIsFull) {
  MemoryFileLayer memory;
  FaultFileLayer files(memory);
  LogFixture fixture(files);
  ASSERT_TRUE(fixture.open());
  const auto exact = [&] { return fixture.log->bytes_on_disk() == segment_file_bytes(memory); };
  std::uint64_t next = 1;
  for (int i = 0; i < 60; ++i) {
    ASSERT_TRUE(fixture.write({LogFixture::message(1, next++, {std::string(500, 'x')})}));
    ASSERT_TRUE(exact());
    if (i % 7 == 0) {
      ASSERT_TRUE(fixture.log->maintain());
      ASSERT_TRUE(exact());
    }
  }
  files.plan(FaultKind::kFull, FaultCalls::kAllocates, 0);
  {
    auto tail = memory.open(kTestDirectory + "/" + segment_name(fixture.log->end().segment)).value();
    ASSERT_TRUE(tail->truncate(fixture.log->end().offset));
  }
  ASSERT_TRUE(fixture.open());
  EXPECT_TRUE(exact());
  ASSERT_TRUE(fixture.write({LogFixture::message(1, next++, {"grows"})}));
  EXPECT_TRUE(exact());
}

TEST(LogSpace, SegmentsOf32MiBInMemoryTakeTheLargestGroupsAndStopAtTheCapacity) {
  constexpr std::uint64_t kSegment = 32 * kMiB;
  MemoryFileLayer files(CrashMemory::kNone, 5 * kSegment);
  LogFixture fixture(files);
  fixture.options.segment_bytes = kSegment;
  ASSERT_TRUE(fixture.open());
  ASSERT_TRUE(fixture.maintain());
  const std::string payload(kGroupBytesMax - kGroupHeaderBytes - kRecordHeaderBytes - 4, 'x');
  std::uint64_t next = 1;
  for (;; ++next) {
    const auto written = fixture.write({LogFixture::message(1, next, {payload})});
    if (!written) {
      EXPECT_EQ(written.error().code, ErrorCode::kStorageFull);
      break;
    }
    EXPECT_EQ(written->end.offset - written->start.offset, kGroupBytesMax);
    ASSERT_TRUE(fixture.log->maintain() || next >= 2);
  }
  EXPECT_GE(next, 4u);
  EXPECT_LE(fixture.log->bytes_on_disk(), 5 * kSegment);
  const Remembered floor{.kind = RecordKind::kFloor, .station = 1, .headers = {}, .payloads = {"f"}};
  EXPECT_TRUE(fixture.write({floor})) << "the reserve is there for what makes room";
}

}  // namespace
}  // namespace propylon::log

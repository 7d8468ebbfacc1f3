#include "log/log.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "core/temporary_directory.h"
#include "log/fault_file_layer.h"
#include "log/log_fixture.h"
#include "log/memory_file_layer.h"
#include "log/posix_file_layer.h"

namespace propylon::log {
namespace {

class LogTest : public testing::Test {
 protected:
  void SetUp() override { reopen(); }
  void reopen() {
    const auto opened = fixture.open();
    ASSERT_TRUE(opened) << opened.error().message;
  }
  // Writes single messages of station 1 until the log is in its n-th segment.
  void fill_to_segment(std::uint64_t segment) {
    while (fixture.log->end().segment < segment) {
      ASSERT_TRUE(fixture.write({LogFixture::message(1, next, {std::string(500, 'x')})}));
      ++next;
    }
  }

  MemoryFileLayer memory;
  FaultFileLayer files{memory};
  LogFixture fixture{files};
  std::uint64_t next = 1;
};

TEST_F(LogTest, GivesBackEveryRecordByItsPositionAndAfterAReopen) {
  const std::vector<Remembered> records{LogFixture::message(1, 1, {"a", "", "ccc"}, "headers"),
                                        {.kind = RecordKind::kAcked, .station = 1, .headers = {}, .payloads = {"ack"}},
                                        LogFixture::message(2, 7, {"z"})};
  const auto written = fixture.write(records);
  ASSERT_TRUE(written) << written.error().message;
  EXPECT_EQ(fixture.log->end(), written->end);
  std::vector<std::pair<Position, Remembered>> expected;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const Position at{.segment = written->start.segment, .offset = written->start.offset + fixture.offsets[i]};
    expected.emplace_back(at, records[i]);
    for (const ReadMode mode : {ReadMode::kCached, ReadMode::kWaiting}) {
      std::string buffer;
      const auto read = fixture.read(at, 0, buffer, mode);
      ASSERT_TRUE(read) << read.error().message;
      EXPECT_EQ(read->outcome, ReadOutcome::kDone);
      EXPECT_EQ(remember(read->record), records[i]);
    }
  }
  reopen();
  EXPECT_EQ(fixture.replay.records, expected);
  EXPECT_EQ(fixture.log->end(), written->end);
  EXPECT_FALSE(fixture.log->recovery().tail_damaged);
  EXPECT_EQ(fixture.log->recovery().sequence_gap, 0u);
}

TEST_F(LogTest, ReadsARunOfRecordsAtOnce) {
  const auto first = fixture.write({LogFixture::message(1, 1, {"one"})}).value();
  const auto first_at = first.start.offset + fixture.offsets[0];
  const auto second = fixture.write({LogFixture::message(1, 2, {"two"})}).value();
  const auto second_at = second.start.offset + fixture.offsets[0];
  std::string bytes(second.end.offset - first_at, '\0');
  const auto pin = fixture.log->pin(1);
  const auto outcome = fixture.log->read_range(pin, first_at, bytes, ReadMode::kCached);
  ASSERT_EQ(outcome.value(), ReadOutcome::kDone);
  EXPECT_EQ(fixture.log->decode(pin, bytes)->payload(0), "one");
  EXPECT_EQ(fixture.log->decode(pin, ByteView(bytes).substr(second_at - first_at))->payload(0), "two");
  fill_to_segment(2);
  EXPECT_FALSE(fixture.log->decode(fixture.log->pin(2), bytes)) << "another segment's bytes";
}

TEST_F(LogTest, SaysThatARecordIsCorruptAndNotWhatIsInIt) {
  const auto written = fixture.write({LogFixture::message(1, 1, {"payload"})}).value();
  auto file = memory.open("/store/000000000001.seg").value();
  ASSERT_TRUE(file->write_at("P", written.end.offset - 7));
  std::string buffer;
  const Position at{.segment = 1, .offset = written.start.offset + fixture.offsets[0]};
  EXPECT_EQ(fixture.read(at, 0, buffer, ReadMode::kCached).error().code, ErrorCode::kCorruptRecord);
  EXPECT_EQ(fixture.read({.segment = 1, .offset = 8000}, 0, buffer, ReadMode::kCached).error().code,
            ErrorCode::kCorruptRecord)
      << "where nothing was written";
  EXPECT_EQ(fixture.read({.segment = 1, .offset = 90'000}, 0, buffer, ReadMode::kCached).error().code,
            ErrorCode::kCorruptRecord)
      << "behind the file";
  EXPECT_EQ(fixture.log->pin(9), nullptr) << "no such segment";
}

TEST_F(LogTest, StampsNeverDecreaseThoughTheClockDoes) {
  ASSERT_TRUE(fixture.write({LogFixture::message(1, 1, {"a"})}));
  const WallTime first = fixture.clock.wall();
  fixture.clock.jump_wall(std::chrono::hours(-1));
  EXPECT_EQ(fixture.log->stamp_time(), first);
  reopen();
  EXPECT_EQ(fixture.log->stamp_time(), first);
}

TEST_F(LogTest, IndexHoldsWhatAScanFinds) {
  std::map<std::uint64_t, std::vector<std::pair<Position, Remembered>>> written;
  std::map<std::uint64_t, std::uint64_t> last;
  for (std::uint64_t i = 0; i < 60; ++i) {
    const std::uint64_t station = 1 + i * 7 % 5;
    const std::vector<std::string> payloads(1 + i % 3, std::string(100 + i, 'p'));
    const auto record = LogFixture::message(station, last[station] + 1, payloads);
    last[station] += payloads.size() + i % 2;  // sequences may have gaps
    const auto at =
        fixture.write({record, {.kind = RecordKind::kFloor, .station = 9, .headers = {}, .payloads = {""}}}).value();
    written[at.start.segment].push_back({{at.start.segment, at.start.offset + fixture.offsets[0]}, record});
    fixture.clock.advance(std::chrono::milliseconds(10));
  }
  const auto version = fixture.log->index_version();
  ASSERT_TRUE(fixture.maintain());
  ASSERT_GE(written.size(), 3u);
  EXPECT_EQ(fixture.log->index_version(), version + written.size() - 1);
  EXPECT_EQ(fixture.log->sealed(fixture.log->end().segment).index, nullptr) << "not sealed";
  for (const auto& [segment, records] : written) {
    if (segment == fixture.log->end().segment) continue;
    const auto index = fixture.log->sealed(segment).index;
    ASSERT_NE(index, nullptr);
    EXPECT_EQ(index->find({9}), nullptr) << "a station without messages";
    std::size_t entries = 0;
    for (const auto& share : index->stations()) entries += share.records;
    EXPECT_EQ(entries, records.size());
    for (const auto& [at, record] : records) {
      const StationShare* share = index->find({record.station});
      ASSERT_NE(share, nullptr);
      const auto found = index->lower_bound(*share, Sequence{record.first + record.payloads.size() - 1});
      const IndexEntry& entry = index->entries(*share)[found];
      EXPECT_EQ(entry.first_sequence, record.first);
      EXPECT_EQ(entry.offset, at.offset);
      EXPECT_EQ(entry.count, record.payloads.size());
      std::string buffer;
      const auto read = fixture.read({segment, entry.offset}, entry.bytes, buffer, ReadMode::kCached);
      ASSERT_TRUE(read);
      EXPECT_EQ(remember(read->record), record);
      EXPECT_EQ(index->time(entry), std::chrono::floor<std::chrono::milliseconds>(read->record.time()));
      const auto by_time = index->lower_bound(*share, read->record.time());
      EXPECT_LE(by_time, found);
      EXPECT_GE(index->time(index->entries(*share)[by_time]) + std::chrono::milliseconds(1), read->record.time());
    }
    const StationShare& share = index->stations().front();
    EXPECT_EQ(index->lower_bound(share, Sequence{share.last_sequence + 1}), share.records);
    EXPECT_EQ(index->lower_bound(share, Sequence{0}), 0u);
  }
}

TEST_F(LogTest, ReplaysTablesBeforeTheReplayStartAndRecordsFromItsSegmentOn) {
  fill_to_segment(3);
  ASSERT_TRUE(fixture.maintain());
  const Position end = fixture.log->end();
  ASSERT_TRUE(fixture.log->write_checkpoint("state", end, end));
  EXPECT_EQ(fixture.log->durable(), end);
  ASSERT_TRUE(fixture.write({LogFixture::message(1, next, {"after"})}));
  const auto version = fixture.log->sealed(2).index;
  reopen();
  EXPECT_EQ(fixture.replay.blob, "state");
  ASSERT_EQ(fixture.replay.tables.size(), 2u);
  EXPECT_EQ(fixture.replay.tables[1].front().first_sequence, 1u);
  EXPECT_EQ(fixture.replay.tables[2].front().last_sequence + 1, fixture.replay.records.front().second.first);
  for (const auto& [at, record] : fixture.replay.records) EXPECT_EQ(at.segment, 3u);
  EXPECT_EQ(fixture.replay.records.back().second.payloads.front(), "after");
  EXPECT_NE(fixture.log->sealed(1).index, nullptr);
}

TEST_F(LogTest, ReadsEverythingOfASegmentWhoseIndexIsMissingOrDamaged) {
  fill_to_segment(3);
  ASSERT_TRUE(fixture.maintain());
  const Position end = fixture.log->end();
  ASSERT_TRUE(fixture.log->write_checkpoint("state", end, end));
  fixture.log.reset();
  ASSERT_TRUE(memory.unlink("/store/000000000001.idx"));
  auto index = memory.open("/store/000000000002.idx").value();
  ASSERT_TRUE(index->write_at("\xff", 90));
  reopen();
  EXPECT_TRUE(fixture.replay.tables.empty());
  EXPECT_EQ(fixture.replay.records.size(), next - 1);
  EXPECT_EQ(fixture.log->sealed(2).index, nullptr);
  ASSERT_TRUE(fixture.maintain());
  EXPECT_NE(fixture.log->sealed(1).index, nullptr);
  EXPECT_NE(fixture.log->sealed(2).index, nullptr);
}

TEST_F(LogTest, RemovesOnlySealedSegmentsBeforeTheOlderCheckpoint) {
  fill_to_segment(3);
  ASSERT_TRUE(fixture.maintain());
  const Position old = fixture.log->end();
  ASSERT_TRUE(fixture.log->write_checkpoint("one", old, old));
  EXPECT_EQ(fixture.log->remove_segment(1).error().code, ErrorCode::kConflict) << "only one checkpoint";
  fill_to_segment(4);
  ASSERT_TRUE(fixture.log->write_checkpoint("two", fixture.log->end(), fixture.log->end()));
  EXPECT_EQ(fixture.log->oldest_replay_start(), old);
  EXPECT_EQ(fixture.log->remove_segment(3).error().code, ErrorCode::kConflict);
  EXPECT_EQ(fixture.log->remove_segment(4).error().code, ErrorCode::kConflict);
  EXPECT_EQ(fixture.log->remove_segment(99).error().code, ErrorCode::kConflict);
  const auto [pin, index] = fixture.log->sealed(1);
  const auto bytes = fixture.log->bytes_on_disk();
  const auto freed = fixture.log->remove_segment(1);
  ASSERT_TRUE(freed);
  EXPECT_EQ(bytes - *freed, fixture.log->bytes_on_disk());
  EXPECT_FALSE(memory.open("/store/000000000001.seg"));
  EXPECT_FALSE(memory.open("/store/000000000001.idx"));
  EXPECT_FALSE(index->stations().empty()) << "who holds the index goes on";
  EXPECT_EQ(fixture.log->pin(1), nullptr);
  std::string buffer;
  EXPECT_EQ(fixture.log->read(pin, 104, 0, buffer, ReadMode::kCached)->record.payload(0), std::string(500, 'x'))
      << "who holds the segment goes on";
  reopen();
  EXPECT_EQ(fixture.replay.blob, "two");
  EXPECT_EQ(fixture.log->segments().front().id, 2u);
  EXPECT_EQ(fixture.log->oldest_replay_start(), old);
}

TEST_F(LogTest, KeepsTwoCheckpointsAndUsesTheOlderWhenTheNewerIsDamaged) {
  for (const char* blob : {"one", "two", "three"}) {
    ASSERT_TRUE(fixture.write({LogFixture::message(1, next++, {blob})}));
    ASSERT_TRUE(fixture.log->write_checkpoint(blob, fixture.log->end(), fixture.log->end()));
  }
  EXPECT_FALSE(memory.open("/store/checkpoint-000000000001"));
  auto newest = memory.open("/store/checkpoint-000000000003").value();
  ASSERT_TRUE(newest->write_at("T", 80));
  reopen();
  EXPECT_EQ(fixture.replay.blob, "two");
  EXPECT_TRUE(fixture.log->recovery().checkpoint_damaged);
  EXPECT_EQ(fixture.log->oldest_replay_start(), Position{}) << "until there are two good ones again";
  auto older = memory.open("/store/checkpoint-000000000002").value();
  ASSERT_TRUE(older->write_at("T", 80));
  EXPECT_EQ(fixture.open().error().code, ErrorCode::kDamaged);
}

TEST_F(LogTest, GoesOnInTheNextSegmentBeforeTimesGrowTooFarApart) {
  ASSERT_TRUE(fixture.write({LogFixture::message(1, 1, {"a"})}));
  fixture.clock.advance(std::chrono::hours(24 * 31));
  ASSERT_TRUE(fixture.write({LogFixture::message(1, 2, {"b"})}));
  EXPECT_EQ(fixture.log->end().segment, 2u);
}

TEST_F(LogTest, RefusesAGroupLargerThanItsSegments) {
  EXPECT_EQ(fixture.write({LogFixture::message(1, 1, {std::string(9000, 'x')})}).error().code,
            ErrorCode::kBodyTooLarge);
}

TEST_F(LogTest, WriteThatFailsLeavesNothingAndTheNextTakesItsPlace) {
  ASSERT_TRUE(fixture.write({LogFixture::message(1, 1, {"first"})}));
  const Position end = fixture.log->end();
  const std::pair<FaultKind, ErrorCode> cases[] = {{FaultKind::kFail, ErrorCode::kStoreUnavailable},
                                                   {FaultKind::kFull, ErrorCode::kStorageFull},
                                                   {FaultKind::kShortWrite, ErrorCode::kStorageFull}};
  for (const auto& [kind, code] : cases) {
    files.plan(kind, FaultCalls::kWrites, 0, 1);
    EXPECT_EQ(fixture.write({LogFixture::message(1, 2, {std::string(700, 'l')})}).error().code, code);
    EXPECT_EQ(fixture.log->end(), end);
  }
  EXPECT_EQ(fixture.log->failure(), std::nullopt);
  files.heal();
  EXPECT_EQ(fixture.write({LogFixture::message(1, 2, {"second"})})->start, end);
  reopen();
  ASSERT_EQ(fixture.replay.records.size(), 2u);
  EXPECT_EQ(fixture.replay.records[1].second.payloads.front(), "second");
  EXPECT_FALSE(fixture.log->recovery().tail_damaged);
}

TEST_F(LogTest, CrashRightAfterAFailedWriteFindsACleanEnd) {
  ASSERT_TRUE(fixture.write({LogFixture::message(1, 1, {"first"})}));
  files.plan(FaultKind::kShortWrite, FaultCalls::kWrites, 0, 1);
  EXPECT_FALSE(fixture.write({LogFixture::message(1, 2, {std::string(700, 'l')})}));
  reopen();
  EXPECT_EQ(fixture.replay.records.size(), 1u);
  EXPECT_FALSE(fixture.log->recovery().tail_damaged);
}

TEST_F(LogTest, TakesNoMoreWritesWhenAFailedOneCannotBeCutBack) {
  const auto kept = fixture.write({LogFixture::message(1, 1, {"first"})}).value();
  files.plan(FaultKind::kStop, FaultCalls::kWrites, 0);
  EXPECT_EQ(fixture.write({LogFixture::message(1, 2, {"second"})}).error().code, ErrorCode::kOutcomeUnknown)
      << "what it left may be the whole of it";
  files.heal();
  ASSERT_TRUE(fixture.log->failure());
  EXPECT_EQ(fixture.write({LogFixture::message(1, 2, {"second"})}).error().code, ErrorCode::kStoreUnavailable);
  std::string buffer;
  EXPECT_TRUE(fixture.read({1, kept.start.offset + kGroupHeaderBytes}, 0, buffer, ReadMode::kCached)) << "reads go on";
  reopen();
  EXPECT_EQ(fixture.replay.records.size(), 1u);
}

TEST_F(LogTest, TakesNoMoreWritesAfterAFailedSyncAndNeverRetriesIt) {
  ASSERT_TRUE(fixture.write({LogFixture::message(1, 1, {"first"})}));
  files.plan(FaultKind::kFail, FaultCalls::kSyncs, 0, 1);
  EXPECT_EQ(fixture.log->sync().error().code, ErrorCode::kStoreUnavailable);
  EXPECT_EQ(fixture.log->sync().error().code, ErrorCode::kStoreUnavailable);
  EXPECT_EQ(files.calls(), 1u);
  EXPECT_EQ(fixture.log->durable(), (Position{1, kSegmentHeaderBytes}));
  EXPECT_EQ(fixture.write({LogFixture::message(1, 2, {"second"})}).error().code, ErrorCode::kStoreUnavailable);
  EXPECT_EQ(fixture.log->close().error().code, ErrorCode::kStoreUnavailable);
}

TEST_F(LogTest, SyncMakesDurableWhatWasWrittenBeforeIt) {
  EXPECT_EQ(fixture.log->unsynced_bytes(), 0u);
  fill_to_segment(3);
  EXPECT_GT(fixture.log->unsynced_bytes(), 16'000u - 1'200u);
  ASSERT_TRUE(fixture.log->sync());
  EXPECT_EQ(fixture.log->durable(), fixture.log->end());
  EXPECT_EQ(fixture.log->unsynced_bytes(), 0u);
  memory.crash([] { return false; });
  reopen();
  EXPECT_EQ(fixture.replay.records.size(), next - 1);
}

TEST_F(LogTest, FullDiskRefusesMessagesButStillTakesWhatEmptiesIt) {
  ASSERT_TRUE(fixture.maintain());
  files.plan(FaultKind::kFull, FaultCalls::kAllocates, 0);
  EXPECT_EQ(fixture.log->maintain().value(), false) << "two are ready";
  while (true) {
    const auto written = fixture.write({LogFixture::message(1, next, {std::string(500, 'x')})});
    if (!written) {
      EXPECT_EQ(written.error().code, ErrorCode::kStorageFull);
      break;
    }
    ++next;
  }
  EXPECT_EQ(fixture.log->end().segment, 2u) << "one prepared segment was used, the reserve was not";
  const Remembered floor{.kind = RecordKind::kFloor, .station = 1, .headers = {}, .payloads = {std::string(500, 'f')}};
  while (fixture.log->end().segment < 3) ASSERT_TRUE(fixture.write({floor}));
  EXPECT_EQ(fixture.write({LogFixture::message(1, next, {"x"})}).error().code, ErrorCode::kStorageFull)
      << "messages do not take the reserve's room";
  EXPECT_TRUE(fixture.write({floor}));
  EXPECT_EQ(fixture.maintain().error().code, ErrorCode::kStorageFull);
  EXPECT_TRUE(fixture.log->sealed(1).index) << "the other steps were done all the same";
  reopen();
  EXPECT_EQ(fixture.log->recovery().records_replayed, fixture.replay.records.size()) << "opens on a full disk";
  files.heal();
  ASSERT_TRUE(fixture.maintain());
  EXPECT_TRUE(fixture.write({LogFixture::message(1, next, {"x"})}));
}

TEST_F(LogTest, WithRoomOnTheDiskMessagesFollowAlsoWhenTheBackgroundIsLateAndTheReserveIsInUse) {
  ASSERT_TRUE(fixture.maintain());
  const Remembered floor{.kind = RecordKind::kFloor, .station = 1, .headers = {}, .payloads = {std::string(500, 'f')}};
  while (fixture.log->end().segment < 3) ASSERT_TRUE(fixture.write({floor}));
  EXPECT_TRUE(fixture.write({LogFixture::message(1, next, {"x"})}));
}

TEST_F(LogTest, MachineRestartLeavesASequenceGapUnlessTheLogWasClosed) {
  ASSERT_TRUE(fixture.write({LogFixture::message(1, 1, {"a"})}));
  fixture.options.boot_id = "boot-2";
  reopen();
  EXPECT_TRUE(fixture.log->recovery().machine_restarted);
  const std::uint64_t gap = fixture.log->recovery().sequence_gap;
  EXPECT_GE(gap, fixture.options.unsynced_bytes_max / 4);
  EXPECT_EQ(fixture.replay.gap, gap);
  reopen();
  EXPECT_EQ(fixture.log->recovery().sequence_gap, 0u);
  EXPECT_EQ(fixture.replay.gap, gap) << "the record stays in the log";
  ASSERT_TRUE(fixture.log->close());
  fixture.options.boot_id = "boot-3";
  reopen();
  EXPECT_TRUE(fixture.log->recovery().machine_restarted);
  EXPECT_TRUE(fixture.log->recovery().closed_cleanly);
  EXPECT_EQ(fixture.log->recovery().sequence_gap, 0u);
}

TEST_F(LogTest, CountsWhatItDoes) {
  fill_to_segment(2);
  const std::string text = fixture.registry->expose();
  EXPECT_NE(text.find("propylon_log_segments{log=\"disk\"} 2"), std::string::npos) << text;
  EXPECT_NE(text.find("propylon_log_group_records_count{log=\"disk\"} " + std::to_string(next - 1)), std::string::npos);
  EXPECT_NE(text.find("propylon_log_inline_segments_total{log=\"disk\"} 1"), std::string::npos);
}

TEST(LogOnDisk, WritesIndexesAndReopensRealFiles) {
  const TemporaryDirectory temporary;
  const std::string root = temporary.path().string();
  PosixFileLayer files;
  LogFixture fixture(files, root + "/log");
  ASSERT_TRUE(fixture.open());
  for (std::uint64_t i = 1; i <= 100; ++i) {
    ASSERT_TRUE(fixture.write({LogFixture::message(1, i, {std::string(500, 'x')})}));
    ASSERT_TRUE(fixture.maintain());
  }
  ASSERT_TRUE(fixture.log->write_checkpoint("blob", fixture.log->end(), fixture.log->end()));
  ASSERT_TRUE(fixture.open());
  std::uint64_t messages = fixture.replay.records.size();
  for (const auto& [segment, table] : fixture.replay.tables) messages += table.front().messages;
  EXPECT_EQ(messages, 100u);
}

}  // namespace
}  // namespace propylon::log

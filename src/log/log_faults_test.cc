// The log on disks that fail: every way of failing at every call, reads that fail, and a real file system that is full.
#include <gtest/gtest.h>

#include <filesystem>
#include <random>

#include "core/long_tests.h"
#include "core/small_disk.h"
#include "log/fault_file_layer.h"
#include "log/log_fixture.h"
#include "log/memory_file_layer.h"
#include "log/posix_file_layer.h"
#include "log/store_check.h"

namespace propylon::log {
namespace {

constexpr const char* kFirstSegment = "/000000000001.seg";

// What was acknowledged, and nothing else, is what a reopened log gives.
class LogFaults : public testing::Test {
 protected:
  void SetUp() override {
    const auto opened = fixture.open();
    ASSERT_TRUE(opened) << opened.error().message;
  }

  Result<Written> write(std::size_t bytes = 700, RecordKind kind = RecordKind::kMessage) {
    Remembered record = LogFixture::message(1, next, {std::string(bytes, 'x')});
    if (kind != RecordKind::kMessage) record = {.kind = kind, .station = 1, .headers = {}, .payloads = {"body"}};
    auto written = fixture.write({record});
    if (!written) return written;
    acknowledged.push_back(record);
    if (kind == RecordKind::kMessage) ++next;
    return written;
  }
  Result<RecordRead> read(Position at, std::string& buffer, ReadMode mode) {
    return fixture.log->read(fixture.log->pin(at.segment), at.offset, 0, buffer, mode);
  }
  void fill_to_segment(std::uint64_t segment) {
    while (fixture.log->end().segment < segment) ASSERT_TRUE(write());
  }
  void expect_acknowledged_after_a_reopen() {
    const auto opened = fixture.open();
    ASSERT_TRUE(opened) << opened.error().message;
    std::vector<Remembered> there;
    for (const auto& [at, record] : fixture.replay.records) there.push_back(record);
    EXPECT_EQ(there, acknowledged);
    EXPECT_FALSE(fixture.log->recovery().tail_damaged);
  }

  MemoryFileLayer memory;
  FaultFileLayer files{memory};
  LogFixture fixture{files};
  std::uint64_t next = 1;
  std::vector<Remembered> acknowledged;
};

TEST_F(LogFaults, AReadThatFailsSaysSoAndTheNextOneIsRight) {
  const Written written = write().value();
  const Position at{written.start.segment, written.start.offset + fixture.offsets[0]};
  std::string buffer;
  for (const ReadMode mode : {ReadMode::kCached, ReadMode::kWaiting}) {
    files.plan(FaultKind::kFail, FaultCalls::kReads, 0, 1);
    EXPECT_EQ(read(at, buffer, mode).error().code, ErrorCode::kIo);
    EXPECT_EQ(remember(read(at, buffer, mode)->record), acknowledged[0]);
    files.plan(FaultKind::kFail, FaultCalls::kReads, 1, 1);
    EXPECT_EQ(read(at, buffer, mode).error().code, ErrorCode::kIo) << "its body";
    files.plan(FaultKind::kFail, FaultCalls::kReads, 0, 1);
    EXPECT_EQ(fixture.log->read_range(fixture.log->pin(at.segment), at.offset, buffer, mode).error().code,
              ErrorCode::kIo);
  }
  EXPECT_EQ(fixture.log->failure(), std::nullopt);
  EXPECT_TRUE(write()) << "writes go on";
}

TEST_F(LogFaults, AnIndexWhoseSegmentCannotBeReadIsMadeLater) {
  fill_to_segment(2);
  files.plan(FaultKind::kFail, FaultCalls::kReads, 0);
  EXPECT_EQ(fixture.maintain().error().code, ErrorCode::kIo);
  EXPECT_EQ(fixture.log->sealed(1).index, nullptr);
  files.heal();
  ASSERT_TRUE(fixture.maintain());
  EXPECT_NE(fixture.log->sealed(1).index, nullptr);
}

TEST_F(LogFaults, OpeningWithAReadThatFailsIsRefusedAndChangesNothing) {
  fill_to_segment(3);
  ASSERT_TRUE(fixture.maintain());
  ASSERT_TRUE(fixture.log->write_checkpoint("blob", {1, kSegmentHeaderBytes}, fixture.log->end()));
  ASSERT_TRUE(write());
  fixture.log.reset();
  std::uint64_t failed = 0;
  for (;; ++failed) {
    files.plan(FaultKind::kFail, FaultCalls::kReads, failed, 1);
    const auto opened = fixture.open();
    if (opened) break;
    EXPECT_EQ(opened.error().code, ErrorCode::kIo) << opened.error().message;
  }
  EXPECT_GT(failed, 5u);
  files.heal();
  expect_acknowledged_after_a_reopen();
}

TEST_F(LogFaults, AfterAFailedSyncReadsGoOnAndTheReasonIsTold) {
  const Written written = write().value();
  ASSERT_TRUE(fixture.log->write_checkpoint("kept", fixture.log->end(), fixture.log->end()));
  ASSERT_TRUE(write());
  files.plan(FaultKind::kFail, FaultCalls::kSyncs, 0, 1);
  ASSERT_FALSE(fixture.log->sync());
  ASSERT_TRUE(fixture.log->failure());
  EXPECT_NE(fixture.log->failure()->find("Syncing the log failed"), std::string::npos);
  EXPECT_NE(fixture.log->failure()->find("restart when the disk is well again"), std::string::npos);
  EXPECT_NE(write().error().message.find("Syncing the log failed"), std::string::npos);
  EXPECT_EQ(fixture.log->write_checkpoint("new", fixture.log->end(), fixture.log->end()).error().code,
            ErrorCode::kStoreUnavailable);
  EXPECT_EQ(files.calls(), 1u) << "never tried again";
  std::string buffer;
  const Position at{written.start.segment, written.start.offset + kGroupHeaderBytes};
  for (const ReadMode mode : {ReadMode::kCached, ReadMode::kWaiting}) {
    EXPECT_EQ(remember(read(at, buffer, mode)->record), acknowledged[0]);
  }
  // Nobody knows what of the second group is on the disk; the process still has it.
  expect_acknowledged_after_a_reopen();
  EXPECT_EQ(fixture.replay.blob, "kept");
}

// Work that goes on after each refusal, with the n-th calls of a sort failing.
struct Workload {
  Workload(FaultFileLayer& layer, std::uint64_t seed) : fixture(layer), random(seed) {}

  // False when nothing failed any more: n is behind the last call.
  bool run(FaultFileLayer& files, FaultKind kind, FaultCalls calls, std::uint64_t first, std::uint64_t times) {
    EXPECT_TRUE(fixture.open());
    files.plan(kind, calls, first, times);
    for (std::uint64_t i = 0; i < 40; ++i) {
      const Remembered record =
          i % 5 == 4 ? Remembered{.kind = RecordKind::kAcked, .station = 1, .headers = {}, .payloads = {"ranges"}}
                     : LogFixture::message(1, next, {std::string(random() % 1800, 'x')});
      if (fixture.write({record})) {
        acknowledged.push_back(record);
        next += record.kind == RecordKind::kMessage ? 1 : 0;
      }
      if (i % 4 == 0) (void)fixture.log->maintain();
      if (i % 9 == 8) (void)fixture.log->sync();
    }
    const bool failed = files.calls() > first;
    files.heal();
    return failed;
  }

  LogFixture fixture;
  std::mt19937_64 random;
  std::uint64_t next = 1;
  std::vector<Remembered> acknowledged;
};

// Every n for one kind of fault, until the work ends before the n-th call. How many lives that were.
std::uint64_t fail_at_every_call(std::uint64_t seed, FaultKind kind, FaultCalls calls, std::uint64_t times) {
  for (std::uint64_t first = 0;; ++first) {
    SCOPED_TRACE("kind " + std::to_string(static_cast<int>(kind)) + ", calls " +
                 std::to_string(static_cast<int>(calls)) + " from " + std::to_string(first) + ", " +
                 std::to_string(times) + " times");
    MemoryFileLayer memory(CrashMemory::kNone);
    FaultFileLayer files(memory);
    Workload work(files, seed);
    if (!work.run(files, kind, calls, first, times)) return first;
    const auto opened = work.fixture.open();
    EXPECT_TRUE(opened) << opened.error().message;
    if (!opened) return first;
    std::vector<Remembered> there;
    for (const auto& [at, record] : work.fixture.replay.records) there.push_back(record);
    EXPECT_EQ(there, work.acknowledged);
    EXPECT_TRUE(work.fixture.write({LogFixture::message(1, work.next, {"more"})}));
    if (testing::Test::HasFailure()) return first;
  }
}

TEST(LogUnderFaults, KeepsWhatItAcknowledgedWhicheverCallsFailAndHowever) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE("PROPYLON_TEST_SEED=" + std::to_string(seed));
  TestFigures figures("calls that fail");
  std::uint64_t lives = 0;
  const std::uint64_t seeds = long_or(1, 60);
  for (std::uint64_t i = 0; i < seeds; ++i) {
    for (const auto kind : {FaultKind::kFail, FaultKind::kFull, FaultKind::kShortWrite}) {
      for (const auto calls : {FaultCalls::kWrites, FaultCalls::kSyncs, FaultCalls::kAllocates, FaultCalls::kTruncates,
                               FaultCalls::kReads, FaultCalls::kAll}) {
        for (const std::uint64_t times : {std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{3}, UINT64_MAX}) {
          lives += fail_at_every_call(seed + i, kind, calls, times);
          if (HasFailure()) return;
        }
      }
    }
  }
  figures.add(seeds, "seeds");
  figures.add(lives, "lives of 40 groups");
}

// A real file system with room for seven segments.
class LogOnASmallDisk : public testing::Test {
 protected:
  static constexpr std::uint64_t kSegment = 64 * kKiB;

  void SetUp() override {
    disk = SmallDisk::mount(7 * kSegment + 64 * kKiB);
    if (!disk) GTEST_SKIP() << "needs the right to mount a tmpfs";
    fixture = std::make_unique<LogFixture>(files, directory());
    fixture->options.segment_bytes = kSegment;
    ASSERT_TRUE(fixture->open());
  }
  std::string directory() const { return (disk->path() / "log").string(); }

  // Until the disk is full; the error that says so.
  Error fill() {
    for (;;) {
      auto written = fixture->write({LogFixture::message(1, next, {std::string(3000, 'x')})});
      if (!written) return written.error();
      ++next;
      (void)fixture->maintain();
    }
  }
  std::uint64_t messages() const {
    std::uint64_t count = fixture->replay.records.size();
    for (const auto& [segment, table] : fixture->replay.tables) count += table.front().messages;
    return count;
  }
  std::uint64_t damage() {
    PosixFileLayer reader(FileAccess::kReadOnly);
    const StoreCheck check{.files = reader,
                           .directory = directory(),
                           .store = kTestStore,
                           .highest_station = 1,
                           .options = fixture->options};
    const auto report = check_store(check, [](std::uint64_t, std::uint64_t) {});
    EXPECT_TRUE(report);
    return report ? report->findings.size() : 1;
  }

  std::unique_ptr<SmallDisk> disk;
  PosixFileLayer files;
  std::unique_ptr<LogFixture> fixture;
  std::uint64_t next = 1;
};

TEST_F(LogOnASmallDisk, IsFullAtARollTakesAcknowledgementsAndGoesOnWhenThereIsRoom) {
  EXPECT_EQ(fill().code, ErrorCode::kStorageFull);
  EXPECT_GT(next, 80u);
  EXPECT_EQ(fixture->log->failure(), std::nullopt);
  const Remembered acked{.kind = RecordKind::kAcked, .station = 1, .headers = {}, .payloads = {std::string(200, 'a')}};
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(fixture->write({acked})) << "the reserve is for these";
  EXPECT_EQ(fixture->write({LogFixture::message(1, next, {std::string(3000, 'x')})}).error().code,
            ErrorCode::kStorageFull);
  fixture->log.reset();
  EXPECT_EQ(damage(), 0u);
  ASSERT_TRUE(fixture->open()) << "opens on a full disk";
  EXPECT_EQ(messages(), next - 1 + 100);
  (void)fixture->maintain();  // indexes what it can; there is no room for another reserve
  // With two checkpoints behind them the first segments may go.
  for (const char* blob : {"one", "two"}) {
    ASSERT_TRUE(fixture->log->write_checkpoint(blob, fixture->log->end(), fixture->log->end()));
  }
  ASSERT_TRUE(fixture->log->remove_segment(1));
  ASSERT_TRUE(fixture->log->remove_segment(2));
  ASSERT_TRUE(fixture->log->remove_segment(3));
  ASSERT_TRUE(fixture->maintain());
  EXPECT_TRUE(fixture->write({LogFixture::message(1, next, {std::string(3000, 'x')})}));
  fixture->log.reset();
  EXPECT_EQ(damage(), 0u);
}

TEST_F(LogOnASmallDisk, IsFullInTheMidstOfAGroupAndKeepsNothingOfIt) {
  ASSERT_TRUE(fixture->write({LogFixture::message(1, next++, {"first"})}));
  const Position end = fixture->log->end();
  fixture->log.reset();
  // The segment in use loses its space, as after a cut, and the disk has none to give it back.
  std::filesystem::resize_file(directory() + kFirstSegment, end.offset);
  ASSERT_TRUE(disk->fill());
  const auto opened = fixture->open();
  ASSERT_TRUE(opened) << opened.error().message;
  const auto refused = fixture->write({LogFixture::message(1, next, {std::string(40'000, 'x')})});
  ASSERT_FALSE(refused) << "more than the pages that the file has";
  EXPECT_EQ(refused.error().code, ErrorCode::kStorageFull) << refused.error().message;
  EXPECT_EQ(fixture->log->end(), end);
  EXPECT_EQ(fixture->log->failure(), std::nullopt);
  fixture->log.reset();
  EXPECT_EQ(damage(), 0u) << "what was written of it has been cut back";
  disk->empty();
  ASSERT_TRUE(fixture->open());
  EXPECT_EQ(messages(), 1u);
  EXPECT_EQ(fixture->write({LogFixture::message(1, next, {std::string(40'000, 'x')})})->start, end);
}

}  // namespace
}  // namespace propylon::log

// Every byte of every file of a log damaged, one at a time: opening cuts the log to a whole beginning or refuses, and
// the check foresees which.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>

#include "core/long_tests.h"
#include "log/log_fixture.h"
#include "log/memory_file_layer.h"
#include "log/segment.h"
#include "log/store_check.h"

namespace propylon::log {
namespace {

using Files = std::map<std::string, std::string>;
using Records = std::vector<std::pair<Position, Remembered>>;

constexpr std::uint64_t kSmallSegment = 4 * kKiB;
constexpr std::uint64_t kStations = 3;

Files copy_out(FileLayer& layer) {
  Files files;
  const auto names = layer.list(kTestDirectory).value();
  for (const auto& name : names) files[name] = read_whole_file(layer, kTestDirectory + "/" + name, kGiB).value();
  return files;
}

// A log as a run leaves it that was killed: sealed segments with indexes, one in use, prepared ones, two checkpoints,
// groups of messages and of group records; some groups behind the last checkpoint.
struct WholeLog {
  WholeLog() {
    fixture.options.segment_bytes = kSmallSegment;
    EXPECT_TRUE(fixture.open());
    write_until(3);
    EXPECT_TRUE(fixture.maintain());
    checkpoint("one");
    write_until(4);
    EXPECT_TRUE(fixture.maintain());
    checkpoint("two");
    durable = fixture.log->durable();
    for (int i = 0; i < 6; ++i) write_group();
    end = fixture.log->end();
    fixture.log.reset();
    files = copy_out(memory);
  }

  std::size_t bytes() const {
    std::size_t sum = 0;
    for (const auto& [name, content] : files) sum += content.size();
    return sum;
  }

  MemoryFileLayer memory;
  LogFixture fixture{memory};
  Records records;                   // all that were written
  std::vector<Position> group_ends;  // of every group, in order
  Position durable;                  // that both the last checkpoint and later groups name
  Position end;
  Files files;

 private:
  void checkpoint(const char* blob) {
    ASSERT_TRUE(fixture.log->write_checkpoint(blob, fixture.log->end(), fixture.log->end()));
  }
  void write_until(std::uint64_t segment) {
    while (fixture.log->end().segment < segment) write_group();
  }
  void write_group() {
    const std::uint64_t number = group_ends.size();
    const std::uint64_t station = 1 + number % kStations;
    std::vector<Remembered> group{
        LogFixture::message(station, last_[station] + 1, {"payload", std::string(180, 'x')}, "header")};
    last_[station] += 2;
    if (number % 3 == 0) {
      group.push_back({.kind = RecordKind::kAcked, .station = station, .headers = {}, .payloads = {"ranges"}});
    }
    fixture.clock.advance(std::chrono::milliseconds(7));
    const Written written = fixture.write(group).value();
    for (std::size_t i = 0; i < group.size(); ++i) {
      records.emplace_back(Position{written.start.segment, written.start.offset + fixture.offsets[i]}, group[i]);
    }
    group_ends.push_back(written.end);
  }
  std::map<std::uint64_t, std::uint64_t> last_;
};

// What the damage of one place came to.
enum class Outcome : std::uint8_t { kWhole, kCut, kUnnoticed, kRefused };

// One damaged copy: checked, opened, compared.
class Damaged {
 public:
  Damaged(const WholeLog& whole, const Files& files) : whole_(whole) {
    for (const auto& [name, bytes] : files) {
      auto file = memory_.create(kTestDirectory + "/" + name).value();
      EXPECT_TRUE(file->write_at(bytes, 0));
    }
    fixture_.options.segment_bytes = kSmallSegment;
    StoreCheck check{.files = memory_,
                     .directory = kTestDirectory,
                     .store = kTestStore,
                     .highest_station = kStations,
                     .options = fixture_.options};
    report = check_store(check, [](std::uint64_t, std::uint64_t) {}).value();
    opened = fixture_.open();
    if (!opened) {
      EXPECT_EQ(copy_out(memory_), files) << "a refusal changes nothing";
    }
  }

  Outcome judge() {
    EXPECT_EQ(report.opening.has_value(), opened.has_value()) << report.refusal;
    if (!opened) return judge_refusal();
    const Recovery found = fixture_.log->recovery();  // the log is opened again below
    if (report.opening) {
      EXPECT_EQ(report.opening->tail_damaged, found.tail_damaged);
      EXPECT_EQ(report.opening->cut_at, found.cut_at);
      EXPECT_EQ(report.opening->bytes_cut, found.bytes_cut);
      EXPECT_EQ(report.opening->sequence_gap, found.sequence_gap);
    }
    const bool unnoticed = judge_contents();
    if (found.tail_damaged) goes_on();
    return unnoticed ? Outcome::kUnnoticed : found.tail_damaged ? Outcome::kCut : Outcome::kWhole;
  }

  Result<void> opened;
  StoreReport report;

 private:
  Outcome judge_refusal() {
    EXPECT_EQ(opened.error().code, ErrorCode::kDamaged);
    EXPECT_NE(opened.error().message.find(kTestDirectory + "/"), std::string::npos) << opened.error().message;
    EXPECT_NE(opened.error().message.find(", offset "), std::string::npos) << opened.error().message;
    EXPECT_GT(report.damage(), 0u);
    return Outcome::kRefused;
  }

  // A beginning of what was written, all of it durable; true when a message in it cannot be read all the same.
  bool judge_contents() {
    const auto& replay = fixture_.replay;
    // The gap's record of a cut log stands where the first lost group stood.
    const Position end = fixture_.log->recovery().tail_damaged ? fixture_.log->recovery().cut_at : fixture_.log->end();
    const Position kept = std::min(end, whole_.end);
    EXPECT_GE(kept, whole_.durable);
    EXPECT_TRUE(std::ranges::find(whole_.group_ends, kept) != whole_.group_ends.end()) << "the end of no group";
    EXPECT_TRUE(replay.blob == "two" || replay.blob == "one") << replay.blob;
    std::size_t at = 0;
    bool unreadable = false;
    for (const auto& [position, record] : whole_.records) {
      if (position >= kept) break;
      if (replay.tables.contains(position.segment)) {
        unreadable = !reads_or_refuses(position, record) || unreadable;
      } else if (at < replay.records.size() && replay.records[at] == std::pair(position, record)) {
        ++at;
      } else {
        ADD_FAILURE() << "segment " << position.segment << ", offset " << position.offset << " was not replayed";
        return false;
      }
    }
    EXPECT_EQ(at, replay.records.size()) << "what was never written was replayed";
    for (const auto& [segment, table] : replay.tables) EXPECT_EQ(table.size(), kStations);
    return unreadable;
  }

  // The record itself, or a refusal; never something else.
  bool reads_or_refuses(Position at, const Remembered& record) {
    std::string buffer;
    const auto read = fixture_.log->read(fixture_.log->pin(at.segment), at.offset, 0, buffer, ReadMode::kCached);
    if (read) {
      EXPECT_EQ(remember(read->record), record);
    } else {
      EXPECT_EQ(read.error().code, ErrorCode::kCorruptRecord) << read.error().message;
    }
    return read.has_value();
  }

  void goes_on() {
    EXPECT_TRUE(fixture_.write({LogFixture::message(1, 1'000'000'000, {"more"})}));
    EXPECT_TRUE(fixture_.open());
    EXPECT_FALSE(fixture_.log->recovery().tail_damaged);
    ASSERT_FALSE(fixture_.replay.records.empty());
    EXPECT_EQ(fixture_.replay.records.back().second.payloads.front(), "more");
  }

  const WholeLog& whole_;
  MemoryFileLayer memory_{CrashMemory::kNone};
  LogFixture fixture_{memory_};
};

// Counts what came out, for the figures.
struct Tally {
  void add(Outcome outcome) { ++of[static_cast<std::size_t>(outcome)]; }
  void print(TestFigures& figures) const {
    figures.add(of[0] + of[1] + of[2] + of[3], "damaged logs");
    figures.add(of[static_cast<std::size_t>(Outcome::kWhole)], "whole all the same");
    figures.add(of[static_cast<std::size_t>(Outcome::kCut)], "cut");
    figures.add(of[static_cast<std::size_t>(Outcome::kUnnoticed)], "with unreadable messages");
    figures.add(of[static_cast<std::size_t>(Outcome::kRefused)], "refused");
  }
  std::array<std::uint64_t, 4> of{};
};

TEST(EveryByte, WithoutDamageTheCheckFindsNothingAndTheLogOpensWhole) {
  const WholeLog whole;
  Damaged undamaged(whole, whole.files);
  EXPECT_EQ(undamaged.judge(), Outcome::kWhole);
  EXPECT_TRUE(undamaged.report.findings.empty()) << undamaged.report.findings.front().what;
  EXPECT_EQ(undamaged.report.groups, whole.group_ends.size());
  EXPECT_EQ(undamaged.report.records, whole.records.size());
  EXPECT_EQ(undamaged.report.messages, 2 * whole.group_ends.size());
  EXPECT_EQ(undamaged.report.stations.size(), kStations);
  EXPECT_EQ(undamaged.report.indexes, 3u);
  EXPECT_EQ(undamaged.report.checkpoints.size(), 2u);
  EXPECT_EQ(undamaged.report.segments, 4u);
  EXPECT_EQ(undamaged.report.prepared, 2u);
  EXPECT_FALSE(undamaged.report.closed_cleanly);
}

// One random bit of each byte; all eight in long runs.
TEST(EveryByte, FlippedIsCutOffOrRefusedOrReadAsCorruptAndAlwaysFoundByTheCheck) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE("PROPYLON_TEST_SEED=" + std::to_string(seed));
  std::mt19937_64 random(seed);
  TestFigures figures("every byte flipped");
  Tally tally;
  const WholeLog whole;
  for (const auto& [name, bytes] : whole.files) {
    for (std::size_t at = 0; at < bytes.size() && !testing::Test::HasFailure(); ++at) {
      const unsigned first = static_cast<unsigned>(random() % 8);
      for (unsigned i = 0; i < long_or(1, 8); ++i) {
        const unsigned bit = (first + i) % 8;
        SCOPED_TRACE(name + ", byte " + std::to_string(at) + ", bit " + std::to_string(bit));
        Files files = whole.files;
        files[name][at] = static_cast<char>(files[name][at] ^ (1 << bit));
        Damaged damaged(whole, files);
        const Outcome outcome = damaged.judge();
        tally.add(outcome);
        EXPECT_TRUE(outcome != Outcome::kUnnoticed || damaged.report.damage() > 0);
        // The state file is text without a checksum.
        EXPECT_TRUE(name == kStateName || !damaged.report.findings.empty());
      }
    }
  }
  figures.add(whole.bytes(), "bytes");
  tally.print(figures);
}

TEST(EveryByte, AsTheEndOfItsFileIsCutOffOrRefused) {
  TestFigures figures("every file cut at every byte");
  Tally tally;
  const WholeLog whole;
  for (const auto& [name, bytes] : whole.files) {
    for (std::size_t length = 0; length < bytes.size() && !testing::Test::HasFailure(); ++length) {
      SCOPED_TRACE(name + " cut to " + std::to_string(length) + " bytes");
      Files files = whole.files;
      files[name].resize(length);
      Damaged damaged(whole, files);
      tally.add(damaged.judge());
    }
  }
  figures.add(whole.bytes(), "lengths");
  tally.print(figures);
}

TEST(EveryByte, OfASegmentThatIsMissingIsMissedUnlessItMayHaveBeenRemoved) {
  const WholeLog whole;
  for (std::uint64_t id = 1; id <= whole.end.segment; ++id) {
    SCOPED_TRACE(segment_name(id));
    Files files = whole.files;
    files.erase(segment_name(id));
    files.erase(index_name(id));
    const Damaged damaged(whole, files);
    // The older checkpoint's replay begins in segment 3, the newer one's in 4.
    EXPECT_EQ(damaged.report.damage() > 0, id >= 3);
    EXPECT_EQ(damaged.opened.has_value(), id < 4);
    EXPECT_EQ(damaged.report.opening.has_value(), id < 4);
  }
}

}  // namespace
}  // namespace propylon::log

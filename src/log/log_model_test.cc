// The log against a model: random work, kills, crashes of the machine, and a stop at every single operation.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "core/long_tests.h"
#include "log/fault_file_layer.h"
#include "log/log_fixture.h"
#include "log/memory_file_layer.h"

namespace propylon::log {
namespace {

// What was acknowledged, group after group.
struct Acknowledged {
  Position end;
  std::vector<std::pair<Position, Remembered>> records;
};

class Model {
 public:
  explicit Model(LogFixture& fixture) : fixture_(fixture) {}

  Result<void> write(const std::vector<Remembered>& records) {
    const auto written = PPL_TRY(fixture_.write(records));
    Acknowledged group{.end = written.end, .records = {}};
    for (std::size_t i = 0; i < records.size(); ++i) {
      group.records.emplace_back(Position{written.start.segment, written.start.offset + fixture_.offsets[i]},
                                 records[i]);
    }
    groups_.push_back(std::move(group));
    return {};
  }
  void synced() { durable_ = groups_.size(); }

  // After a reopen: what the replay gave is what was acknowledged, from the first group to one at or behind
  // `must_have` groups; what is missing was lost and is forgotten here too.
  void check(std::size_t must_have) {
    const auto segments = fixture_.log->segments();
    const auto there = [&](std::uint64_t id) {
      return std::ranges::any_of(segments, [&](const SegmentInfo& info) { return info.id == id; });
    };
    const Position end = fixture_.log->end();
    std::size_t replayed = 0;
    std::uint64_t lost = 0;
    std::map<std::uint64_t, std::uint64_t> in_tables;
    std::size_t kept = 0;
    bool gone = false;
    for (const auto& group : groups_) {
      const std::uint64_t segment = group.end.segment;
      const bool in_table = fixture_.replay.tables.contains(segment);
      const bool removed = !there(segment) && segment < end.segment;
      const bool matches = !in_table && !removed && matches_replay(group, replayed);
      gone = gone || (!in_table && !removed && !matches);
      if (gone) {
        for (const auto& [at, record] : group.records) lost += count(record);
        continue;
      }
      ++kept;
      if (matches) replayed += group.records.size();
      if (in_table) {
        for (const auto& [at, record] : group.records) in_tables[segment] += count(record);
      }
    }
    EXPECT_GE(kept, must_have);
    EXPECT_EQ(replayed, fixture_.replay.records.size()) << "nothing that was not acknowledged";
    EXPECT_LE(lost, fixture_.replay.gap) << "no number is used again";
    for (const auto& [segment, messages] : in_tables) {
      std::uint64_t told = 0;
      for (const auto& share : fixture_.replay.tables[segment]) told += share.messages;
      EXPECT_EQ(told, messages);
    }
    groups_.resize(kept);
    durable_ = kept;
  }

  // A record taken at random is read back, if its segment is still there.
  void check_read(std::mt19937_64& random) const {
    if (groups_.empty()) return;
    const auto& group = groups_[random() % groups_.size()];
    const auto& [at, record] = group.records[random() % group.records.size()];
    std::string buffer;
    const auto pin = fixture_.log->pin(at.segment);
    if (!pin) return;
    const auto read = fixture_.log->read(pin, at.offset, 0, buffer, ReadMode::kCached);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(remember(read->record), record);
  }

  std::size_t durable() const { return durable_; }
  std::size_t size() const { return groups_.size(); }

 private:
  static std::uint64_t count(const Remembered& record) {
    return record.kind == RecordKind::kMessage ? record.payloads.size() : 0;
  }
  bool matches_replay(const Acknowledged& group, std::size_t from) const {
    const auto& replayed = fixture_.replay.records;
    return from + group.records.size() <= replayed.size() &&
           std::equal(group.records.begin(), group.records.end(), replayed.begin() + static_cast<std::ptrdiff_t>(from));
  }

  LogFixture& fixture_;
  std::vector<Acknowledged> groups_;
  std::size_t durable_ = 0;  // groups that a crash of the machine must not take
};

std::vector<Remembered> random_group(std::mt19937_64& random, std::map<std::uint64_t, std::uint64_t>& last) {
  std::vector<Remembered> records(1 + random() % 4);
  for (auto& record : records) {
    record.station = 1 + random() % 5;
    if (random() % 3 == 0) {
      record.kind = static_cast<RecordKind>(2 + random() % 7);
      record.payloads = {std::string(random() % 50, 'b')};
      continue;
    }
    record.headers = std::string(random() % 20, 'h');
    record.payloads.resize(1 + random() % 3);
    for (auto& payload : record.payloads) payload = std::string(random() % 300, static_cast<char>(random()));
    record.first = last[record.station] + 1;
    last[record.station] += record.payloads.size();
  }
  return records;
}

void random_life(std::uint64_t seed) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  MemoryFileLayer memory;
  LogFixture fixture(memory);
  Model model(fixture);
  std::map<std::uint64_t, std::uint64_t> last;
  ASSERT_TRUE(fixture.open());
  for (int step = 0; step < 300; ++step) {
    const auto dice = random() % 100;
    if (dice < 70) {
      const auto written = model.write(random_group(random, last));
      ASSERT_TRUE(written) << written.error().message;
      fixture.clock.advance(std::chrono::milliseconds(random() % 5));
    } else if (dice < 80) {
      ASSERT_TRUE(fixture.log->maintain());
    } else if (dice < 84) {
      ASSERT_TRUE(fixture.log->sync());
      model.synced();
    } else if (dice < 87) {
      ASSERT_TRUE(fixture.log->write_checkpoint("blob", fixture.log->end(), fixture.log->end()));
      model.synced();
    } else if (dice < 90) {
      const auto removed = fixture.log->remove_segment(fixture.log->segments().front().id);
      ASSERT_TRUE(removed || removed.error().code == ErrorCode::kConflict);
    } else if (dice < 94) {
      model.check_read(random);
    } else if (dice < 98) {
      ASSERT_TRUE(fixture.open());
      model.check(model.size());
    } else {
      const auto keeps_percent = random() % 101;
      const std::size_t must_have = model.durable();
      fixture.log.reset();
      memory.crash([&] { return random() % 100 < keeps_percent; });
      fixture.options.boot_id = "boot-" + std::to_string(random());
      const auto opened = fixture.open();
      ASSERT_TRUE(opened) << opened.error().message;
      model.check(must_have);
    }
    if (testing::Test::HasFailure()) return;
  }
}

TEST(LogModel, HoldsThroughRandomWorkKillsAndCrashes) {
  const std::uint64_t seed = test_seed();
  const std::uint64_t lives = test_lives(60, 5000);
  TestFigures figures("model of the log");
  for (std::uint64_t i = 0; i < lives && !testing::Test::HasFailure(); ++i) random_life(seed + i);
  figures.add(seed, "is the first seed");
  figures.add(lives, "lives of 300 steps");
}

// Rolls, indexes, checkpoints and removes; each step fails when the files stop working, then nothing more is tried.
Result<void> full_life(LogFixture& fixture, Model& model) {
  PPL_CHECK(fixture.open());
  std::uint64_t next = 1;
  for (std::uint64_t segment = 2; segment <= 4; ++segment) {
    while (fixture.log->end().segment < segment) {
      PPL_CHECK(model.write({LogFixture::message(1, next++, {std::string(1500, 'x')})}));
    }
    PPL_CHECK(fixture.maintain());
    PPL_CHECK(fixture.log->write_checkpoint("blob", fixture.log->end(), fixture.log->end()));
    model.synced();
  }
  PPL_CHECK(fixture.log->remove_segment(1));
  PPL_CHECK(model.write({LogFixture::message(1, next++, {"last"})}));
  return fixture.log->close();
}

enum class Death : std::uint8_t { kProcess, kMachine };

// Stops at operation `stop`, comes back with each reopening stopped one operation later, until one succeeds.
// False when the life ended before the stop.
bool live_and_die(std::uint64_t stop, Death death) {
  SCOPED_TRACE("stop at operation " + std::to_string(stop));
  std::mt19937_64 random(stop);
  MemoryFileLayer memory;
  FaultFileLayer files(memory);
  LogFixture fixture(files);
  Model model(fixture);
  files.plan(FaultKind::kStop, FaultCalls::kAll, stop);
  const bool died = !full_life(fixture, model);
  const std::size_t must_have = death == Death::kProcess ? model.size() : model.durable();
  fixture.log.reset();
  if (death == Death::kMachine) {
    memory.crash([&] { return random() % 2 == 0; });
    fixture.options.boot_id = "boot-2";
  }
  for (std::uint64_t reopen_stop = 0;; ++reopen_stop) {
    files.plan(FaultKind::kStop, FaultCalls::kAll, reopen_stop);
    const auto opened = fixture.open();
    files.heal();
    if (opened) break;
    EXPECT_NE(opened.error().code, ErrorCode::kDamaged) << opened.error().message;
    if (testing::Test::HasFailure()) return false;
  }
  model.check(must_have);
  EXPECT_TRUE(model.write({LogFixture::message(1, 1'000'000, {"more"})}));
  EXPECT_TRUE(fixture.maintain());
  EXPECT_TRUE(fixture.open());
  model.check(model.size());
  return died;
}

TEST(LogModel, ComesBackFromAStopOfTheProcessAtEveryOperation) {
  for (std::uint64_t stop = 0; live_and_die(stop, Death::kProcess) && !testing::Test::HasFailure(); ++stop) {
  }
}

TEST(LogModel, ComesBackFromACrashOfTheMachineAtEveryOperation) {
  for (std::uint64_t stop = 0; live_and_die(stop, Death::kMachine) && !testing::Test::HasFailure(); ++stop) {
  }
}

}  // namespace
}  // namespace propylon::log

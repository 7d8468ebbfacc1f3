// Readers on threads of their own while segments are written, indexed, rewritten and removed; worth most under
// ThreadSanitizer.
#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <thread>

#include "log/log_fixture.h"
#include "log/memory_file_layer.h"

namespace propylon::log {
namespace {

constexpr std::uint64_t kStations = 4;
constexpr int kRewritings = 12;
constexpr std::size_t kSegmentsAhead = 40;  // the writer waits for the background when it has so many to tidy up

std::string payload_of(std::uint64_t station, std::uint64_t sequence) {
  return std::to_string(station) + ":" + std::to_string(sequence) + std::string(100 + sequence % 200, 'x');
}

void write_all(LogFixture& fixture, const std::atomic<int>& rewritings, std::atomic<int>& failures) {
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::minutes(2);
  for (std::uint64_t sequence = 1; rewritings < kRewritings && failures == 0;) {
    if (std::chrono::steady_clock::now() > give_up) ++failures;
    if (fixture.log->segments().size() > kSegmentsAhead) {
      std::this_thread::yield();
      continue;
    }
    std::vector<Remembered> records;
    for (std::uint64_t station = 1; station <= kStations; ++station) {
      records.push_back(LogFixture::message(station, sequence, {payload_of(station, sequence)}));
    }
    if (!fixture.write(records)) ++failures;
    ++sequence;
  }
}

// Whatever a segment's index says is in the file that came with it, however long ago that was.
void read_through(const Log& log, const SealedSegment& segment, std::atomic<int>& failures) {
  std::string buffer;
  for (const auto& share : segment.index->stations()) {
    for (const auto& entry : segment.index->entries(share)) {
      const auto read = log.read(segment.pin, entry.offset, entry.bytes, buffer, ReadMode::kWaiting);
      const bool good = read && read->record.station() == share.id() &&
                        read->record.payload(0) == payload_of(share.station, entry.first_sequence);
      if (!good) ++failures;
    }
  }
}

void read_all(const Log& log, std::uint64_t seed, const std::atomic<bool>& done, std::atomic<int>& failures) {
  std::mt19937_64 random(seed);
  std::vector<SealedSegment> held(5);
  while (!done) {
    auto& segment = held[random() % held.size()];
    segment = log.sealed(1 + random() % log.end().segment);
    const auto& other = held[random() % held.size()];
    if (other.index) read_through(log, other, failures);
  }
}

// Keeps every 16th of the latest 64 messages in the segments below the checkpoints, which fit into one segment however
// often they are rewritten.
void tidy_up(Log& log, std::atomic<int>& rewritings, std::atomic<int>& failures) {
  while (log.maintain().value_or(false)) {
  }
  if (!log.write_checkpoint("blob", log.end(), log.end())) ++failures;
  const auto segments = log.segments();
  const std::uint64_t below = log.oldest_replay_start().segment;
  if (segments.size() < 4 || segments[3].id >= below) return;
  const SealedSegment newest = log.sealed(segments[3].id);
  if (!newest.index) return;
  const std::uint64_t last = newest.index->stations().front().last_sequence;
  if (segments.size() > 12 && !log.remove_segment(segments[0].id)) ++failures;
  const auto keep = [last](StationId, Sequence first, Sequence) {
    return first.value % 16 == 0 && first.value + 64 > last;
  };
  if (!log.rewrite(segments[1].id, segments[3].id, keep)) ++failures;
  log.forget_replaced(segments[1].id, segments[3].id);
  ++rewritings;
}

TEST(RewriteThreads, ReadersFindInEveryPinnedFileWhatItsIndexSays) {
  MemoryFileLayer files(CrashMemory::kNone);
  LogFixture fixture(files);
  ASSERT_TRUE(fixture.open());
  std::atomic<int> failures{0};
  std::atomic<int> rewritings{0};
  std::atomic<bool> done{false};
  {
    const std::jthread one([&] { read_all(*fixture.log, 1, done, failures); });
    const std::jthread two([&] { read_all(*fixture.log, 2, done, failures); });
    const std::jthread background([&] {
      while (!done) tidy_up(*fixture.log, rewritings, failures);
    });
    write_all(fixture, rewritings, failures);
    done = true;
  }
  EXPECT_EQ(failures, 0);
  ASSERT_TRUE(fixture.maintain());
  ASSERT_TRUE(fixture.open());
}

}  // namespace
}  // namespace propylon::log

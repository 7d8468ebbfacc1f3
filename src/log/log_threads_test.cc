// Writers, readers, the sync thread and the background thread at once; worth most under ThreadSanitizer.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "log/log_fixture.h"
#include "log/memory_file_layer.h"

namespace propylon::log {
namespace {

constexpr std::uint64_t kGroupsPerWriter = 300;

// Writes single messages of its own station and reads each back.
void write_and_read(Log& log, std::uint64_t station, std::atomic<int>& failures) {
  GroupBuffer group;
  std::string buffer;
  for (std::uint64_t sequence = 1; sequence <= kGroupsPerWriter; ++sequence) {
    const std::string payload = std::to_string(sequence) + std::string(200, 'x');
    const ByteView payloads[] = {payload};
    group.clear();
    const std::size_t index = group.add_message({station}, "", payloads);
    Position at;
    {
      const std::lock_guard lock(log.commit_mutex());
      group.stamp(index, {sequence}, log.stamp_time());
      const auto written = log.write(group);
      if (!written) {
        ++failures;
        return;
      }
      at = {written->start.segment, written->start.offset + group.offset(index)};
    }
    const auto read = log.read(log.pin(at.segment), at.offset, group.length(index), buffer, ReadMode::kCached);
    if (!read || read->outcome != ReadOutcome::kDone || read->record.payload(0) != payload) ++failures;
  }
}

TEST(LogThreads, WriteReadSyncAndMaintainTogether) {
  MemoryFileLayer files;
  LogFixture fixture(files);
  ASSERT_TRUE(fixture.open());
  Log& log = *fixture.log;
  std::atomic<int> failures{0};
  std::atomic<bool> done{false};
  {
    const std::jthread background([&] {
      while (!done) {
        if (!log.maintain()) ++failures;
      }
    });
    const std::jthread syncing([&] {
      Position durable;
      while (!done) {
        if (!log.sync() || log.durable() < durable) ++failures;
        durable = log.durable();
      }
    });
    {
      const std::jthread first([&] { write_and_read(log, 1, failures); });
      const std::jthread second([&] { write_and_read(log, 2, failures); });
    }
    done = true;
  }
  EXPECT_EQ(failures, 0);
  ASSERT_TRUE(fixture.maintain());
  ASSERT_TRUE(log.sync());
  EXPECT_EQ(log.durable(), log.end());
  EXPECT_EQ(log.unsynced_bytes(), 0u);
  ASSERT_TRUE(fixture.open());
  EXPECT_EQ(fixture.replay.records.size(), 2 * kGroupsPerWriter);
}

}  // namespace
}  // namespace propylon::log

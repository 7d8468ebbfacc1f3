// For tests: all that a log holds, read back the way its owner would find it.
#pragma once
#include <algorithm>
#include <string>
#include <vector>

#include "log/log_fixture.h"

namespace propylon::log {

// The messages of an indexed segment, in the order in which they lie in the file; each is compared with what the index
// says of it.
inline std::vector<Remembered> messages_of(const Log& log, const SealedSegment& segment) {
  std::vector<IndexEntry> entries;
  std::map<std::uint32_t, std::uint64_t> stations;
  for (const auto& share : segment.index->stations()) {
    std::uint64_t before = 0;
    for (const auto& entry : segment.index->entries(share)) {
      EXPECT_GT(entry.first_sequence, before);
      before = entry.first_sequence + entry.count - 1;
      entries.push_back(entry);
      stations[entry.offset] = share.station;
    }
  }
  std::ranges::sort(entries, {}, &IndexEntry::offset);
  std::vector<Remembered> messages;
  std::string buffer;
  for (const auto& entry : entries) {
    const auto read = log.read(segment.pin, entry.offset, entry.bytes, buffer, ReadMode::kWaiting);
    EXPECT_TRUE(read) << (read ? "" : read.error().message);
    if (!read) continue;
    messages.push_back(remember(read->record));
    EXPECT_EQ(messages.back().station, stations[entry.offset]);
    EXPECT_EQ(messages.back().first, entry.first_sequence);
  }
  return messages;
}

// All messages of a log that was just opened: from the indexes where the replay gave tables, else as it gave them.
inline std::vector<Remembered> all_messages(const LogFixture& fixture) {
  std::vector<Remembered> all;
  for (const auto& segment : fixture.log->segments()) {
    if (fixture.replay.tables.contains(segment.id)) {
      const auto part = messages_of(*fixture.log, fixture.log->sealed(segment.id));
      all.insert(all.end(), part.begin(), part.end());
      continue;
    }
    for (const auto& [at, record] : fixture.replay.records) {
      if (at.segment == segment.id && record.kind == RecordKind::kMessage) all.push_back(record);
    }
  }
  return all;
}

}  // namespace propylon::log

// The index of a sealed segment: per station, where its message records are. Memory-mapped, never changed.
//
// File (little endian; docs/log-format.md): header 96 bytes | station table, sorted by id | entries, grouped by
// station in table order, ascending by sequence within one. All of it is checked when it is opened: what an entry hides
// nothing else would miss. That reads the file once, up to 8 MB for a segment of the smallest messages.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/bytes.h"
#include "core/clock.h"
#include "core/ids.h"
#include "core/result.h"
#include "log/file_layer.h"
#include "log/format.h"

namespace propylon::log {

// One message record. Stored as it stands here.
struct IndexEntry {
  std::uint64_t first_sequence = 0;
  std::uint32_t offset = 0;   // of the record in the segment
  std::uint32_t time_ms = 0;  // since SegmentIndex::first_time(), rounded down
  std::uint32_t count = 0;    // messages
  std::uint32_t bytes = 0;    // of the record
};
static_assert(sizeof(IndexEntry) == 24);

// One station's share of a segment. Stored as it stands here.
struct StationShare {
  std::uint64_t station = 0;
  std::uint64_t first_sequence = 0;
  std::uint64_t last_sequence = 0;
  std::uint64_t messages = 0;
  std::uint64_t bytes = 0;  // of its message records
  std::uint32_t first_entry = 0;
  std::uint32_t records = 0;

  StationId id() const { return {station}; }
};
static_assert(sizeof(StationShare) == 48);

// Thread: any. Entries and table live as long as the index; it may outlive the log's own reference and the file.
class SegmentIndex final {
 public:
  // Errors: kDamaged (not an index, or not of the file with this header, or its checksum is wrong): build it again;
  // kIo.
  static Result<std::shared_ptr<const SegmentIndex>> open(FileLayer& files, const std::string& path,
                                                          const StoreUuid& store, const SegmentHeader& segment);

  std::uint64_t segment() const { return segment_; }
  // Every station with a message in the segment, ascending by id.
  std::span<const StationShare> stations() const { return stations_; }
  // Null when the segment holds no message of that station.
  const StationShare* find(StationId station) const;
  std::span<const IndexEntry> entries(const StationShare& share) const {
    return entries_.subspan(share.first_entry, share.records);
  }
  // The first entry of `share` whose last message is at or after `sequence`; records when there is none. The sequence
  // may lie in a gap before that entry.
  std::size_t lower_bound(const StationShare& share, Sequence sequence) const;
  // The first entry whose record was stored at or after `time` (to the millisecond, rounded down: the entry found may
  // be up to 1 ms early); records when there is none.
  std::size_t lower_bound(const StationShare& share, WallTime time) const;
  WallTime time(const IndexEntry& entry) const { return first_time_ + std::chrono::milliseconds(entry.time_ms); }

  // Of all records, message or not; both 0 when no record carries a time.
  WallTime first_time() const { return first_time_; }
  WallTime last_time() const { return last_time_; }
  // 0: a rewritten segment that holds no group any more.
  std::uint64_t first_group() const { return first_group_; }
  std::uint64_t last_group() const { return last_group_; }
  // Where the segment's last group ends.
  std::uint32_t end() const { return end_; }

 private:
  SegmentIndex() = default;

  std::unique_ptr<FileMapping> mapping_;
  std::uint64_t segment_ = 0;
  std::uint64_t first_group_ = 0;
  std::uint64_t last_group_ = 0;
  WallTime first_time_;
  WallTime last_time_;
  std::uint32_t end_ = 0;
  std::span<const StationShare> stations_;
  std::span<const IndexEntry> entries_;
};

// Collects a segment's records into the bytes of its index file. Thread: caller serialises.
class SegmentIndexBuilder final {
 public:
  void add_group(std::uint64_t group_number, Position end);
  // Records in the order of the log, message or not.
  void add(const RecordHeader& header, std::uint32_t offset);
  std::string encode(const StoreUuid& store, const SegmentHeader& segment) const;

 private:
  struct Placed {
    IndexEntry entry;  // its time_ms is not known yet
    std::int64_t time_us;
  };
  // In the order of the log, which is that of the sequences: nothing has to be sorted but the stations.
  struct Station {
    std::uint64_t id;
    std::vector<Placed> records;
  };
  Station& station(std::uint64_t id);
  std::vector<const Station*> by_id() const;
  static StationShare share(const Station& station, std::uint32_t first_entry);
  void append_entries(const Station& station, std::string& out) const;

  std::vector<Station> stations_;  // in the order in which they were met
  std::unordered_map<std::uint64_t, std::size_t> station_of_id_;
  std::size_t latest_ = 0;  // the station of the last record, often that of the next one
  std::uint64_t first_group_ = 0;
  std::uint64_t last_group_ = 0;
  std::int64_t first_time_us_ = 0;
  std::int64_t last_time_us_ = 0;
  std::uint32_t end_ = kSegmentHeaderBytes;
};

}  // namespace propylon::log

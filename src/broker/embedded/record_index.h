// Where a station's messages are: for each segment with some of them either our own entries or the segment's index.
//
// A message record that was just written gets an entry here (32 bytes). Once its segment is sealed and has an index
// file, the entries go and 12 bytes a segment stay: which segment, and from which sequence on.
// Thread: caller serialises (the station's lock).
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "core/clock.h"
#include "core/ids.h"
#include "log/position.h"
#include "log/segment_pin.h"

namespace propylon::log {
class Log;
class SegmentIndex;
struct StationShare;
}  // namespace propylon::log

namespace propylon::broker::embedded {

// One message record.
struct RecordEntry {
  Sequence first;
  std::uint32_t count = 0;
  std::uint32_t bytes = 0;
  log::Position at;
  WallTime time;

  Sequence last() const { return {first.value + count - 1}; }
};

class RecordIndex final {
 public:
  explicit RecordIndex(StationId station) : station_(station) {}

  // A record that was just written, or found at open in a segment without an index; after all others.
  void add(const RecordEntry& entry) { tail_.push_back(entry); }
  // Found at open: a segment whose index knows the station's records. In ascending order.
  void add_sealed(std::uint64_t segment, Sequence first);
  // The segment has its index now: drops the entries of its records.
  void adopt(std::uint64_t segment);
  // The segments from `first` to `last` were rewritten into one with the id `last`, in which the station's records
  // begin with that sequence, or which has none of it any more.
  void replaced(std::uint64_t first, std::uint64_t last, std::optional<Sequence> first_sequence);
  // Nothing at or below `floor` will be asked for again.
  void drop_through(Sequence floor);

  // What for_each() shows: a record, and the file that its offset belongs to.
  using Visit = std::function<bool(const RecordEntry&, const log::SegmentPin&)>;
  // Calls `visit` for each record that holds a message at or after `from`, in order, until it returns false. The
  // records of a segment that is gone are left out: they are below the floor.
  void for_each(const log::Log& log, Sequence from, const Visit& visit) const;
  // The last sequence at or above `floor` whose record was stored before `time`; `floor` when there is none.
  Sequence last_before(const log::Log& log, Sequence floor, WallTime time) const;

  // How much there is from `from` to `through`: messages, and bytes of the records that end there. Stops after
  // `entries_max` single records (whole segments cost as much as one) and says how far it came.
  struct Count {
    std::uint64_t messages = 0;
    std::uint64_t bytes = 0;
    Sequence through;
  };
  Count count(const log::Log& log, Sequence from, Sequence through, std::size_t entries_max) const;
  // The last of the first `messages` messages at or after `from`; there are at least so many.
  Sequence skip_messages(const log::Log& log, Sequence from, std::uint64_t messages) const;
  // The end of the records from `from` on that take `bytes` or more, but before the newest record up to `last`.
  Sequence skip_bytes(const log::Log& log, Sequence from, Sequence last, std::uint64_t bytes) const;

  std::size_t tail_entries() const { return tail_.size(); }
  std::size_t sealed_segments() const { return sealed_.size(); }

 private:
  struct [[gnu::packed]] Sealed {
    std::uint32_t segment;
    std::uint64_t first;
  };
  static_assert(sizeof(Sealed) == 12, "what a station costs in memory for each segment that holds messages of it");
  // Where the newest record up to `last` begins; 0 when there is none.
  Sequence newest_record(const log::Log& log, Sequence last) const;
  // Calls `take_share` for each segment's share that begins at or after `from`; when that returns false, and for all
  // else, `visit` for each record as for_each() does, until it returns false. Defined in record_walk.h.
  template <class TakeShare, class VisitRecord>
  void walk(const log::Log& log, Sequence from, const TakeShare& take_share, const VisitRecord& visit) const;
  static RecordEntry entry_of(const log::SegmentIndex& index, const log::StationShare& share, std::size_t i);

  // Each ascending. Mostly all of tail_ lies behind sealed_, but a segment that lost its index is in tail_ while later
  // ones have theirs.
  const StationId station_;
  std::vector<Sealed> sealed_;
  std::vector<RecordEntry> tail_;
};

}  // namespace propylon::broker::embedded

// What opening a log tells its owner, in order, and what it found.
#pragma once
#include <cstdint>
#include <span>

#include "core/bytes.h"
#include "core/result.h"
#include "log/position.h"
#include "log/record.h"
#include "log/segment_index.h"

namespace propylon::log {

// Called by Log::open() on its thread: checkpoint() at most once and first; then the segments ascending, each either
// as one segment_table() or as all of its records. An error ends the opening with that error.
class Replay {
 public:
  virtual ~Replay() = default;
  // The newest good checkpoint, byte for byte as it was written. Not called when there is none yet.
  virtual Result<void> checkpoint(ByteView blob) = 0;
  // A sealed and indexed segment that lies wholly before the checkpoint's replay start: what the checkpoint does not
  // already hold of it. Its index is there when open() returns.
  virtual Result<void> segment_table(std::uint64_t segment, std::span<const StationShare> stations) = 0;
  // A record of any other segment, from that segment's start on: also records from before the replay start, because
  // where messages are is not in the checkpoint. Compare `at` with the position that the checkpoint includes of the
  // station and apply only what is newer. The view dies with the call.
  virtual Result<void> record(const RecordView& record, Position at) = 0;
  // The highest station id that was ever given out: a gap that is decided now concerns stations up to it.
  virtual StationId newest_station() const = 0;
};

// What open() found and did. All of it has been logged.
struct Recovery {
  std::uint64_t segments = 0;  // with groups in them
  std::uint64_t groups_replayed = 0;
  std::uint64_t records_replayed = 0;
  bool tail_damaged = false;  // something was cut off
  Position cut_at;            // where, if tail_damaged
  std::uint64_t bytes_cut = 0;
  std::uint64_t groups_cut = 0;     // whole groups behind the damage, as far as they could be recognised
  bool machine_restarted = false;   // since the last run, or that run is not known: what was not synced may be gone
  bool closed_cleanly = false;      // the last run synced everything and said so
  bool checkpoint_damaged = false;  // the newest one; an older one (or none) was used
  // By how much sequences jump because of what may have been lost; 0: not at all. The log has already written and
  // replayed the kGap record that says so.
  std::uint64_t sequence_gap = 0;
};

}  // namespace propylon::log

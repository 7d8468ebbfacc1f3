// Reads and judges everything that is on disk of a log, and changes nothing of it: the first half of opening.
#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "log/inventory.h"
#include "log/recovery.h"
#include "log/segment_index.h"

namespace propylon::log {

struct FoundSegment {
  std::shared_ptr<Segment> segment;
  std::shared_ptr<const SegmentIndex> index;  // null: it has none that is whole
};

struct LogOnDisk {
  Recovered log;                        // but for rows and prepared segments
  Inventory inventory;                  // of its indexes those that nothing can be done with
  std::vector<FoundSegment> segments;   // ascending
  std::vector<std::uint64_t> replaced;  // segments whose records are in a rewritten one
  // The end of the log where nothing was ever written: a segment whose making was interrupted, and prepared ones behind
  // it. Descending.
  std::vector<std::uint64_t> unfinished;
  Position durable;  // the highest that anything on disk names
};

// The directory is there. Errors: kDamaged (what recovery refuses), kIo, those of `replay`.
Result<LogOnDisk> read_log(const Place& place, const Options& options, const Logger& logger, Replay& replay);

}  // namespace propylon::log

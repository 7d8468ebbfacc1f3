// Opening a log that is there: replay, judge what is damaged, cut what may be cut, refuse the rest.
//
// Nothing on disk is changed before all of it has been read and judged.
#pragma once
#include <deque>
#include <memory>
#include <vector>

#include "core/logger.h"
#include "core/result.h"
#include "log/checkpoint_store.h"
#include "log/options.h"
#include "log/replay.h"
#include "log/segment.h"
#include "log/segment_table.h"

namespace propylon::log {

// Where the log goes on. Everything in it is durable.
struct Recovered {
  Recovery summary;
  std::vector<SegmentTable::Row> rows;  // ascending, at least one; groups go into the last one
  std::deque<std::shared_ptr<Segment>> prepared;
  CheckpointStore::Found checkpoints;  // its blob has been given to the replay
  Position end;
  std::uint64_t last_group = 0;
  WallTime last_time;        // of all records
  WallTime tail_first_time;  // of the records in the last row's segment
};

// Errors: as Log::open(). summary.sequence_gap is noted in the state file, but its record is not written yet.
Result<Recovered> recover(const Place& place, const Options& options, const Logger& logger, Replay& replay);

// What recover() would find and do.
struct Assessment {
  Recovery summary;
  Position end;  // of the last group that stays; {0, 0} in an empty directory
};

// The same judgement without its consequences: nothing is changed, and what recover() would refuse is refused here. The
// directory is there. Errors: kDamaged, kIo, those of `replay`.
Result<Assessment> assess(const Place& place, const Options& options, const Logger& logger, Replay& replay);

}  // namespace propylon::log

// Writes down what retentions took away, before what lies there is deleted.
//
// A retention raises a station's floor in memory alone: as long as the messages are in the log, an opening finds the
// same floor from the same messages. Once some of them are deleted it would find another one, and what is still there
// of the rest would come back, or hold up what counts from the floor. So a floor that something is deleted for stands
// in the log first, durably.
#pragma once
#include <map>

#include "broker/embedded/station_directory.h"
#include "log/log.h"

namespace propylon::broker::embedded {

// For each station the last sequence that will be deleted; its floor is there or above.
using DeletedThrough = std::map<StationId, Sequence>;

// Writes floor records where there is none yet that covers it (of `memory` stations none is needed), and waits until
// all of them are durable. Blocks for the disk; Thread: the background's. Errors: those of Log::write() and sync();
// nothing may be deleted then.
Result<void> record_floors(log::Log& log, const StationDirectory& directory, const DeletedThrough& deleted);

}  // namespace propylon::broker::embedded

#include "broker/embedded/floor_records.h"

#include <deque>
#include <mutex>

#include "broker/embedded/changes.h"
#include "broker/embedded/group_commit.h"
#include "core/assert.h"

namespace propylon::broker::embedded {
namespace {

// As many as are written with the commit mutex held once: about 0.1 ms.
constexpr std::size_t kRecordsPerGroup = 256;

struct FloorToWrite {
  StationPtr station;
  Sequence floor;
};

Result<void> write_group(log::Log& log, std::span<const FloorToWrite> floors) {
  ChangeGroup group;
  std::deque<FloorChange> changes;
  for (const auto& [station, floor] : floors) {
    FloorChange& change = changes.emplace_back(*station, floor);
    group.add(change, group.buffer.add(log::RecordKind::kFloor, station->id, {}, change.claim()));
  }
  {
    std::lock_guard lock(log.commit_mutex());
    group.commit(log);
  }
  for (const FloorChange& change : changes) {
    const auto& result = ChangeGroup::result_of(change);
    // Of a station that was removed meanwhile nothing comes back.
    if (!result && result.error().code != ErrorCode::kStationNotFound) return result;
  }
  return {};
}

}  // namespace

Result<void> record_floors(log::Log& log, const StationDirectory& directory, const DeletedThrough& deleted) {
  std::vector<FloorToWrite> missing;
  for (const auto& [id, through] : deleted) {
    auto station = directory.by_id(id);
    // What is in memory does not outlive the process, so nothing of it can come back.
    if (!station || station->store == StoreKind::kMemory) continue;
    std::lock_guard lock(station->mutex);
    PPL_ASSERT(through <= station->floor);
    if (station->recorded_floor < through) missing.push_back({station, station->floor});
  }
  for (std::span<const FloorToWrite> rest = missing; !rest.empty();) {
    const std::size_t count = std::min(rest.size(), kRecordsPerGroup);
    PPL_CHECK(write_group(log, rest.first(count)));
    rest = rest.subspan(count);
  }
  return log.sync();
}

}  // namespace propylon::broker::embedded

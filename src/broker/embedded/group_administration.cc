// EmbeddedBroker's administration of consumer groups.
#include <algorithm>

#include "broker/embedded/changes.h"
#include "broker/embedded/embedded_broker.h"
#include "log/group_buffer.h"

namespace propylon::broker::embedded {
namespace {

// The first message stored at or after `time`; behind the last one when there is none. Hold the station's mutex.
Sequence first_since(const Station& station, const log::Log& log, WallTime time) {
  return {std::min(station.last, station.index.last_before(log, station.floor, time)).value + 1};
}

// Hold the station's mutex.
Sequence place_of(const Station& station, const log::Log& log, const SeekTarget& target) {
  switch (target.to) {
    case SeekTarget::To::kSequence: return target.sequence;
    case SeekTarget::To::kTime: return first_since(station, log, target.time);
    case SeekTarget::To::kEarliest: return {station.floor.value + 1};
    case SeekTarget::To::kLatest: return {station.last.value + 1};
  }
  return {station.floor.value + 1};
}

}  // namespace

Task<Result<Page<GroupInfo>>> EmbeddedBroker::groups(Loop& loop, StationRef ref, PageRequest request) {
  auto found = existing(loop, ref);
  if (!found) co_return std::unexpected(std::move(found).error());
  Station& station = **found;
  const log::Log& log = store_of(station).log();
  (void)info_of(station);  // applies the retention
  Page<GroupInfo> page;
  std::lock_guard lock(station.mutex);
  for (auto at = station.groups.upper_bound(request.after); at != station.groups.end(); ++at) {
    if (!at->first.starts_with(request.prefix)) continue;
    page.more = page.items.size() == request.limit;
    if (page.more) break;
    if (at->second.group.expire(clock_.steady())) at->second.group.trim(station.floor);
    page.items.push_back(station.group_info(log, at->first, at->second));
  }
  co_return page;
}

Task<Result<void>> EmbeddedBroker::remove_group(Loop& loop, StationRef ref, std::string_view group) {
  const std::string name(group);
  auto station = existing(loop, ref);
  if (!station) co_return std::unexpected(std::move(station).error());
  // What all groups had acknowledged may have no other witness than the groups: it must not come back with the last.
  auto floor = co_await write_floor(loop, **station);
  if (!floor) co_return floor;
  RemoveGroupChange change(**station, name, group_count_);
  auto removed = co_await commit_durably(loop, **station, change, log::RecordKind::kGroupRemoved, name);
  co_return removed;
}

Task<Result<GroupInfo>> EmbeddedBroker::seek_group(Loop& loop, StationRef ref, std::string_view group,
                                                   SeekTarget target) {
  const std::string name(group);
  auto found = existing(loop, ref);
  if (!found) co_return std::unexpected(std::move(found).error());
  Station& station = **found;
  (void)info_of(station);  // applies the retention
  Sequence place;
  {
    std::lock_guard lock(station.mutex);
    place = place_of(station, store_of(station).log(), target);
  }
  PlaceChange change(station, name, place, group_count_);
  auto moved = co_await commit_durably(loop, station, change, log::RecordKind::kGroupPlaced, name);
  if (!moved) co_return std::unexpected(std::move(moved).error());
  co_return group_info_of(station, name);
}

Result<GroupInfo> EmbeddedBroker::group_info_of(Station& station, const std::string& group) {
  std::lock_guard lock(station.mutex);
  const auto state = station.groups.find(group);
  if (state == station.groups.end()) {
    return fail(ErrorCode::kGroupNotFound, "The station has no consumer group " + group + ".");
  }
  return station.group_info(store_of(station).log(), group, state->second);
}

}  // namespace propylon::broker::embedded

// Maintenance's forgetting of consumer groups that nobody has used for group_idle_sec.
#include "broker/embedded/group_commit.h"
#include "broker/embedded/maintenance.h"

namespace propylon::broker::embedded {
namespace {

constexpr auto kInterval = std::chrono::minutes(1);

bool is_idle(const GroupState& state, WallTime used_before) {
  return state.last_used < used_before && state.waiters.empty();
}

}  // namespace

void Maintenance::forget_idle_groups() {
  if (work_.options.group_idle_s == 0 || work_.clock.steady() - idle_groups_time_ < kInterval) return;
  idle_groups_time_ = work_.clock.steady();
  const WallTime used_before = work_.clock.wall() - std::chrono::seconds(work_.options.group_idle_s);
  for (const auto& station : work_.directory.all(work_.store)) {
    // A companion's group says which dead letters were removed: nobody uses it, and without it they would come back.
    if (!station->is_companion()) forget_idle_groups_of(*station, used_before);
  }
}

void Maintenance::forget_idle_groups_of(Station& station, WallTime used_before) {
  std::vector<std::string> idle;
  {
    std::lock_guard lock(station.mutex);
    for (const auto& [name, state] : station.groups) {
      if (is_idle(state, used_before)) idle.push_back(name);
    }
  }
  for (const auto& group : idle) {
    if (auto forgotten = forget_if_idle(station, group, used_before); !forgotten) {
      work_.logger.warn("an idle consumer group could not be forgotten; it is tried again",
                        {{"station", station.name}, {"group", group}, {"reason", forgotten.error().message}});
    }
  }
}

Result<void> Maintenance::forget_if_idle(Station& station, const std::string& group, WallTime used_before) {
  ChangeGroup records;
  std::lock_guard lock(work_.log.commit_mutex());
  Sequence floor;
  {
    std::lock_guard station_lock(station.mutex);
    const auto found = station.groups.find(group);
    if (found == station.groups.end() || !is_idle(found->second, used_before)) return {};
    floor = station.floor;
  }
  // The floor as well: what all groups had acknowledged must not come back with the last of them.
  FloorChange keep_floor(station, floor);
  RemoveGroupChange remove(station, group, work_.groups);
  records.add(keep_floor, records.buffer.add(log::RecordKind::kFloor, station.id, {}, keep_floor.claim()));
  records.add(remove, records.buffer.add(log::RecordKind::kGroupRemoved, station.id, group, remove.claim()));
  records.commit(work_.log);
  PPL_CHECK(ChangeGroup::result_of(keep_floor));
  PPL_CHECK(ChangeGroup::result_of(remove));
  work_.logger.info("consumer group forgotten: nobody used it for group_idle_s",
                    {{"station", station.name}, {"group", group}});
  return {};
}

}  // namespace propylon::broker::embedded

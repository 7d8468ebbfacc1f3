#include "broker/embedded/changes.h"

#include <algorithm>
#include <utility>

namespace propylon::broker::embedded {
namespace {

log::Position behind(log::Position at, std::uint32_t bytes) { return {at.segment, at.offset + bytes}; }

Result<void> check_exists(const Station& station) {
  if (!station.removed) return {};
  return fail(ErrorCode::kStationNotFound, "Station " + station.name + " was removed.");
}

std::unexpected<Error> no_group(const std::string& group) {
  return fail(ErrorCode::kGroupNotFound, "The station has no consumer group " + group + ".");
}

}  // namespace

Result<void> AppendChange::decide(log::GroupBuffer& group, std::size_t record, WallTime now) {
  PPL_CHECK(check_exists(station_));
  first_ = Sequence{station_.assigned.value + 1};
  station_.assigned.value += count_;
  group.stamp(record, first_, now);
  return {};
}

void AppendChange::publish(log::Position at, std::uint32_t bytes, WallTime now) {
  std::lock_guard lock(station_.mutex);
  const RecordEntry entry{first_, count_, bytes, at, now};
  station_.index.add(entry);
  station_.applied = behind(at, bytes);
  if (station_.settings.durability == Durability::kDisk) {
    waits_for_disk_ = true;
    waits_.hold(station_, entry);
    return;
  }
  station_.show(entry);
  station_.wake_all_groups();
}

void AppendChange::withdraw() { station_.assigned = Sequence{first_.value - 1}; }

Result<void> GroupChange::decide(log::GroupBuffer& group, std::size_t record, WallTime now) {
  PPL_CHECK(check_exists(station_));
  {
    std::lock_guard lock(station_.mutex);
    const auto found = station_.groups.find(of_.group);
    if (found == station_.groups.end() || found->second.generation != of_.generation) return no_group(of_.group);
  }
  group.stamp(record, Sequence{0}, now);
  return {};
}

void GroupChange::publish(log::Position at, std::uint32_t bytes, WallTime) {
  std::lock_guard lock(station_.mutex);
  station_.applied = behind(at, bytes);
  // A delivery was leased when it was picked; an acknowledgement counts from here on.
  if (what_ != What::kAcknowledged) return;
  // A change of the same turn that was published before this one may have removed it.
  const auto found = station_.groups.find(of_.group);
  if (found != station_.groups.end()) found->second.group.acknowledge(ranges_);
}

Result<void> FloorChange::decide(log::GroupBuffer& group, std::size_t record, WallTime now) {
  PPL_CHECK(check_exists(station_));
  floor_ = through_ ? std::min(*through_, station_.assigned) : station_.assigned;
  group.stamp(record, floor_, now);
  return {};
}

void FloorChange::publish(log::Position at, std::uint32_t bytes, WallTime) {
  std::lock_guard lock(station_.mutex);
  station_.applied = behind(at, bytes);
  station_.raise_floor(floor_);
  station_.recorded_floor = std::max(station_.recorded_floor, floor_);
}

Result<void> PlaceChange::check(bool exists) const {
  if (next_ && !exists) return no_group(group_);
  if (next_) return {};
  if (exists) return fail(ErrorCode::kConflict, "The group exists.");
  if (count_.groups < count_.max) return {};
  return fail(ErrorCode::kOverloaded,
              "The server has as many consumer groups as groups_max allows (" + std::to_string(count_.max) + ").");
}

Result<void> PlaceChange::decide(log::GroupBuffer& group, std::size_t record, WallTime now) {
  PPL_CHECK(check_exists(station_));
  {
    std::lock_guard lock(station_.mutex);
    const auto found = station_.groups.find(group_);
    const bool exists = found != station_.groups.end();
    PPL_CHECK(check(exists));
    const Sequence oldest{station_.floor.value + 1};
    place_ = std::clamp(next_.value_or(oldest), oldest, std::max(oldest, Sequence{station_.assigned.value + 1}));
    // From here on: a delivery that stands behind this in the same group of records must not move the group again.
    if (exists) generation_before_ = std::exchange(found->second.generation, ++count_.last_generation);
  }
  group.stamp(record, place_, now);
  return {};
}

void PlaceChange::publish(log::Position at, std::uint32_t bytes, WallTime now) {
  std::lock_guard lock(station_.mutex);
  station_.applied = behind(at, bytes);
  const auto [found, made] = station_.groups.try_emplace(group_);
  if (made) ++count_.groups;
  auto& state = found->second;
  state.group.seek(place_);
  // Another one than decide() gave: what was picked between the two was picked at the old place.
  state.generation = ++count_.last_generation;
  state.last_used = now;
  station_.wake(state);
}

void PlaceChange::withdraw() {
  std::lock_guard lock(station_.mutex);
  const auto found = station_.groups.find(group_);
  if (found != station_.groups.end()) found->second.generation = generation_before_;
}

Result<void> RemoveGroupChange::decide(log::GroupBuffer& group, std::size_t record, WallTime now) {
  PPL_CHECK(check_exists(station_));
  {
    std::lock_guard lock(station_.mutex);
    const auto found = station_.groups.find(group_);
    if (found == station_.groups.end()) return no_group(group_);
    generation_before_ = std::exchange(found->second.generation, ++count_.last_generation);
  }
  group.stamp(record, Sequence{0}, now);
  return {};
}

void RemoveGroupChange::publish(log::Position at, std::uint32_t bytes, WallTime) {
  std::lock_guard lock(station_.mutex);
  station_.applied = behind(at, bytes);
  const auto found = station_.groups.find(group_);
  if (found == station_.groups.end()) return;
  station_.dismiss(found->second);
  station_.groups.erase(found);
  --count_.groups;
}

void RemoveGroupChange::withdraw() {
  std::lock_guard lock(station_.mutex);
  station_.groups.at(group_).generation = generation_before_;
}

}  // namespace propylon::broker::embedded

#include "broker/embedded/replay.h"

#include <algorithm>

#include "broker/embedded/checkpoint.h"
#include "broker/embedded/group_records.h"

namespace propylon::broker::embedded {

Result<void> StationReplay::checkpoint(ByteView blob) { return restore_stations(blob, directory_); }

Result<StationPtr> StationReplay::station_of(StationId id) const {
  if (id.value > highest_id_) {
    return fail(
        ErrorCode::kDamaged,
        "The log has messages of station " + std::to_string(id.value) + ", but the catalog gave out no number above " +
            std::to_string(highest_id_) +
            ": the catalog (catalog.db) is older than the log or belongs to another store. Restore the two together.");
  }
  auto station = directory_.by_id(id);
  if (station && station->store != store_) station.reset();
  return station;
}

Result<void> StationReplay::segment_table(std::uint64_t segment, std::span<const log::StationShare> stations) {
  for (const auto& share : stations) {
    const auto station = PPL_TRY(station_of(share.id()));
    if (!station) continue;
    if (share.last_sequence > station->floor.value) station->index.add_sealed(segment, Sequence{share.first_sequence});
    station->last = station->assigned = std::max(station->last, Sequence{share.last_sequence});
  }
  return {};
}

Result<void> StationReplay::record(const log::RecordView& record, log::Position at) {
  if (record.kind() == log::RecordKind::kGap) {
    apply_gap(record, at);
    return {};
  }
  const auto station = PPL_TRY(station_of(record.station()));
  if (!station) return {};
  // Where messages are is in no checkpoint; everything else counts only where the checkpoint does not have it yet.
  if (record.kind() == log::RecordKind::kMessage) {
    if (record.last() > station->floor) {
      station->index.add({record.first(), record.count(), record.bytes(), at, record.time()});
    }
    station->last = station->assigned = std::max(station->last, record.last());
  }
  if (at < station->applied) return {};
  station->applied = {at.segment, at.offset + record.bytes()};
  return apply(*station, record);
}

// A group's records are ordered by the log, so a group that was removed and made again ends up as the later one.
Result<void> StationReplay::apply(Station& station, const log::RecordView& record) const {
  switch (record.kind()) {
    case log::RecordKind::kDelivered: {
      const auto change = PPL_TRY(decode_group_record(record.body()));
      station.groups[change.group].group.replay_delivered(change.ranges);
      return {};
    }
    case log::RecordKind::kAcked: {
      const auto change = PPL_TRY(decode_group_record(record.body()));
      station.groups[change.group].group.acknowledge(change.ranges);
      return {};
    }
    case log::RecordKind::kFloor:
      station.raise_floor(record.first());
      station.recorded_floor = std::max(station.recorded_floor, record.first());
      return {};
    case log::RecordKind::kGroupPlaced:
      station.groups[std::string(record.body())].group.seek(record.first());
      return {};
    case log::RecordKind::kGroupRemoved: station.groups.erase(std::string(record.body())); return {};
    case log::RecordKind::kMessage:
    case log::RecordKind::kGap:
    case log::RecordKind::kReleased:
    case log::RecordKind::kIdempotency:
    case log::RecordKind::kDeadLetter:
    case log::RecordKind::kCommit: return {};
  }
  return {};
}

namespace {

// What a delivery left out while it was replayed may never have been there: the sequences of a gap, for one.
void keep_what_exists(const log::Log& log, const Station& station, ConsumerGroup& group) {
  std::vector<SequenceRange> there;
  for (const auto& range : group.unacknowledged()) {
    if (range.deliveries > 0) continue;
    station.index.for_each(log, range.first, [&](const RecordEntry& entry, const log::SegmentPin&) {
      if (entry.first > range.last) return false;
      there.push_back({std::max(entry.first, range.first), std::min(entry.last(), range.last), 0});
      return true;
    });
    group.acknowledge({range});
  }
  group.restore(group.next(), there);
}

}  // namespace

void StationReplay::finish(const log::Log& log, WallTime now) const {
  for (const auto& station : directory_.all(store_)) {
    std::lock_guard lock(station->mutex);
    station->last = station->assigned = std::max(station->last, station->floor);
    for (auto& [name, state] : station->groups) {
      state.group.trim(station->floor);
      keep_what_exists(log, *station, state.group);
      if (state.last_used == WallTime{}) state.last_used = now;
    }
    station->recount(log);
  }
}

// A station whose first messages were lost cannot be told from one that never had any.
void StationReplay::apply_gap(const log::RecordView& record, log::Position at) const {
  for (const auto& station : directory_.all(store_)) {
    const bool was_there = record.station() == StationId{} ? station->last.value != 0 : station->id <= record.station();
    if (at < station->applied || !was_there) continue;
    station->last.value += record.first().value;
    station->assigned = station->last;
    station->applied = {at.segment, at.offset + 1};
  }
}

}  // namespace propylon::broker::embedded

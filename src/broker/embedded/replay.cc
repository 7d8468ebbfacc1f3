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
  return directory_.by_id(id);
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
    apply_gap(record.first().value, at);
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
  switch (record.kind()) {
    case log::RecordKind::kDelivered:
    case log::RecordKind::kAcked: return apply_group(*station, record);
    case log::RecordKind::kMessage:
    case log::RecordKind::kGap:
    case log::RecordKind::kFloor:
    case log::RecordKind::kReleased:
    case log::RecordKind::kIdempotency:
    case log::RecordKind::kDeadLetter:
    case log::RecordKind::kCommit: return {};
  }
  return {};
}

Result<void> StationReplay::apply_group(Station& station, const log::RecordView& record) {
  const auto change = PPL_TRY(decode_group_record(record.body()));
  auto& group = station.groups[change.group].group;
  record.kind() == log::RecordKind::kDelivered ? group.replay_delivered(change.ranges)
                                               : group.acknowledge(change.ranges);
  return {};
}

void StationReplay::apply_gap(std::uint64_t gap, log::Position at) {
  for (const auto& station : directory_.all()) {
    if (at < station->applied || station->last.value == 0) continue;
    station->last.value += gap;
    station->assigned = station->last;
    station->applied = {at.segment, at.offset + 1};
  }
}

}  // namespace propylon::broker::embedded

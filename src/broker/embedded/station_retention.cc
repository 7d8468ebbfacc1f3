// What a station keeps: its floor by age, by count, by bytes, by acknowledgement.
#include <algorithm>

#include "broker/embedded/station.h"
#include "core/assert.h"

namespace propylon::broker::embedded {

Sequence Station::floor_by_age(const log::Log& log, WallTime oldest_kept) {
  // Asked for with every fetch, and hardly ever true: one comparison as long as the oldest message stays.
  if (oldest_time_ >= oldest_kept) return floor;
  const Sequence gone = std::min(index.last_before(log, floor, oldest_kept), last);
  if (gone <= floor && floor < last) {
    index.for_each(log, {floor.value + 1}, [&](const RecordEntry& entry, const log::SegmentPin&) {
      oldest_time_ = entry.time;
      return false;
    });
  }
  return gone;
}

Sequence Station::floor_by_acknowledgement() const {
  if (groups.empty()) return floor;
  Sequence through = last;
  for (const auto& [group_name, state] : groups) through = std::min(through, state.group.acknowledged_through());
  return through;
}

Sequence Station::floor_by(const log::Log& log, const Retention& retention, WallTime now) {
  const std::uint64_t value = retention.value;
  switch (retention.type) {
    case RetentionType::kMessageAgeSec:
      return value == 0 ? floor : std::max(floor, floor_by_age(log, now - std::chrono::seconds(value)));
    case RetentionType::kMessages:
      return messages_ <= value ? floor : index.skip_messages(log, {floor.value + 1}, messages_ - value);
    case RetentionType::kBytes:
      return bytes_ <= value ? floor : index.skip_bytes(log, {floor.value + 1}, last, bytes_ - value);
    case RetentionType::kAckBased: return std::max(floor, floor_by_acknowledgement());
  }
  return floor;
}

Sequence Station::retained_floor(const log::Log& log, WallTime now) {
  PPL_ASSERT(counted_floor_ == floor);
  const Sequence retained = floor_by(log, settings.retention, now);
  if (!is_companion()) return retained;
  const Retention newest{RetentionType::kMessages, settings.dead_letters.messages};
  const Retention until_removed{RetentionType::kAckBased, 0};
  return std::max({retained, floor_by(log, newest, now), floor_by(log, until_removed, now)});
}

bool Station::apply_retention(const log::Log& log, WallTime now) {
  if (catch_up(log, kEntriesPerLook)) return true;
  raise_floor(retained_floor(log, now));
  return catch_up(log, kEntriesPerLook);
}

}  // namespace propylon::broker::embedded

// What an administrator sees of a station and its groups.
#include <algorithm>

#include "broker/embedded/station.h"

namespace propylon::broker::embedded {

StationInfo Station::info(const log::Log& log) const {
  StationInfo info{.name = name,
                   .created = created,
                   .revision = revision,
                   .settings = settings,
                   .messages = messages_,
                   .bytes = bytes_,
                   .first = {last.value + 1},
                   .last = last};
  index.for_each(log, {floor.value + 1}, [&](const RecordEntry& entry, const log::SegmentPin&) {
    info.first = std::min(info.first, std::max(entry.first, Sequence{floor.value + 1}));
    return false;
  });
  return info;
}

GroupInfo Station::group_info(const log::Log& log, const std::string& group_name, const GroupState& state) const {
  GroupInfo info;
  info.name = group_name;
  info.acked = std::max(floor, state.group.acknowledged_through());
  info.in_flight = state.group.leased_messages(floor);
  for (const auto& range : state.group.candidates(last)) {
    const Sequence first = std::max(range.first, Sequence{floor.value + 1});
    if (first <= range.last) info.pending += index.count(log, first, range.last, SIZE_MAX).messages;
  }
  info.lag = info.pending;
  if (info.pending + info.in_flight > 0) {
    index.for_each(log, {info.acked.value + 1}, [&](const RecordEntry& entry, const log::SegmentPin&) {
      info.oldest_unacknowledged = entry.time;
      return false;
    });
  }
  for (const auto& [consumer, last_seen] : state.consumers) info.consumers.push_back({consumer, last_seen});
  return info;
}

}  // namespace propylon::broker::embedded

// What a companion knows of the dead letters that it keeps.
#include <algorithm>

#include "broker/embedded/station.h"

namespace propylon::broker::embedded {

std::shared_ptr<Station> dead_letters_of(Station& station) {
  std::lock_guard lock(station.mutex);
  return station.dead_letters;
}

StationSettings dead_letter_settings(StationSettings station) {
  station.retention = {RetentionType::kMessageAgeSec, station.dead_letters.retention_sec};
  return station;
}

std::vector<SequenceRange> Station::kept_letters(Sequence after) const {
  const auto removed_group = groups.find(kRemovedGroup);
  auto ranges = (removed_group == groups.end() ? ConsumerGroup{} : removed_group->second.group).candidates(last);
  const Sequence first{std::max(after, floor).value + 1};
  std::erase_if(ranges, [&](const SequenceRange& range) { return range.last < first; });
  if (!ranges.empty()) ranges.front().first = std::max(ranges.front().first, first);
  return ranges;
}

std::uint64_t Station::count_letters(const log::Log& log) const {
  const auto removed_group = groups.find(kRemovedGroup);
  if (removed_group == groups.end()) return messages_;
  // Every sequence above the floor is a letter: those that are pending are the ones that are kept.
  if (messages_ == last.value - floor.value) return removed_group->second.group.pending_at_most(last);
  std::uint64_t count = 0;
  for (const auto& range : kept_letters({})) count += index.count(log, range.first, range.last, SIZE_MAX).messages;
  return count;
}

bool Station::may_keep_letter(Sequence letter) const {
  if (letter <= floor || letter > last) return false;
  const auto removed_group = groups.find(kRemovedGroup);
  return removed_group == groups.end() || removed_group->second.group.is_pending(letter);
}

void Station::remove_letter(Sequence letter) {
  ConsumerGroup& group = groups[std::string(kRemovedGroup)].group;
  group.acknowledge({{letter, letter, 0}});
  group.trim(floor);
}

}  // namespace propylon::broker::embedded

// RecordIndex's sums: whole segments at a time where the segment's table has the answer.
#include <algorithm>

#include "broker/embedded/record_walk.h"

namespace propylon::broker::embedded {

RecordIndex::Count RecordIndex::count(const log::Log& log, Sequence from, Sequence through,
                                      std::size_t entries_max) const {
  Count sum{.through = through};
  std::size_t entries = 0;
  Sequence reached{from.value - 1};
  const auto take_share = [&](const log::StationShare& share) {
    if (share.last_sequence > through.value) return false;
    sum.messages += share.messages;
    sum.bytes += share.bytes;
    reached = Sequence{share.last_sequence};
    return true;
  };
  walk(log, from, take_share, [&](const RecordEntry& entry, const log::SegmentPin&) {
    if (entry.first > through) return false;
    if (entries++ == entries_max) {
      sum.through = reached;
      return false;
    }
    const Sequence first = std::max(entry.first, from);
    sum.messages += std::min(entry.last(), through).value - first.value + 1;
    if (entry.last() <= through) sum.bytes += entry.bytes;
    reached = entry.last();
    return true;
  });
  return sum;
}

Sequence RecordIndex::skip_messages(const log::Log& log, Sequence from, std::uint64_t messages) const {
  Sequence through{from.value - 1};
  const auto take_share = [&](const log::StationShare& share) {
    if (share.messages > messages) return false;
    messages -= share.messages;
    through = Sequence{share.last_sequence};
    return true;
  };
  walk(log, from, take_share, [&](const RecordEntry& entry, const log::SegmentPin&) {
    if (messages == 0) return false;
    const Sequence first = std::max(entry.first, from);
    const std::uint64_t taken = std::min(messages, entry.last().value - first.value + 1);
    through = Sequence{first.value + taken - 1};
    messages -= taken;
    return messages > 0;
  });
  return through;
}

Sequence RecordIndex::newest_record(const log::Log& log, Sequence last) const {
  Sequence newest;
  for (auto entry = tail_.rbegin(); entry != tail_.rend() && newest.value == 0; ++entry) {
    if (entry->first <= last) newest = entry->first;
  }
  for (auto sealed = sealed_.rbegin(); sealed != sealed_.rend() && newest.value < sealed->first; ++sealed) {
    const auto index = log.sealed(sealed->segment).index;
    const auto* share = index ? index->find(station_) : nullptr;
    if (share) return std::max(newest, Sequence{index->entries(*share).back().first_sequence});
  }
  return newest;
}

Sequence RecordIndex::skip_bytes(const log::Log& log, Sequence from, Sequence last, std::uint64_t bytes) const {
  Sequence through{from.value - 1};
  const Sequence newest = newest_record(log, last);
  const auto take_share = [&](const log::StationShare& share) {
    if (share.bytes > bytes || share.last_sequence >= newest.value) return false;
    bytes -= share.bytes;
    through = Sequence{share.last_sequence};
    return true;
  };
  walk(log, from, take_share, [&](const RecordEntry& entry, const log::SegmentPin&) {
    if (bytes == 0 || entry.first >= newest) return false;
    through = entry.last();
    bytes -= std::min<std::uint64_t>(bytes, entry.bytes);
    return bytes > 0;
  });
  return through;
}

}  // namespace propylon::broker::embedded

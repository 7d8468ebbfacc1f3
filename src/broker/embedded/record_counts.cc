// RecordIndex's sums: whole segments at a time where the segment's table has the answer.
#include <algorithm>

#include "broker/embedded/record_index.h"
#include "log/log.h"

namespace propylon::broker::embedded {

template <class TakeShare, class VisitRecord>
void RecordIndex::walk(const log::Log& log, Sequence from, const TakeShare& take_share,
                       const VisitRecord& visit) const {
  auto sealed =
      std::ranges::upper_bound(sealed_, from.value, {}, [](const Sealed& s) { return std::uint64_t{s.first}; });
  if (sealed != sealed_.begin()) --sealed;
  auto entry = std::ranges::lower_bound(tail_, from, {}, [](const RecordEntry& e) { return e.last(); });
  while (sealed != sealed_.end() || entry != tail_.end()) {
    if (sealed == sealed_.end() || (entry != tail_.end() && entry->at.segment < sealed->segment)) {
      if (!visit(*entry++)) return;
      continue;
    }
    const auto index = log.sealed((sealed++)->segment).index;
    const auto* share = index ? index->find(station_) : nullptr;
    if (!share || share->last_sequence < from.value) continue;
    if (share->first_sequence >= from.value && take_share(*share)) continue;
    for (std::size_t i = index->lower_bound(*share, from); i < share->records; ++i) {
      if (!visit(entry_of(*index, *share, i))) return;
    }
  }
}

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
  walk(log, from, take_share, [&](const RecordEntry& entry) {
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
  walk(log, from, take_share, [&](const RecordEntry& entry) {
    if (messages == 0) return false;
    const Sequence first = std::max(entry.first, from);
    const std::uint64_t taken = std::min(messages, entry.last().value - first.value + 1);
    through = Sequence{first.value + taken - 1};
    messages -= taken;
    return messages > 0;
  });
  return through;
}

Sequence RecordIndex::skip_bytes(const log::Log& log, Sequence from, Sequence newest, std::uint64_t bytes) const {
  Sequence through{from.value - 1};
  const auto take_share = [&](const log::StationShare& share) {
    if (share.bytes > bytes || share.last_sequence >= newest.value) return false;
    bytes -= share.bytes;
    through = Sequence{share.last_sequence};
    return true;
  };
  walk(log, from, take_share, [&](const RecordEntry& entry) {
    if (bytes == 0 || entry.last() >= newest) return false;
    through = entry.last();
    bytes -= std::min<std::uint64_t>(bytes, entry.bytes);
    return bytes > 0;
  });
  return through;
}

}  // namespace propylon::broker::embedded

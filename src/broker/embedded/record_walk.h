// The one way through a station's records that RecordIndex's functions share; included by their sources alone.
#pragma once
#include <algorithm>

#include "broker/embedded/record_index.h"
#include "log/log.h"

namespace propylon::broker::embedded {

// While segments are rewritten the ids of several lead to the same file, from one moment to the next: `from` follows
// what was seen, so that nothing of it is shown again.
template <class TakeShare, class VisitRecord>
void RecordIndex::walk(const log::Log& log, Sequence from, const TakeShare& take_share,
                       const VisitRecord& visit) const {
  auto sealed =
      std::ranges::upper_bound(sealed_, from.value, {}, [](const Sealed& s) { return std::uint64_t{s.first}; });
  if (sealed != sealed_.begin()) --sealed;
  auto entry = std::ranges::lower_bound(tail_, from, {}, [](const RecordEntry& e) { return e.last(); });
  log::SegmentPin pin;       // of the tail's segment
  std::uint64_t pinned = 0;  // which that is
  while (sealed != sealed_.end() || entry != tail_.end()) {
    if (sealed == sealed_.end() || (entry != tail_.end() && entry->at.segment < sealed->segment)) {
      if (entry->at.segment != pinned) pin = log.pin(pinned = entry->at.segment);
      if (pin && !visit(*entry, pin)) return;
      ++entry;
      continue;
    }
    const auto found = log.sealed((sealed++)->segment);
    const auto* share = found.index ? found.index->find(station_) : nullptr;
    if (!share || share->last_sequence < from.value) continue;
    if (share->first_sequence < from.value || !take_share(*share)) {
      for (std::size_t i = found.index->lower_bound(*share, from); i < share->records; ++i) {
        if (!visit(entry_of(*found.index, *share, i), found.pin)) return;
      }
    }
    from = Sequence{share->last_sequence + 1};
  }
}

}  // namespace propylon::broker::embedded

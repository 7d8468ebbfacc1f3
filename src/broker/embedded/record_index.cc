#include "broker/embedded/record_index.h"

#include <algorithm>

#include "broker/embedded/record_walk.h"

namespace propylon::broker::embedded {

void RecordIndex::add_sealed(std::uint64_t segment, Sequence first) {
  sealed_.push_back({static_cast<std::uint32_t>(segment), first.value});
}

void RecordIndex::adopt(std::uint64_t segment) {
  const auto begin = std::ranges::find_if(tail_, [&](const auto& entry) { return entry.at.segment == segment; });
  if (begin == tail_.end()) return;
  const auto end = std::find_if(begin, tail_.end(), [&](const auto& entry) { return entry.at.segment != segment; });
  sealed_.insert(std::ranges::find_if(sealed_, [&](const Sealed& sealed) { return sealed.segment > segment; }),
                 {static_cast<std::uint32_t>(segment), begin->first.value});
  tail_.erase(begin, end);
  if (tail_.empty()) tail_.shrink_to_fit();
}

void RecordIndex::replaced(std::uint64_t first, std::uint64_t last, std::optional<Sequence> first_sequence) {
  const auto begin = std::ranges::find_if(sealed_, [&](const Sealed& sealed) { return sealed.segment >= first; });
  const auto end = std::find_if(begin, sealed_.end(), [&](const Sealed& sealed) { return sealed.segment > last; });
  if (begin == end) return;
  if (!first_sequence) {
    sealed_.erase(begin, end);
    return;
  }
  *begin = {static_cast<std::uint32_t>(last), first_sequence->value};
  sealed_.erase(begin + 1, end);
}

void RecordIndex::drop_through(Sequence floor) {
  const auto keep = std::ranges::find_if(tail_, [&](const auto& entry) { return entry.last() > floor; });
  tail_.erase(tail_.begin(), keep);
  // A sealed segment is done with when the next place to look begins at or below the floor's successor.
  std::size_t gone = 0;
  for (; gone < sealed_.size(); ++gone) {
    std::uint64_t next = gone + 1 < sealed_.size() ? std::uint64_t{sealed_[gone + 1].first} : UINT64_MAX;
    const auto later =
        std::ranges::find_if(tail_, [&](const auto& entry) { return entry.at.segment > sealed_[gone].segment; });
    if (later != tail_.end()) next = std::min(next, later->first.value);
    if (next == UINT64_MAX || next > floor.value + 1) break;
  }
  sealed_.erase(sealed_.begin(), sealed_.begin() + static_cast<std::ptrdiff_t>(gone));
}

RecordEntry RecordIndex::entry_of(const log::SegmentIndex& index, const log::StationShare& share, std::size_t i) {
  const auto& entry = index.entries(share)[i];
  return {Sequence{entry.first_sequence}, entry.count, entry.bytes, {index.segment(), entry.offset}, index.time(entry)};
}

void RecordIndex::for_each(const log::Log& log, Sequence from, const Visit& visit) const {
  walk(log, from, [](const log::StationShare&) { return false; }, visit);
}

Sequence RecordIndex::last_before(const log::Log& log, Sequence floor, WallTime time) const {
  Sequence last = floor;
  for (const auto& sealed : sealed_) {
    const auto index = log.sealed(sealed.segment).index;
    const auto* share = index ? index->find(station_) : nullptr;
    if (!share) continue;
    const std::size_t young = index->lower_bound(*share, time);
    if (young > 0) last = std::max(last, entry_of(*index, *share, young - 1).last());
    if (young < share->records) return last;
  }
  for (const auto& entry : tail_) {
    if (entry.time >= time) return last;
    last = std::max(last, entry.last());
  }
  return last;
}

}  // namespace propylon::broker::embedded

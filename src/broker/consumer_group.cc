#include "broker/consumer_group.h"

#include <algorithm>

#include "core/assert.h"

namespace propylon::broker {
namespace {

// What is left of `range` without `cut`: at most two pieces.
void subtract(const SequenceRange& range, const SequenceRange& cut, std::vector<SequenceRange>& out) {
  if (cut.last < range.first || range.last < cut.first) {
    out.push_back(range);
    return;
  }
  if (range.first < cut.first) out.push_back({range.first, Sequence{cut.first.value - 1}, range.deliveries});
  if (cut.last < range.last) out.push_back({Sequence{cut.last.value + 1}, range.last, range.deliveries});
}

}  // namespace

std::vector<SequenceRange> ConsumerGroup::candidates(Sequence last_stored) const {
  std::vector<SequenceRange> ranges;
  for (const auto& [first, returned] : returned_) ranges.push_back({first, returned.last, returned.deliveries});
  if (next_ <= last_stored) ranges.push_back({next_, last_stored, 0});
  return ranges;
}

std::uint64_t ConsumerGroup::pending_at_most(Sequence last_stored) const {
  std::uint64_t count = next_ <= last_stored ? last_stored.value - next_.value + 1 : 0;
  for (const auto& [first, returned] : returned_) count += returned.last.value - first.value + 1;
  return count;
}

LeaseId ConsumerGroup::lease(const std::vector<SequenceRange>& ranges, SteadyTime lease_end) {
  PPL_ASSERT(!ranges.empty());
  const LeaseId id{++last_lease_id_};
  auto& lease = leases_[id];
  lease.end = lease_end;
  for (auto range : ranges) {
    // One range may hold the end of what was returned and the beginning of what is new, when neither was handed out.
    if (range.first < next_) erase_returned(range.first, std::min(range.last, Sequence{next_.value - 1}));
    next_ = std::max(next_, Sequence{range.last.value + 1});
    ++range.deliveries;
    lease.ranges.push_back(range);
  }
  return id;
}

void ConsumerGroup::shorten(LeaseId id, Sequence last_kept) {
  const auto found = leases_.find(id);
  if (found == leases_.end()) return;
  std::vector<SequenceRange> kept;
  for (auto range : found->second.ranges) {
    if (range.last > last_kept) {
      const SequenceRange rest{std::max(range.first, Sequence{last_kept.value + 1}), range.last, range.deliveries - 1};
      return_range(rest);
      if (range.first > last_kept) continue;
      range.last = last_kept;
    }
    kept.push_back(range);
  }
  found->second.ranges = std::move(kept);
  if (found->second.ranges.empty()) leases_.erase(found);
}

void ConsumerGroup::undo(LeaseId id) {
  const auto found = leases_.find(id);
  if (found == leases_.end()) return;
  for (auto range : found->second.ranges) {
    --range.deliveries;
    return_range(range);
  }
  leases_.erase(found);
}

void ConsumerGroup::acknowledge(const std::vector<SequenceRange>& done) {
  for (const auto& cut : done) {
    erase_returned(cut.first, cut.last);
    if (cut.last < next_) continue;
    if (cut.first > next_) return_range({next_, Sequence{cut.first.value - 1}, 0});
    next_ = Sequence{cut.last.value + 1};
  }
  for (auto at = leases_.begin(); at != leases_.end();) {
    auto& ranges = at->second.ranges;
    for (const auto& cut : done) {
      std::vector<SequenceRange> left;
      for (const auto& range : ranges) subtract(range, cut, left);
      ranges = std::move(left);
    }
    at = ranges.empty() ? leases_.erase(at) : std::next(at);
  }
}

void ConsumerGroup::give_back(LeaseId id) {
  const auto found = leases_.find(id);
  if (found == leases_.end()) return;
  for (const auto& range : found->second.ranges) return_range(range);
  leases_.erase(found);
}

bool ConsumerGroup::expire(SteadyTime now) {
  bool any = false;
  for (auto at = leases_.begin(); at != leases_.end();) {
    if (at->second.end > now) {
      ++at;
      continue;
    }
    for (const auto& range : at->second.ranges) return_range(range);
    at = leases_.erase(at);
    any = true;
  }
  return any;
}

SteadyTime ConsumerGroup::next_expiry() const {
  SteadyTime earliest = SteadyTime::max();
  for (const auto& [id, lease] : leases_) earliest = std::min(earliest, lease.end);
  return earliest;
}

void ConsumerGroup::trim(Sequence floor) {
  if (floor >= next_) next_ = Sequence{floor.value + 1};
  if (!returned_.empty() && returned_.begin()->first <= floor) erase_returned(Sequence{0}, floor);
}

void ConsumerGroup::seek(Sequence next) {
  leases_.clear();
  returned_.clear();
  next_ = next;
}

bool ConsumerGroup::is_pending(Sequence sequence) const {
  if (sequence >= next_) return true;
  const auto after = returned_.upper_bound(sequence);
  return after != returned_.begin() && std::prev(after)->second.last >= sequence;
}

Sequence ConsumerGroup::acknowledged_through() const {
  Sequence open = next_;
  if (!returned_.empty()) open = std::min(open, returned_.begin()->first);
  for (const auto& [id, lease] : leases_) open = std::min(open, lease.ranges.front().first);
  return {open.value - 1};
}

const std::vector<SequenceRange>* ConsumerGroup::ranges_of(LeaseId id) const {
  const auto found = leases_.find(id);
  return found == leases_.end() ? nullptr : &found->second.ranges;
}

std::uint64_t ConsumerGroup::leased_messages(Sequence floor) const {
  std::uint64_t count = 0;
  for (const auto& [id, lease] : leases_) {
    for (const auto& range : lease.ranges) {
      if (range.last > floor) count += range.last.value - std::max(range.first.value, floor.value + 1) + 1;
    }
  }
  return count;
}

std::vector<SequenceRange> ConsumerGroup::unacknowledged() const {
  std::vector<SequenceRange> ranges;
  for (const auto& [first, returned] : returned_) ranges.push_back({first, returned.last, returned.deliveries});
  for (const auto& [id, lease] : leases_) ranges.insert(ranges.end(), lease.ranges.begin(), lease.ranges.end());
  std::ranges::sort(ranges, {}, &SequenceRange::first);
  return ranges;
}

void ConsumerGroup::restore(Sequence next, const std::vector<SequenceRange>& unacknowledged) {
  next_ = next;
  for (const auto& range : unacknowledged) return_range(range);
}

void ConsumerGroup::replay_delivered(const std::vector<SequenceRange>& ranges) {
  for (const auto& range : ranges) {
    erase_returned(range.first, range.last);
    // Deliveries are picked in order but recorded in any: what was picked before this one may have no record yet, and
    // has none at all when the process was killed in between, or when the delivery was shortened.
    if (range.first > next_) return_range({next_, Sequence{range.first.value - 1}, 0});
    return_range(range);
    if (range.last >= next_) next_ = Sequence{range.last.value + 1};
  }
}

void ConsumerGroup::return_range(SequenceRange range) {
  // Neighbours that were handed out equally often become one range, so that giving back singles one by one does not
  // leave one entry each.
  auto after = returned_.upper_bound(range.first);
  if (after != returned_.end() && after->first.value == range.last.value + 1 &&
      after->second.deliveries == range.deliveries) {
    range.last = after->second.last;
    after = returned_.erase(after);
  }
  if (after != returned_.begin()) {
    auto before = std::prev(after);
    if (before->second.last.value + 1 == range.first.value && before->second.deliveries == range.deliveries) {
      before->second.last = range.last;
      return;
    }
  }
  returned_[range.first] = {range.last, range.deliveries};
}

void ConsumerGroup::erase_returned(Sequence first, Sequence last) {
  auto at = returned_.upper_bound(first);
  if (at != returned_.begin() && std::prev(at)->second.last >= first) --at;
  while (at != returned_.end() && at->first <= last) {
    const SequenceRange range{at->first, at->second.last, at->second.deliveries};
    at = returned_.erase(at);
    std::vector<SequenceRange> left;
    subtract(range, {first, last, 0}, left);
    for (const auto& piece : left) returned_[piece.first] = {piece.last, piece.deliveries};
  }
}

}  // namespace propylon::broker

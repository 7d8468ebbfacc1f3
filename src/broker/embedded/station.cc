#include "broker/embedded/station.h"

#include <algorithm>

#include "broker/embedded/waiter.h"

namespace propylon::broker::embedded {

Picked Station::pick(const log::Log& log, GroupState& state, const PickLimits& limits, std::uint32_t at_least) {
  Picked picked;
  std::uint64_t messages = 0;
  std::uint64_t bytes = 0;
  bool full = false;
  for (const auto& candidate : state.group.candidates(last)) {
    if (full) break;
    const Sequence from = std::max(candidate.first, Sequence{floor.value + 1});
    index.for_each(log, from, [&](const RecordEntry& entry, const log::SegmentPin& pin) {
      const Sequence first = std::max(from, entry.first);
      if (first > candidate.last) return false;
      const std::uint64_t there = std::min(candidate.last, entry.last()).value - first.value + 1;
      const std::uint64_t take = std::min<std::uint64_t>(there, limits.max_messages - messages);
      // Of a record that is taken in part only its share counts; the reader cuts exactly.
      const std::uint64_t share = entry.bytes * take / entry.count;
      full = take == 0 || (messages > 0 && bytes + share > limits.max_bytes);
      if (full) return false;
      picked.records.push_back({entry, pin, static_cast<std::uint32_t>(first.value - entry.first.value),
                                static_cast<std::uint32_t>(take), candidate.deliveries + 1});
      const SequenceRange range{first, Sequence{first.value + take - 1}, candidate.deliveries};
      const bool joins = !picked.ranges.empty() && picked.ranges.back().last.value + 1 == first.value &&
                         picked.ranges.back().deliveries == range.deliveries;
      joins ? void(picked.ranges.back().last = range.last) : picked.ranges.push_back(range);
      messages += take;
      bytes += share;
      full = take < there || messages == limits.max_messages;
      return !full;
    });
  }
  if (messages == 0 || messages < at_least) return {};
  picked.lease = state.group.lease(picked.ranges, limits.lease_end);
  picked.ranges = *state.group.ranges_of(picked.lease);
  return picked;
}

void Station::wake(GroupState& state) {
  if (state.waiters.empty()) return;
  std::uint64_t available = state.group.pending_at_most(last);
  for (auto at = state.waiters.begin(); at != state.waiters.end() && available > 0;) {
    Waiter& waiter = **at++;
    if (waiter.min_messages() > available) continue;
    available -= std::min<std::uint64_t>(available, waiter.max_messages());
    waiter.wake_enlisted();
  }
}

void Station::wake_all_groups() {
  for (auto& [group_name, state] : groups) wake(state);
}

void Station::trim(Sequence new_floor) {
  if (new_floor <= floor) return;
  floor = new_floor;
  index.drop_through(floor);
  for (auto& [group_name, state] : groups) state.group.trim(floor);
}

}  // namespace propylon::broker::embedded

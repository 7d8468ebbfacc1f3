#include "broker/embedded/changes.h"

#include <algorithm>

namespace propylon::broker::embedded {
namespace {

log::Position behind(log::Position at, std::uint32_t bytes) { return {at.segment, at.offset + bytes}; }

}  // namespace

Result<void> AppendChange::decide(log::GroupBuffer& group, std::size_t record, WallTime now) {
  first_ = Sequence{station_.assigned.value + 1};
  station_.assigned.value += count_;
  group.stamp(record, first_, now);
  return {};
}

void AppendChange::publish(log::Position at, std::uint32_t bytes, WallTime now) {
  std::lock_guard lock(station_.mutex);
  station_.index.add({first_, count_, bytes, at, now});
  station_.last = Sequence{first_.value + count_ - 1};
  station_.applied = behind(at, bytes);
  station_.wake_all_groups();
}

// A group's appends are withdrawn all together, in any order: the lowest sequence counts.
void AppendChange::withdraw() { station_.assigned = std::min(station_.assigned, Sequence{first_.value - 1}); }

Result<void> GroupChange::decide(log::GroupBuffer& group, std::size_t record, WallTime now) {
  group.stamp(record, Sequence{0}, now);
  return {};
}

void GroupChange::publish(log::Position at, std::uint32_t bytes, WallTime) {
  std::lock_guard lock(station_.mutex);
  station_.applied = behind(at, bytes);
  // A delivery was leased when it was picked; an acknowledgement counts from here on.
  if (what_ == What::kAcknowledged) station_.groups[group_].group.acknowledge(ranges_);
}

}  // namespace propylon::broker::embedded

#include "broker/embedded/group_commit.h"

#include <algorithm>
#include <ranges>

namespace propylon::broker::embedded {

void ChangeGroup::add(Change& change, std::size_t record) {
  change.record_ = record;
  changes.push_back(&change);
}

void ChangeGroup::clear() {
  buffer.clear();
  changes.clear();
}

bool ChangeGroup::commit(log::Log& log) {
  const WallTime now = log.stamp_time();
  decide(now);
  bool all = true;
  while (!buffer.empty()) {
    const auto written = log.write(buffer);
    if (written) {
      publish(*written, now);
      return all;
    }
    all = false;
    withdraw();
    const bool full = written.error().code == ErrorCode::kStorageFull;
    if (!full || !refuse_largest_claim(written.error())) {
      for (Change* change : changes) refuse(*change, written.error());
      return false;
    }
    decide(now);
  }
  return all;
}

void ChangeGroup::decide(WallTime now) {
  for (Change* change : changes) {
    if (!change->result_) continue;
    change->result_ = change->decide(buffer, change->record_, now);
    if (!change->result_) buffer.drop(change->record_);
  }
}

void ChangeGroup::withdraw() {
  for (Change* change : changes | std::views::reverse) {
    if (change->result_) change->withdraw();
  }
}

bool ChangeGroup::refuse_largest_claim(const Error& error) {
  const log::SpaceClaim largest = buffer.claim();
  const bool others = std::ranges::any_of(
      changes, [&](const Change* change) { return change->result_.has_value() && change->claim() < largest; });
  if (!others) return false;
  for (Change* change : changes) {
    if (change->claim() == largest) refuse(*change, error);
  }
  return true;
}

void ChangeGroup::refuse(Change& change, const Error& error) {
  if (!change.result_) return;
  change.result_ = std::unexpected(error);
  buffer.drop(change.record_);
}

void ChangeGroup::publish(const log::Written& written, WallTime now) {
  for (Change* change : changes) {
    if (!change->result_) continue;
    const log::Position at{written.start.segment, written.start.offset + buffer.offset(change->record_)};
    const std::uint32_t bytes = buffer.length(change->record_);
    change->end_ = {at.segment, at.offset + bytes};
    change->publish(at, bytes, now);
  }
}

}  // namespace propylon::broker::embedded

#include "broker/embedded/turn.h"

#include <algorithm>
#include <mutex>

#include "log/limits.h"

namespace propylon::broker::embedded {

log::GroupBuffer& Turn::group_for(std::uint64_t record_bytes) {
  const bool full = !open_.empty() && !open_.back()->buffer.empty() &&
                    open_.back()->buffer.bytes_used() + record_bytes > log::kTurnBytesMax;
  if (open_.empty() || full) {
    if (spare_.empty()) spare_.push_back(std::make_unique<Group>());
    open_.push_back(std::move(spare_.back()));
    spare_.pop_back();
  }
  return open_.back()->buffer;
}

void Turn::schedule(Change& change) {
  open_.back()->changes.push_back(&change);
  if (scheduled_) return;
  scheduled_ = true;
  loop_.at_turn_end(*this);
}

void Turn::run() {
  // Requests that go on below may begin the next turn's changes: those get groups of their own.
  scheduled_ = false;
  auto groups = std::move(open_);
  open_.clear();
  for (auto& group : groups) flush(*group);
  for (auto& group : groups) spare_.push_back(std::move(group));
}

void Turn::flush(Group& group) {
  commit_group(group);
  group.buffer.clear();
  for (std::size_t i = 0; i < group.changes.size(); ++i) group.changes[i]->waiter_.resume();
  group.changes.clear();
}

void Turn::commit_group(Group& group) {
  const auto asked = std::chrono::steady_clock::now();
  std::lock_guard lock(log_.commit_mutex());
  const auto waited = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - asked);
  metrics_.lock_wait_us.observe(static_cast<std::uint64_t>(waited.count()));
  const WallTime now = log_.stamp_time();
  for (Change* change : group.changes) {
    change->result_ = change->decide(group.buffer, change->record_, now);
    if (!change->result_) group.buffer.drop(change->record_);
  }
  if (group.buffer.empty()) return;
  const auto written = write(group);
  for (Change* change : group.changes) {
    if (!change->result_) continue;
    if (!written) {
      change->withdraw();
      change->result_ = std::unexpected(written.error());
      continue;
    }
    const log::Position at{written->start.segment, written->start.offset + group.buffer.offset(change->record_)};
    const std::uint32_t bytes = group.buffer.length(change->record_);
    change->end_ = {at.segment, at.offset + bytes};
    change->publish(at, bytes, now);
  }
}

Result<log::Written> Turn::write(Group& group) {
  auto written = log_.write(group.buffer);
  if (written) return written;
  metrics_.groups_failed.add();
  const bool others = std::ranges::any_of(
      group.changes, [](const Change* change) { return change->result_.has_value() && !change->holds_messages(); });
  if (written.error().code != ErrorCode::kStorageFull || !group.buffer.has_messages() || !others) return written;
  for (Change* change : group.changes) {
    if (!change->result_ || !change->holds_messages()) continue;
    change->withdraw();
    change->result_ = std::unexpected(written.error());
    group.buffer.drop(change->record_);
  }
  return log_.write(group.buffer);
}

}  // namespace propylon::broker::embedded

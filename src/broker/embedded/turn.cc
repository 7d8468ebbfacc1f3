#include "broker/embedded/turn.h"

#include <mutex>

#include "log/limits.h"

namespace propylon::broker::embedded {

log::GroupBuffer& Turn::group_for(std::uint64_t record_bytes) {
  const bool full = !open_.empty() && !open_.back()->buffer.empty() &&
                    open_.back()->buffer.bytes_used() + record_bytes > log::kTurnBytesMax;
  if (open_.empty() || full) {
    if (spare_.empty()) spare_.push_back(std::make_unique<ChangeGroup>());
    open_.push_back(std::move(spare_.back()));
    spare_.pop_back();
  }
  return open_.back()->buffer;
}

void Turn::schedule(Change& change, std::size_t record) {
  open_.back()->add(change, record);
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

void Turn::flush(ChangeGroup& group) {
  commit_group(group);
  for (std::size_t i = 0; i < group.changes.size(); ++i) group.changes[i]->waiter_.resume();
  group.clear();
}

void Turn::commit_group(ChangeGroup& group) {
  const auto asked = std::chrono::steady_clock::now();
  std::lock_guard lock(log_.commit_mutex());
  const auto waited = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - asked);
  metrics_.lock_wait_us.observe(static_cast<std::uint64_t>(waited.count()));
  if (!group.commit(log_)) metrics_.groups_failed.add();
}

}  // namespace propylon::broker::embedded

#include "broker/embedded/durability_waits.h"

#include <pthread.h>

#include <algorithm>

namespace propylon::broker::embedded {
namespace {

log::Position end_of(const RecordEntry& entry) { return {entry.at.segment, entry.at.offset + entry.bytes}; }

}  // namespace

DurabilityWaits::DurabilityWaits(log::Log& log, Background background) : log_(log) {
  if (background == Background::kByHand) return;
  thread_ = std::jthread([this](const std::stop_token& stop) { work(stop); });
  ::pthread_setname_np(thread_.native_handle(), "disk-sync");
}

DurabilityWaits::~DurabilityWaits() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
}

void DurabilityWaits::hold(Station& station, const RecordEntry& entry) {
  std::lock_guard lock(mutex_);
  held_.push_back({&station, entry});
}

Task<Result<void>> DurabilityWaits::wait(Loop& loop, log::Position end) {
  LoopResumption resumption(loop);
  co_await resumption.start([&] {
    std::unique_lock lock(mutex_);
    if (failed_ || shown_ >= end) {
      lock.unlock();
      resumption.resume();
      return;
    }
    waiting_.push_back({end, &resumption});
    lock.unlock();
    thread_.joinable() ? wake_.notify_one() : sync_once();
  });
  std::lock_guard lock(mutex_);
  if (shown_ >= end) co_return Result<void>{};
  co_return fail(ErrorCode::kOutcomeUnknown,
                 "The disk failed to confirm the write. Whether it was stored is not known before the next start.");
}

void DurabilityWaits::work(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, stop, [this] { return !waiting_.empty(); });
    }
    if (!stop.stop_requested()) sync_once();
  }
}

void DurabilityWaits::sync_once() {
  const bool synced = log_.sync().has_value();
  const log::Position durable = log_.durable();
  std::vector<Held> visible;
  {
    std::lock_guard lock(mutex_);
    const auto rest = std::ranges::find_if(held_, [&](const Held& held) { return end_of(held.entry) > durable; });
    visible.assign(held_.begin(), rest);
    held_.erase(held_.begin(), rest);
  }
  show(visible);
  std::vector<Waiting> done;
  {
    std::lock_guard lock(mutex_);
    shown_ = durable;
    if (!synced) {
      failed_ = true;
      held_.clear();  // never shown: what they wait for will not come
    }
    const auto still_waits = [&](const Waiting& waiting) { return waiting.end > durable && !failed_; };
    const auto first_done = std::partition(waiting_.begin(), waiting_.end(), still_waits);
    done.assign(first_done, waiting_.end());
    waiting_.erase(first_done, waiting_.end());
  }
  for (const Waiting& waiting : done) waiting.resumption->resume();
}

void DurabilityWaits::show(const std::vector<Held>& durable) {
  for (const auto& [station, entry] : durable) {
    std::lock_guard lock(station->mutex);
    station->show(entry);
    station->wake_all_groups();
  }
}

}  // namespace propylon::broker::embedded

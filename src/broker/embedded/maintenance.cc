#include "broker/embedded/maintenance.h"

#include <pthread.h>

#include "broker/embedded/checkpoint.h"
#include "log/limits.h"

namespace propylon::broker::embedded {

Maintenance::Maintenance(const Options& options, log::Log& log, const StationDirectory& directory, const Clock& clock,
                         const Logger& logger)
    : options_(options),
      log_(log),
      directory_(directory),
      clock_(clock),
      logger_(logger),
      checkpoint_time_(clock.steady()) {}

Maintenance::~Maintenance() { stop_thread(); }

void Maintenance::start_thread() {
  thread_ = std::jthread([this](const std::stop_token& stop) { work(stop); });
  ::pthread_setname_np(thread_.native_handle(), "maintenance");
}

void Maintenance::stop_thread() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  wake_.notify_all();
  thread_.join();
}

void Maintenance::poke() {
  if (!log_.maintenance_due()) return;
  {
    std::lock_guard lock(mutex_);
    if (poked_) return;
    poked_ = true;
  }
  wake_.notify_one();
}

void Maintenance::work(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, stop, std::chrono::seconds(1), [this] { return poked_; });
      poked_ = false;
    }
    if (!stop.stop_requested()) run_once();
  }
}

void Maintenance::run_once() {
  maintain_log();
  adopt_indexes();
  trim_by_age();
  checkpoint_if_due();
  free_segments();
}

void Maintenance::maintain_log() {
  for (;;) {
    const auto more = log_.maintain();
    if (!more) logger_.warn("maintenance of the log failed; it is tried again", {{"reason", more.error().message}});
    if (!more || !*more) return;
  }
}

void Maintenance::adopt_indexes() {
  const std::uint64_t version = log_.index_version();
  if (version == index_version_seen_) return;
  for (const auto& segment : log_.segments()) {
    if (!segment.indexed || !adopted_.insert(segment.id).second) continue;
    const auto index = log_.sealed(segment.id).index;
    if (!index) continue;
    for (const auto& share : index->stations()) {
      const auto station = directory_.by_id(share.id());
      if (!station) continue;
      std::lock_guard lock(station->mutex);
      station->index.adopt(segment.id);
    }
  }
  index_version_seen_ = version;
}

void Maintenance::trim_by_age() {
  const WallTime now = clock_.wall();
  for (const auto& station : directory_.all()) {
    const auto& retention = station->settings.retention;
    if (retention.type != RetentionType::kMessageAgeSec || retention.value == 0) continue;
    const WallTime oldest_kept = now - std::chrono::seconds(retention.value);
    std::lock_guard lock(station->mutex);
    station->trim(station->index.last_before(log_, station->floor, oldest_kept));
  }
}

Result<void> Maintenance::checkpoint() {
  log::Position start;
  {
    // Everything before this position has been made visible: groups are written and published under this mutex.
    std::lock_guard lock(log_.commit_mutex());
    start = log_.end();
  }
  const auto copy = copy_stations(directory_);
  PPL_CHECK(log_.write_checkpoint(copy.blob, start, std::max(start, copy.highest)));
  checkpoint_end_ = start;
  checkpoint_time_ = clock_.steady();
  return {};
}

void Maintenance::checkpoint_if_due() {
  const auto end = log_.end();
  if (end == checkpoint_end_) return;
  const std::uint64_t written =
      end.segment != checkpoint_end_.segment ? options_.checkpoint_bytes : end.offset - checkpoint_end_.offset;
  const bool late = clock_.steady() - checkpoint_time_ >= std::chrono::milliseconds(options_.checkpoint_interval_ms);
  if (written < options_.checkpoint_bytes && !late) return;
  if (auto result = checkpoint(); !result) {
    checkpoint_time_ = clock_.steady();  // not again before the interval: each try costs a sync
    logger_.error("a checkpoint failed; opening takes longer until one succeeds", {{"reason", result.error().message}});
  }
}

bool Maintenance::is_dead(const log::SegmentIndex& index) {
  const auto lives = [this](const log::StationShare& share) {
    const auto station = directory_.by_id(share.id());
    if (!station) return false;
    std::lock_guard lock(station->mutex);
    return station->floor.value < share.last_sequence;
  };
  if (const auto* share = index.find(StationId{blocking_station_}); share && lives(*share)) return false;
  for (const auto& share : index.stations()) {
    if (!lives(share)) continue;
    blocking_station_ = share.station;
    return false;
  }
  return true;
}

void Maintenance::free_segments() {
  const auto keep_from = log_.oldest_replay_start().segment;
  for (const auto& segment : log_.segments()) {
    if (segment.id >= keep_from || !segment.indexed) continue;
    const auto index = log_.sealed(segment.id).index;
    if (!index || !is_dead(*index)) continue;
    const auto freed = log_.remove_segment(segment.id);
    if (!freed) {
      logger_.warn("a segment could not be removed", {{"segment", segment.id}, {"reason", freed.error().message}});
      continue;
    }
    adopted_.erase(segment.id);
    logger_.info("segment removed", {{"segment", segment.id}, {"freed_bytes", *freed}});
  }
}

}  // namespace propylon::broker::embedded

#include "broker/embedded/maintenance.h"

#include <pthread.h>

#include "broker/embedded/checkpoint.h"
#include "core/yield_to_loops.h"
#include "log/limits.h"

namespace propylon::broker::embedded {
namespace {

// Looking at every station costs: 10,000 of them about 1 ms.
constexpr std::chrono::seconds kRoundInterval{1};

}  // namespace

Maintenance::Maintenance(const Work& work)
    : work_(work),
      rewriting_(work.log, work.directory, work.logger),
      checkpoint_time_(work.clock.steady()),
      idle_groups_time_(work.clock.steady()) {}

Maintenance::~Maintenance() { stop_thread(); }

void Maintenance::start_thread() {
  thread_ = std::jthread([this](const std::stop_token& stop) { loop(stop); });
  ::pthread_setname_np(thread_.native_handle(), "maintenance");
}

void Maintenance::stop_thread() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  wake_.notify_all();
  thread_.join();
}

void Maintenance::poke() {
  if (!work_.log.maintenance_due()) return;
  {
    std::lock_guard lock(mutex_);
    if (poked_) return;
    poked_ = true;
  }
  wake_.notify_one();
}

void Maintenance::loop(const std::stop_token& stop) {
  // An index of a full segment is 85 ms of work. At a loop's own priority that pushed p99 of produce to 26 ms on a core
  // that both shared, at 70 % load (docs/performance.md).
  yield_to_loops(Patience::kKeepsUp);
  SteadyTime next_round = std::chrono::steady_clock::now();
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait_until(lock, stop, next_round, [this] { return poked_; });
      poked_ = false;
    }
    if (stop.stop_requested()) return;
    if (std::chrono::steady_clock::now() < next_round) {
      maintain_log();
      continue;
    }
    run_once();
    next_round = std::chrono::steady_clock::now() + kRoundInterval;
  }
}

void Maintenance::run_once() {
  maintain_log();
  adopt_indexes();
  apply_retentions();
  forget_idle_groups();
  checkpoint_if_due();
  free_segments();
  rewriting_.run_some();
}

void Maintenance::maintain_log() {
  for (;;) {
    const auto more = work_.log.maintain();
    if (!more)
      work_.logger.warn("maintenance of the log failed; it is tried again", {{"reason", more.error().message}});
    if (!more || !*more) return;
  }
}

void Maintenance::adopt_indexes() {
  const std::uint64_t version = work_.log.index_version();
  if (version == index_version_seen_) return;
  std::set<std::uint64_t> adopted;
  for (const auto& segment : work_.log.segments()) {
    if (!segment.indexed) continue;
    adopted.insert(segment.id);
    if (adopted_.contains(segment.id)) continue;
    const auto index = work_.log.sealed(segment.id).index;
    for (const auto& share : index->stations()) {
      const auto station = work_.directory.by_id(share.id());
      if (!station) continue;
      std::lock_guard lock(station->mutex);
      station->index.adopt(segment.id);
    }
  }
  adopted_ = std::move(adopted);
  index_version_seen_ = version;
}

void Maintenance::apply_retentions() {
  const WallTime now = work_.clock.wall();
  for (const auto& station : work_.directory.all(work_.store)) {
    // In slices: requests get the station's lock in between.
    for (bool more = true; more;) {
      std::lock_guard lock(station->mutex);
      more = station->apply_retention(work_.log, now);
    }
  }
}

Result<void> Maintenance::checkpoint() {
  log::Position start;
  {
    // Everything before this position has been made visible: groups are written and published under this mutex.
    std::lock_guard lock(work_.log.commit_mutex());
    start = work_.log.end();
  }
  const auto copy = copy_stations(work_.directory, work_.store);
  PPL_CHECK(work_.log.write_checkpoint(copy.blob, start, std::max(start, copy.highest)));
  checkpoint_end_ = start;
  checkpoint_time_ = work_.clock.steady();
  return {};
}

bool Maintenance::checkpoint_is_due() const {
  const auto since = work_.clock.steady() - checkpoint_time_;
  // Two checkpoints from now the dead segments go. Not with every round: each costs a sync.
  if (space_waits_ && since >= std::chrono::milliseconds(work_.options.checkpoint_interval_ms) / 10) return true;
  const auto end = work_.log.end();
  if (end == checkpoint_end_) return false;
  const std::uint64_t written =
      end.segment != checkpoint_end_.segment ? work_.options.checkpoint_bytes : end.offset - checkpoint_end_.offset;
  return written >= work_.options.checkpoint_bytes ||
         since >= std::chrono::milliseconds(work_.options.checkpoint_interval_ms);
}

void Maintenance::checkpoint_if_due() {
  if (!checkpoint_is_due()) return;
  if (auto result = checkpoint(); !result) {
    checkpoint_time_ = work_.clock.steady();  // not again before the interval: each try costs a sync
    work_.logger.error("a checkpoint failed; opening takes longer until one succeeds",
                       {{"reason", result.error().message}});
  }
}

bool Maintenance::is_dead(const log::SegmentIndex& index) {
  const auto lives = [this](const log::StationShare& share) {
    const auto station = work_.directory.by_id(share.id());
    if (!station) return false;
    std::lock_guard lock(station->mutex);
    return station->gone_through().value < share.last_sequence;
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
  const auto keep_from = work_.log.oldest_replay_start().segment;
  space_waits_ = false;
  std::vector<std::uint64_t> dead;
  DeletedThrough deleted;
  for (const auto& segment : work_.log.segments()) {
    if (!segment.indexed) continue;
    const auto index = work_.log.sealed(segment.id).index;
    if (!index || !is_dead(*index)) continue;
    if (segment.id >= keep_from) {
      space_waits_ = true;
      continue;
    }
    dead.push_back(segment.id);
    for (const auto& share : index->stations()) {
      Sequence& through = deleted[share.id()];
      through = std::max(through, Sequence{share.last_sequence});
    }
  }
  remove_segments(dead, deleted);
}

void Maintenance::remove_segments(const std::vector<std::uint64_t>& dead, const DeletedThrough& deleted) {
  if (dead.empty()) return;
  const auto recorded = record_floors(work_.log, work_.directory, deleted);
  for (const std::uint64_t segment : dead) {
    const auto freed = recorded ? work_.log.remove_segment(segment) : std::unexpected(recorded.error());
    if (freed) {
      work_.logger.info("segment removed", {{"segment", segment}, {"freed_bytes", *freed}});
    } else {
      work_.logger.warn("a segment could not be removed", {{"segment", segment}, {"reason", freed.error().message}});
    }
  }
}

}  // namespace propylon::broker::embedded

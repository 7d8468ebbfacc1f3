// What the broker does beside requests, for one log: keep the next segment ready and old ones indexed, move floors as
// retentions say, forget idle groups, take checkpoints, give dead segments back and rewrite almost dead ones.
//
// A thread of its own runs run_once() about once a second, and the log's part sooner when the log says that something
// is due. Tests make none and call run_once() themselves. Thread: one caller of run_once() at a time; poke() any.
#pragma once
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

#include "broker/embedded/changes.h"
#include "broker/embedded/floor_records.h"
#include "broker/embedded/options.h"
#include "broker/embedded/segment_rewriting.h"
#include "broker/embedded/station_directory.h"
#include "core/clock.h"
#include "core/logger.h"
#include "core/thread_annotations.h"
#include "log/log.h"

namespace propylon::broker::embedded {

class Maintenance final {
 public:
  // What it works on; all of it outlives it.
  struct Work {
    const Options& options;
    log::Log& log;
    const StationDirectory& directory;
    StoreKind store;  // whose stations are in this log
    GroupCount& groups;
    const Clock& clock;
    const Logger& logger;
  };
  explicit Maintenance(const Work& work);
  // Ends the thread.
  ~Maintenance();

  void start_thread();
  // Returns once the thread has ended; whoever calls the rest from then on is the only caller.
  void stop_thread();
  // Wakes the thread when the log has something due. Cheap; called after each group.
  void poke();

  // One round of everything. Errors are logged and tried again the next time; nothing is lost by them.
  void run_once();
  // A checkpoint now, whatever is due.
  Result<void> checkpoint();

 private:
  void loop(const std::stop_token& stop);
  void maintain_log();
  void adopt_indexes();
  void apply_retentions();
  void forget_idle_groups();
  void forget_idle_groups_of(Station& station, WallTime used_before);
  Result<void> forget_if_idle(Station& station, const std::string& group, WallTime used_before);
  bool checkpoint_is_due() const;
  void checkpoint_if_due();
  void free_segments();
  void remove_segments(const std::vector<std::uint64_t>& dead, const DeletedThrough& deleted);
  bool is_dead(const log::SegmentIndex& index);

  const Work work_;
  SegmentRewriting rewriting_;

  std::uint64_t index_version_seen_ = 0;
  std::set<std::uint64_t> adopted_;     // segments whose index the stations use
  std::uint64_t blocking_station_ = 0;  // kept the oldest segment alive last time: asked first
  bool space_waits_ = false;            // dead segments are kept only because a checkpoint still needs them
  log::Position checkpoint_end_;        // the log's end at the last checkpoint
  SteadyTime checkpoint_time_;
  SteadyTime idle_groups_time_;  // when idle groups were looked for last

  std::mutex mutex_;
  std::condition_variable_any wake_;
  bool poked_ GUARDED_BY(mutex_) = false;
  std::jthread thread_;
};

}  // namespace propylon::broker::embedded

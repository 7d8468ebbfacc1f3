// What the embedded broker does beside requests: keep the log's next segment ready and its old ones indexed, move
// floors by age, take checkpoints, and give dead segments back.
//
// A thread of its own runs run_once() about once a second, sooner when the log says that something is due. Tests make
// none and call run_once() themselves. Thread: one caller of run_once() at a time; poke() any.
#pragma once
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

#include "broker/embedded/options.h"
#include "broker/embedded/station_directory.h"
#include "core/clock.h"
#include "core/logger.h"
#include "core/thread_annotations.h"
#include "log/log.h"

namespace propylon::broker::embedded {

class Maintenance final {
 public:
  Maintenance(const Options& options, log::Log& log, const StationDirectory& directory, const Clock& clock,
              const Logger& logger);
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
  void work(const std::stop_token& stop);
  void maintain_log();
  void adopt_indexes();
  void trim_by_age();
  void checkpoint_if_due();
  void free_segments();
  bool is_dead(const log::SegmentIndex& index);

  const Options& options_;
  log::Log& log_;
  const StationDirectory& directory_;
  const Clock& clock_;
  const Logger& logger_;

  std::uint64_t index_version_seen_ = 0;
  std::set<std::uint64_t> adopted_;     // segments whose index the stations use
  std::uint64_t blocking_station_ = 0;  // kept the oldest segment alive last time: asked first
  log::Position checkpoint_end_;        // the log's end at the last checkpoint
  SteadyTime checkpoint_time_;

  std::mutex mutex_;
  std::condition_variable_any wake_;
  bool poked_ GUARDED_BY(mutex_) = false;
  std::jthread thread_;
};

}  // namespace propylon::broker::embedded

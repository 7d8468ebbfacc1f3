// What `disk` stations wait for: one fdatasync for everything that was written before it began.
//
// A message of a `disk` station is held back, written but seen by nobody, until it is durable; then it is shown, and
// only then the producer gets its answer. A sync that fails shows nothing more, ever: the log takes no writes then.
#pragma once
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "broker/embedded/options.h"
#include "broker/embedded/station.h"
#include "core/loop.h"
#include "core/result.h"
#include "core/task.h"
#include "core/thread_annotations.h"
#include "log/log.h"

namespace propylon::broker::embedded {

// Thread: any; syncs on a thread of its own, by hand on the one that waits. The loops have ended when it is destroyed.
class DurabilityWaits final {
 public:
  DurabilityWaits(log::Log& log, Background background);
  ~DurabilityWaits();
  DurabilityWaits(const DurabilityWaits&) = delete;
  DurabilityWaits& operator=(const DurabilityWaits&) = delete;

  // The record was just written and is not to be seen before it is durable. Hold the commit mutex, so that records are
  // held in their order. The station lives until wait() for this record has finished.
  void hold(Station& station, const RecordEntry& entry);
  // Suspends until everything before `end` is durable and shown. Errors: kOutcomeUnknown: whether it was stored is
  // not known before the next start.
  Task<Result<void>> wait(Loop& loop, log::Position end);

 private:
  struct Held {
    Station* station;
    RecordEntry entry;
  };
  struct Waiting {
    log::Position end;
    LoopResumption* resumption;
  };

  void work(const std::stop_token& stop);
  void sync_once();
  void show(const std::vector<Held>& durable);

  log::Log& log_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::vector<Held> held_ GUARDED_BY(mutex_);        // ascending by position
  std::vector<Waiting> waiting_ GUARDED_BY(mutex_);  // in any order
  log::Position shown_ GUARDED_BY(mutex_);           // everything before it is durable and shown
  bool failed_ GUARDED_BY(mutex_) = false;
  std::jthread thread_;  // none: by hand
};

}  // namespace propylon::broker::embedded

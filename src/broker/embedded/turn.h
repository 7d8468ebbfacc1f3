// All changes of one loop turn, committed as one group: the reason why a stored message costs little.
//
// A request frames its record into the turn's group and suspends; when the loop has served every descriptor that was
// ready, the turn takes the log's commit mutex once, decides each change in order (sequences are given out here),
// writes the group with one call, makes the changes visible, and only then resumes the requests. A turn that collects
// more than kTurnBytesMax is split into several groups, a request never.
#pragma once
#include <coroutine>
#include <memory>
#include <vector>

#include "broker/embedded/group_commit.h"
#include "core/loop.h"
#include "core/result.h"
#include "log/log.h"
#include "metrics/counter.h"

namespace propylon::broker::embedded {

struct TurnMetrics {
  metrics::Histogram& lock_wait_us;
  metrics::Counter& groups_failed;
};

// Thread: its loop.
class Turn final : public Job {
 public:
  Turn(Loop& loop, log::Log& log, const TurnMetrics& turn_metrics) : loop_(loop), log_(log), metrics_(turn_metrics) {}

  // The group that takes a record of so many bytes; add the record to it, then await commit().
  log::GroupBuffer& group_for(std::uint64_t record_bytes);

  // Suspends until the turn has been written (or was refused). `record` is the index that the group gave.
  auto commit(Change& change, std::size_t record) {
    struct Awaiter {
      Turn& turn;
      Change& change;
      std::size_t record;
      bool await_ready() const noexcept { return false; }
      void await_suspend(std::coroutine_handle<> waiter) {
        change.waiter_ = waiter;
        turn.schedule(change, record);
      }
      Result<void> await_resume() { return std::move(change.result_); }
    };
    return Awaiter{*this, change, record};
  }

  void run() override;

 private:
  void schedule(Change& change, std::size_t record);
  void flush(ChangeGroup& group);
  void commit_group(ChangeGroup& group);

  Loop& loop_;
  log::Log& log_;
  TurnMetrics metrics_;
  std::vector<std::unique_ptr<ChangeGroup>> open_;  // of this turn, the last one still takes records
  std::vector<std::unique_ptr<ChangeGroup>> spare_;
  bool scheduled_ = false;
};

}  // namespace propylon::broker::embedded

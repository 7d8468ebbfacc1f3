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

#include "core/clock.h"
#include "core/loop.h"
#include "core/result.h"
#include "log/group_buffer.h"
#include "log/log.h"
#include "metrics/counter.h"

namespace propylon::broker::embedded {

// One request's change, in its coroutine's frame.
class Change {
 public:
  // Under the commit mutex, before the write: stamps the record. An error takes the record out of the group and goes
  // to this request alone.
  virtual Result<void> decide(log::GroupBuffer& group, std::size_t record, WallTime now) = 0;
  // Under the commit mutex, after the write: makes the change visible. `at` is where the record of `bytes` begins.
  virtual void publish(log::Position at, std::uint32_t bytes, WallTime now) = 0;
  // Under the commit mutex: the write failed, nothing is visible; undoes decide().
  virtual void withdraw() = 0;
  // On a full disk messages are refused, while deliveries and acknowledgements still get the log's reserve.
  virtual bool holds_messages() const = 0;
  // After a successful commit: behind the change's record.
  log::Position end() const { return end_; }

 protected:
  ~Change() = default;

 private:
  friend class Turn;
  std::size_t record_ = 0;
  std::coroutine_handle<> waiter_;
  Result<void> result_;
  log::Position end_;
};

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
      bool await_ready() const noexcept { return false; }
      void await_suspend(std::coroutine_handle<> waiter) {
        change.waiter_ = waiter;
        turn.schedule(change);
      }
      Result<void> await_resume() { return std::move(change.result_); }
    };
    change.record_ = record;
    return Awaiter{*this, change};
  }

  void run() override;

 private:
  struct Group {
    log::GroupBuffer buffer;
    std::vector<Change*> changes;
  };
  void schedule(Change& change);
  void flush(Group& group);
  void commit_group(Group& group);
  Result<log::Written> write(Group& group);

  Loop& loop_;
  log::Log& log_;
  TurnMetrics metrics_;
  std::vector<std::unique_ptr<Group>> open_;  // of this turn, the last one still takes records
  std::vector<std::unique_ptr<Group>> spare_;
  bool scheduled_ = false;
};

}  // namespace propylon::broker::embedded

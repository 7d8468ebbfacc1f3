// The parts of an open log and how they work together; log.h has the rules.
#pragma once
#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "core/thread_annotations.h"
#include "log/checkpoint_store.h"
#include "log/log.h"
#include "log/prepared_segments.h"
#include "log/recovery.h"
#include "log/segment_rewriter.h"
#include "log/segment_table.h"

namespace propylon::log {

// The log's metrics, see metrics/names.h.
struct LogMetrics {
  LogMetrics(metrics::Registry& registry, const std::string& label);

  metrics::Histogram& group_records;
  metrics::Histogram& write_us;
  metrics::Histogram& sync_us;
  metrics::Counter& written_bytes;
  metrics::Counter& write_errors;
  metrics::Counter& inline_segments;
  metrics::Counter& rewritten_segments;
  metrics::Gauge& segments;
  metrics::Gauge& unsynced_bytes;
};

// Why the log takes no more writes; the first reason stays. Thread: any.
class FailureLatch {
 public:
  void set(std::string reason);
  bool is_set() const { return set_.load(std::memory_order_acquire); }
  std::optional<std::string> reason() const;
  // kStoreUnavailable with the reason.
  std::unexpected<Error> error() const;

 private:
  std::atomic<bool> set_{false};
  mutable std::mutex mutex_;
  std::string reason_ GUARDED_BY(mutex_);
};

// Lock order: commit_mutex, then the locks inside prepared and table; sync_mutex is never held together with
// commit_mutex.
class Log::State {
 public:
  State(Environment environment, Place place, Options options, Recovered recovered);

  Result<Written> write(GroupBuffer& group);
  Result<void> sync();
  Result<bool> maintain();
  Result<std::uint64_t> remove(std::uint64_t segment);
  Result<Rewritten> rewrite(std::uint64_t first, std::uint64_t last, const KeepRecord& keep);
  // On a full disk with the reserve's space, which maintain() makes again: without checkpoints nothing is ever freed.
  Result<void> publish_checkpoint(const Checkpoint& checkpoint);
  // Writes the record of a sequence gap, durably, and shows it to the replay.
  Result<void> write_gap(std::uint64_t gap, Replay& replay);

  Position end() const { return Position::unpack(end_packed.load(std::memory_order_acquire)); }
  Position durable() const { return Position::unpack(durable_packed.load(std::memory_order_acquire)); }
  // Synced first, written second: a concurrent sync then makes the difference too large, never negative.
  std::uint64_t unsynced_bytes() const {
    const std::uint64_t synced = synced_bytes.load(std::memory_order_acquire);
    return written_bytes.load(std::memory_order_acquire) - synced;
  }
  bool writeback_due() const {
    return written_bytes.load(std::memory_order_relaxed) - writeback_bytes >= kWritebackBytes;
  }

  std::atomic<bool> full{false};  // messages were refused for want of space, and it has not been there since
  const Environment environment;
  const Place place;
  const Options options;
  LogMetrics metrics;
  FailureLatch failure;
  SegmentTable table;
  PreparedSegments prepared;
  CheckpointStore checkpoints;

  std::mutex commit_mutex;
  std::shared_ptr<const Segment> current GUARDED_BY(commit_mutex);  // shared with the table and readers
  std::uint64_t last_group GUARDED_BY(commit_mutex);
  WallTime last_time GUARDED_BY(commit_mutex);
  WallTime current_first_time GUARDED_BY(commit_mutex);  // 0: no record with a time in the current segment
  std::uint64_t current_bytes GUARDED_BY(commit_mutex);  // of the current segment's file
  bool in_reserve GUARDED_BY(commit_mutex);  // no segment was ready behind the current one: it may be the reserve

 private:
  struct Target {
    std::shared_ptr<const Segment> segment;
    std::uint32_t offset = 0;
    bool rolls = false;
  };
  Result<Target> choose_target(const GroupBuffer& group);
  bool is_beyond_claim(SpaceClaim claim, std::uint64_t end) const;
  Result<Target> roll_target(const GroupBuffer& group);
  // Stores the bytes in the target and takes the time of it.
  Result<void> write_timed(const Target& target, ByteView bytes);
  // Makes sure that nothing of a failed write can be taken for a group. False: it could not, and no write is taken any
  // more; what the write left may be a part of the group, or the whole of it.
  bool cut_back(const Target& target);
  // The current segment has another size than the one it is made with: the disk is full.
  void current_size_is(std::uint64_t bytes);
  Written publish(const Target& target, const GroupBuffer& group);

  Result<std::vector<SegmentTable::Row>> rewriting_sources(std::uint64_t first, std::uint64_t last) const;
  Result<bool> give_up_reserve();
  // Gives the draft its names and the sources' place in the table, and deletes the sources.
  Result<void> put_in_place(const Draft& draft, std::span<const SegmentTable::Row> sources);

  void start_writeback();
  Result<bool> index_one();
  Result<void> index_segment(const SegmentTable::Row& row);

  std::atomic<std::uint64_t> end_packed;
  std::atomic<std::uint64_t> durable_packed;
  std::atomic<std::uint64_t> written_bytes{0};  // since the log was opened
  std::atomic<std::uint64_t> synced_bytes{0};   // of those
  std::atomic<std::uint64_t> writeback_bytes{0};
  Position writeback_at;  // maintain() alone

  std::mutex sync_mutex;
  bool sync_failed GUARDED_BY(sync_mutex) = false;
};

}  // namespace propylon::log

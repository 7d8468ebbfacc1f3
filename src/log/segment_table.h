// All segments with groups in them: where readers find a segment's file and index.
#pragma once
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "core/thread_annotations.h"
#include "log/log.h"
#include "log/segment.h"
#include "log/segment_index.h"

namespace propylon::log {

// Thread: any (locks inside; nothing is done while the lock is held but looking things up).
class SegmentTable {
 public:
  struct Row {
    SegmentPin segment;
    std::shared_ptr<const SegmentIndex> index;  // null: not indexed
    std::uint64_t bytes = 0;                    // of the file
    bool sealed = false;
    bool index_refused = false;  // it was found damaged when it should get one
  };

  void add(Row row);
  void seal(std::uint64_t id);
  void set_index(std::uint64_t id, std::shared_ptr<const SegmentIndex> index, std::uint64_t segment_bytes);
  void refuse_index(std::uint64_t id);
  // Takes the row out; nothing when there is no such segment.
  std::optional<Row> remove(std::uint64_t id);

  // Null when it was removed.
  SegmentPin segment(std::uint64_t id) const;
  std::optional<Row> row(std::uint64_t id) const;
  // Ascending by id, from `first` on.
  std::vector<Row> rows(std::uint64_t first = 0) const;
  // The lowest sealed segment without an index; nothing when there is none.
  std::optional<Row> to_index() const;

  // How often a segment got its index.
  std::uint64_t index_version() const { return index_version_.load(std::memory_order_acquire); }
  // Sealed segments that wait for their index.
  std::size_t waiting_for_index() const { return waiting_.load(std::memory_order_relaxed); }
  std::size_t size() const;
  std::uint64_t bytes() const;

 private:
  static bool waits(const Row& row) { return row.sealed && !row.index && !row.index_refused; }
  void count_waiting();

  mutable std::mutex mutex_;
  std::map<std::uint64_t, Row> rows_ GUARDED_BY(mutex_);
  std::atomic<std::uint64_t> index_version_{0};
  std::atomic<std::size_t> waiting_{0};
};

}  // namespace propylon::log

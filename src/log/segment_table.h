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
  // The file takes so many bytes now.
  void set_bytes(std::uint64_t id, std::uint64_t segment_bytes);
  // Takes the row out; nothing when there is no such segment.
  std::optional<Row> remove(std::uint64_t id);

  // Puts the row in the place of all from `first` up to its own id. Their ids lead to it from then on, in one step for
  // whoever looks them up, until forget_replaced().
  void replace(Row row, std::uint64_t first);
  void forget_replaced(std::uint64_t first, std::uint64_t last);
  // A file that is in no row any more but still on disk.
  void count_leftover(std::uint64_t segment_bytes) { bytes_ += segment_bytes; }

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
  // Of all segment files in the table; no lock.
  std::uint64_t bytes() const { return bytes_.load(std::memory_order_relaxed); }

 private:
  static bool waits(const Row& row) { return row.sealed && !row.index && !row.index_refused; }
  using Rows = std::map<std::uint64_t, Row>;
  // The row of that id, or of the one that took its place. Hold the lock.
  Rows::const_iterator find(std::uint64_t id) const;
  void count_waiting();
  void change_bytes(Row& row, std::uint64_t segment_bytes);

  mutable std::mutex mutex_;
  Rows rows_ GUARDED_BY(mutex_);
  std::map<std::uint64_t, std::uint64_t> replaced_ GUARDED_BY(mutex_);  // id to the id that took its place
  std::atomic<std::uint64_t> index_version_{0};
  std::atomic<std::size_t> waiting_{0};
  std::atomic<std::uint64_t> bytes_{0};
};

}  // namespace propylon::log

// Segments made ready before they are needed, so that no write waits for an allocation.
#pragma once
#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>

#include "core/result.h"
#include "core/thread_annotations.h"
#include "log/segment.h"

namespace propylon::log {

// Thread: any (locks inside; the lock is held while a segment is made, so a writer that needs one waits for it).
class PreparedSegments {
 public:
  // `first` continues the ids of the segments in use; `ready` are those found on disk, from `first` on.
  PreparedSegments(Place place, std::uint64_t segment_bytes, std::uint64_t first,
                   std::deque<std::shared_ptr<Segment>> ready);

  // The next segment, without taking it; makes what is missing so that at least `at_least` are there.
  // Errors: kStorageFull, kIo.
  Result<std::shared_ptr<Segment>> peek(std::size_t at_least);
  // Takes the one that peek() showed.
  void take();
  // Makes one if fewer than kPreparedSegments are there. Whether it did. Errors: kStorageFull, kIo.
  Result<bool> make_one();

  // Gives the last one's space back; false when there is none. Hold the commit mutex: what peek() showed must stay
  // until it is taken. Errors: kIo.
  Result<bool> release();

  std::size_t size() const { return size_.load(std::memory_order_relaxed); }

 private:
  Result<void> make_locked();

  const Place place_;
  const std::uint64_t segment_bytes_;
  std::mutex mutex_;
  std::deque<std::shared_ptr<Segment>> ready_ GUARDED_BY(mutex_);
  std::uint64_t next_id_ GUARDED_BY(mutex_);
  std::atomic<std::size_t> size_;
};

}  // namespace propylon::log

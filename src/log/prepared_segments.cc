#include "log/prepared_segments.h"

#include "log/limits.h"

namespace propylon::log {

PreparedSegments::PreparedSegments(Place place, std::uint64_t segment_bytes, std::uint64_t first,
                                   std::deque<std::shared_ptr<Segment>> ready)
    : place_(std::move(place)),
      segment_bytes_(segment_bytes),
      ready_(std::move(ready)),
      next_id_(first + ready_.size()),
      size_(ready_.size()) {}

Result<std::shared_ptr<Segment>> PreparedSegments::peek(std::size_t at_least) {
  const std::lock_guard lock(mutex_);
  while (ready_.size() < at_least) PPL_CHECK(make_locked());
  return ready_.front();
}

void PreparedSegments::take() {
  const std::lock_guard lock(mutex_);
  ready_.pop_front();
  size_ = ready_.size();
}

Result<bool> PreparedSegments::make_one() {
  const std::lock_guard lock(mutex_);
  if (ready_.size() >= kPreparedSegments) return false;
  PPL_CHECK(make_locked());
  return true;
}

Result<bool> PreparedSegments::release() {
  const std::lock_guard lock(mutex_);
  if (ready_.empty()) return false;
  PPL_CHECK(place_.files.unlink(ready_.back()->path));
  ready_.pop_back();
  --next_id_;
  size_ = ready_.size();
  return true;
}

Result<void> PreparedSegments::make_locked() {
  ready_.push_back(PPL_TRY(create_segment(place_, next_id_, segment_bytes_)));
  ++next_id_;
  size_ = ready_.size();
  return {};
}

}  // namespace propylon::log

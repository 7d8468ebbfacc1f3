// What stands in a log's directory, before anything is judged.
#pragma once
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "log/segment.h"

namespace propylon::log {

// The files of the directory by what they are; numbers ascend.
struct Inventory {
  std::vector<std::uint64_t> segments;
  std::set<std::uint64_t> indexes;
  std::vector<std::uint64_t> checkpoints;
  std::vector<std::string> temporaries;
  std::vector<std::string> others;  // that the log did not make
  bool state = false;
};
// `names` as FileLayer::list() gives them.
Inventory take_inventory(const std::vector<std::string>& names);

inline constexpr std::size_t kMissingToldMax = 100;
// The segments that are not there but have to be: from the replay start (segment 1 without a checkpoint) to the highest
// one, and the replay start's itself; at most the first kMissingToldMax. `segments` ascend. Empty for a log that was
// never opened.
std::vector<std::uint64_t> missing_segments(std::span<const std::uint64_t> segments,
                                            std::optional<std::uint64_t> replay_segment);

// Which segments are not looked at any more because a rewritten one has what was wanted of them. Asked and told from
// the last segment to the first.
class ReplacedSegments final {
 public:
  bool covers(std::uint64_t segment) const { return segment >= first_; }
  void tell(const SegmentHeader& header) {
    if (header.rewritten()) first_ = header.first_replaced;
  }

 private:
  std::uint64_t first_ = UINT64_MAX;
};

// Whether the segment's header is what its name and the store say; then it is in `segment` too. Errors: kIo.
Result<SegmentHeaderFault> examine_header(const Place& place, Segment& segment);
// Whether nothing but a header is in the segment: one without a header was being made when the machine or the process
// stopped, if nothing is in those behind it either. Errors: kIo.
Result<bool> is_unfinished(const Segment& segment);
// What is wrong, as a sentence; empty for kNone.
std::string_view explain(SegmentHeaderFault fault);

}  // namespace propylon::log

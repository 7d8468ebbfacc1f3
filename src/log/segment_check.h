// Walks through the segments of a log in order and writes down what is in them.
#pragma once
#include <functional>
#include <string>

#include "core/clock.h"
#include "log/group_scanner.h"
#include "log/segment.h"
#include "log/segment_index.h"
#include "log/store_report.h"

namespace propylon::log {

// What the walk through one segment leaves for the check of its index.
struct WalkedSegment {
  SegmentIndexBuilder index;
  bool whole = true;  // every byte could be read: `index` is what an index has to say
  std::uint64_t groups = 0;
};

// Thread: caller serialises. The report outlives it.
class SegmentWalk final {
 public:
  explicit SegmentWalk(StoreReport& report) : report_(report) {}

  // The next segment, by ascending ids. Findings are kMiss or kNothing as far as opening could go over them; what it
  // really does is for the caller to decide. `progress` gets the offset that was reached. Whole groups behind damage
  // are counted too. Errors: kIo.
  Result<WalkedSegment> walk(const Segment& segment, const std::function<void(std::uint64_t)>& progress);
  // Behind the last group that was found.
  Position end() const { return end_; }

 private:
  void take_group(const Segment& segment, const ScannedGroup& group, WalkedSegment& walked);
  // A rewritten segment says itself where it ends and which groups it stands for.
  void check_rewritten(const Segment& segment, const GroupScanner& scanner, WalkedSegment& walked);
  void check_number(const Segment& segment, const ScannedGroup& group);
  void take_record(const Segment& segment, std::uint32_t offset, const RecordView& record);
  void take_messages(const Segment& segment, std::uint32_t offset, const RecordView& record);
  // Writes down what stands where no group does, and goes on behind it. False at the end of the segment's groups.
  Result<bool> pass_damage(const Segment& segment, GroupScanner& scanner, WalkedSegment& walked);
  void note(const Segment& segment, std::uint64_t offset, std::string what, OnOpen on_open);

  StoreReport& report_;
  Position end_;
  std::uint64_t last_group_ = 0;
  WallTime last_time_;
  bool follows_ = false;  // the next group has to be the one after last_group_
};

}  // namespace propylon::log

#include "log/store_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>
#include <set>

#include "log/checkpoint_store.h"
#include "log/inventory.h"
#include "log/run_state.h"
#include "log/segment_check.h"
#include "log/store_foresight.h"
#include "log/store_uuid.h"

namespace propylon::log {
namespace {

constexpr std::uint64_t kIndexBytesMax = 8 * kGiB;

class StoreChecker {
 public:
  StoreChecker(const StoreCheck& check, const CheckProgress& progress)
      : check_(check),
        progress_(progress),
        place_{.files = check.files, .directory = check.directory, .store = check.store.value_or(StoreUuid{})} {}

  Result<StoreReport> run() {
    inventory_ = take_inventory(PPL_TRY(place_.files.list(place_.directory)));
    PPL_CHECK(measure());
    PPL_CHECK(find_store());
    PPL_CHECK(check_state());
    PPL_CHECK(read_checkpoints());
    PPL_CHECK(check_segments());
    check_checkpoints();
    check_stations();
    note_leftovers();
    PPL_CHECK(foresee_opening(place_, check_.options, report_));
    return std::move(report_);
  }

 private:
  Result<std::uint64_t> size_of(const std::string& name);
  Result<void> measure();
  Result<void> find_store();
  Result<void> check_state();
  Result<void> read_checkpoints();
  void check_checkpoints();
  Result<void> check_segments();
  Result<void> leave_replaced_out();
  Result<void> find_unfinished();
  Result<void> check_segment(std::uint64_t id);
  // Whether the segment can be walked through.
  Result<bool> check_header(Segment& segment);
  void check_none_missing();
  Result<void> check_index(const Segment& segment, const WalkedSegment& walked);
  void check_stations();
  void note_leftovers();

  void find(std::string file, std::uint64_t offset, std::string what, OnOpen on_open) {
    report_.findings.push_back(
        {.file = std::move(file), .offset = offset, .what = std::move(what), .on_open = on_open});
  }
  void note(std::string file, std::string what, OnOpen on_open) {
    report_.findings.push_back({.file = std::move(file), .what = std::move(what), .on_open = on_open, .damage = false});
  }

  const StoreCheck& check_;
  const CheckProgress& progress_;
  Place place_;
  Inventory inventory_;
  StoreReport report_;
  SegmentWalk walk_{report_};
  std::vector<Checkpoint> checkpoints_;  // the whole ones; without blobs
  std::vector<std::uint64_t> present_;   // segments that count; no unfinished one
  std::set<std::uint64_t> unfinished_;   // at the end: one whose making was interrupted, and empty ones behind it
  std::set<std::uint64_t> replaced_;     // segments that a rewritten one stands for
  std::uint64_t done_ = 0;
  std::uint64_t total_ = 0;
};

Result<std::uint64_t> StoreChecker::size_of(const std::string& name) {
  return PPL_TRY(place_.files.open(place_.path(name)))->size();
}

Result<void> StoreChecker::measure() {
  for (const auto id : inventory_.segments) total_ += PPL_TRY(size_of(segment_name(id)));
  for (const auto id : inventory_.indexes) total_ += PPL_TRY(size_of(index_name(id)));
  for (const auto number : inventory_.checkpoints) total_ += PPL_TRY(size_of(checkpoint_name(number)));
  report_.file_bytes = total_;
  return {};
}

// The segments' checksums depend on the store, so they are read with the one that they name themselves.
Result<void> StoreChecker::find_store() {
  for (const auto id : inventory_.segments) {
    char header[kSegmentHeaderBytes];
    const auto segment = PPL_TRY(open_segment(place_, id));
    const std::size_t n = PPL_TRY(segment->file->read_at(header, 0));
    report_.store = store_of_segment_header({header, n});
    if (!report_.store) continue;
    place_.store = *report_.store;
    if (check_.store && check_.store != report_.store) {
      find(segment_name(id), 0,
           fmt::format("The log is that of store {}, the catalog is that of store {}; put log and catalog of one store "
                       "together.",
                       to_text(*report_.store), to_text(*check_.store)),
           OnOpen::kRefuse);
    }
    return {};
  }
  return {};
}

Result<void> StoreChecker::check_state() {
  constexpr std::string_view kConsequence =
      "Opening takes it for a restart of the machine in the middle of work: sequences jump.";
  const std::string name(kStateName);
  if (!inventory_.state) {
    if (!inventory_.segments.empty())
      find(name, 0, fmt::format("The file is missing. {}", kConsequence), OnOpen::kMend);
    return {};
  }
  const auto state = RunState::load(place_);
  if (!state && state.error().code != ErrorCode::kDamaged) return std::unexpected(state.error());
  if (!state) {
    find(name, 0, state.error().message, OnOpen::kRefuse);
  } else if (!*state) {
    find(name, 0, fmt::format("The file is damaged. {}", kConsequence), OnOpen::kMend);
  } else {
    report_.closed_cleanly = (*state)->clean;
  }
  return {};
}

Result<void> StoreChecker::read_checkpoints() {
  for (const auto number : inventory_.checkpoints) {
    const std::string name = checkpoint_name(number);
    auto checkpoint = Checkpoint::read(place_, number);
    if (checkpoint) {
      report_.checkpoints.push_back(number);
      checkpoint->blob = {};
      checkpoints_.push_back(*std::move(checkpoint));
    } else if (checkpoint.error().code == ErrorCode::kCorruptRecord) {
      find(name, 0, checkpoint.error().message, OnOpen::kMend);
    } else if (checkpoint.error().code == ErrorCode::kDamaged) {
      find(name, 0, checkpoint.error().message, OnOpen::kRefuse);
    } else {
      return std::unexpected(std::move(checkpoint).error());
    }
    progress_(done_ += PPL_TRY(size_of(name)), total_);
  }
  return {};
}

void StoreChecker::check_checkpoints() {
  for (const auto& checkpoint : checkpoints_) {
    if (checkpoint.highest <= walk_.end()) continue;
    find(checkpoint_name(checkpoint.number), 0,
         fmt::format("It holds what was stored up to segment {}, offset {}; the log ends at segment {}, offset {}.",
                     checkpoint.highest.segment, checkpoint.highest.offset, walk_.end().segment, walk_.end().offset),
         OnOpen::kRefuse);
  }
}

Result<void> StoreChecker::leave_replaced_out() {
  ReplacedSegments replaced;
  for (const auto id : inventory_.segments | std::views::reverse) {
    if (replaced.covers(id)) {
      note(segment_name(id), "What was wanted of it is in a rewritten segment behind it.", OnOpen::kMend);
      replaced_.insert(id);
      continue;
    }
    const auto segment = PPL_TRY(open_segment(place_, id));
    if (PPL_TRY(examine_header(place_, *segment)) == SegmentHeaderFault::kNone) replaced.tell(segment->header);
  }
  return {};
}

// By opening's rule, see LogReader::header_is_good().
Result<void> StoreChecker::find_unfinished() {
  std::vector<std::uint64_t> empty;
  for (const auto id : inventory_.segments | std::views::reverse) {
    const auto segment = PPL_TRY(open_segment(place_, id));
    const SegmentHeaderFault fault = PPL_TRY(examine_header(place_, *segment));
    const bool may_be_empty = fault == SegmentHeaderFault::kNone || fault == SegmentHeaderFault::kNotThere;
    if (!may_be_empty || segment->header.rewritten() || !PPL_TRY(is_unfinished(*segment))) return {};
    empty.push_back(id);
    const bool may_be = id != inventory_.segments.front() || inventory_.segments.size() == 1;
    if (may_be && fault == SegmentHeaderFault::kNotThere) unfinished_.insert(empty.begin(), empty.end());
    if (inventory_.indexes.contains(id)) return {};
  }
  return {};
}

Result<void> StoreChecker::check_segments() {
  PPL_CHECK(leave_replaced_out());
  PPL_CHECK(find_unfinished());
  for (const auto id : inventory_.segments) {
    if (!replaced_.contains(id)) PPL_CHECK(check_segment(id));
  }
  check_none_missing();
  for (const auto id : inventory_.indexes) {
    if (std::ranges::binary_search(inventory_.segments, id)) continue;
    note(index_name(id), "It is the index of a segment that is not there.", OnOpen::kMend);
  }
  return {};
}

Result<void> StoreChecker::check_segment(std::uint64_t id) {
  const auto segment = PPL_TRY(open_segment(place_, id));
  const std::uint64_t bytes = PPL_TRY(segment->file->size());
  WalkedSegment walked{.index = {}, .whole = false};
  if (PPL_TRY(check_header(*segment))) {
    walked = PPL_TRY(walk_.walk(*segment, [&](std::uint64_t at) { progress_(done_ + at, total_); }));
    ++(walked.groups > 0 || segment->header.rewritten() ? report_.segments : report_.prepared);
  }
  progress_(done_ += bytes, total_);
  if (!inventory_.indexes.contains(id)) return {};
  // An index belongs to one header; without that nothing can be said of it.
  const bool whole_header = PPL_TRY(examine_header(place_, *segment)) == SegmentHeaderFault::kNone;
  if (whole_header) PPL_CHECK(check_index(*segment, walked));
  progress_(done_ += PPL_TRY(size_of(index_name(id))), total_);
  return {};
}

Result<bool> StoreChecker::check_header(Segment& segment) {
  const SegmentHeaderFault fault = PPL_TRY(examine_header(place_, segment));
  if (unfinished_.contains(segment.id)) {
    note(segment_name(segment.id),
         fault == SegmentHeaderFault::kNone ? "Nothing is in it, and the segment in front of it was never finished."
                                            : "The segment was being made when the process or the machine stopped.",
         OnOpen::kMend);
    return false;
  }
  present_.push_back(segment.id);
  if (fault != SegmentHeaderFault::kNone) {
    find(segment_name(segment.id), 0, std::string(explain(fault)), OnOpen::kRefuse);
  }
  // Without its header a segment can still be read: its checksums hang on store and name.
  return fault == SegmentHeaderFault::kNone || fault == SegmentHeaderFault::kNotThere;
}

void StoreChecker::check_none_missing() {
  // Also what the older checkpoint needs.
  const auto from = checkpoints_.empty() ? std::nullopt : std::optional(checkpoints_.front().replay_start.segment);
  for (const auto id : missing_segments(present_, from)) {
    find(segment_name(id), 0, "The segment is missing.", OnOpen::kMiss);
  }
}

Result<void> StoreChecker::check_index(const Segment& segment, const WalkedSegment& walked) {
  const std::string name = index_name(segment.id);
  const auto index = SegmentIndex::open(place_.files, place_.path(name), place_.store, segment.header);
  if (!index && index.error().code != ErrorCode::kDamaged) return std::unexpected(index.error());
  ++report_.indexes;
  if (segment.header.crc == 0) return {};  // its header is damaged: whether the index is its own cannot be told
  if (!index) {
    find(name, 0, "The index is damaged: its header, its table or its entries fail the checksum.", OnOpen::kMend);
    return {};
  }
  constexpr std::string_view kAdvice = "Delete it while no server runs; it is made again.";
  if (!walked.whole) return {};
  const std::string expected = walked.index.encode(place_.store, segment.header);
  const std::string stored = PPL_TRY(read_whole_file(place_.files, place_.path(name), kIndexBytesMax));
  if (stored == expected) return {};
  const auto differs = std::ranges::mismatch(stored, expected).in1 - stored.begin();
  find(name, static_cast<std::uint64_t>(differs),
       fmt::format("The index does not say what its segment holds. {}", kAdvice), OnOpen::kMiss);
  return {};
}

void StoreChecker::check_stations() {
  if (!check_.highest_station) return;
  for (auto at = report_.stations.upper_bound(*check_.highest_station); at != report_.stations.end(); ++at) {
    find(segment_name(at->second.first_at.segment), at->second.first_at.offset,
         fmt::format("The log names station {}, the catalog gave out no number above {}: the catalog is older than the "
                     "log, or another store's. Restore the two together.",
                     at->first, *check_.highest_station),
         OnOpen::kRefuse);
  }
}

void StoreChecker::note_leftovers() {
  for (const auto& name : inventory_.temporaries) {
    note(name, "A file was being replaced when the process or the machine stopped.", OnOpen::kMend);
  }
  for (const auto& name : inventory_.others) note(name, "The file does not belong to the log.", OnOpen::kNothing);
}

}  // namespace

Result<StoreReport> check_store(const StoreCheck& check, const CheckProgress& progress) {
  return StoreChecker(check, progress).run();
}

}  // namespace propylon::log

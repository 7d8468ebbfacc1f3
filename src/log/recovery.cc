#include "log/recovery.h"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>

#include "core/assert.h"
#include "log/group_scanner.h"
#include "log/inventory.h"
#include "log/run_state.h"

namespace propylon::log {
namespace {

// A message takes at least the four bytes of its length, so lost bytes cannot have held more messages than this. The
// last group cut may have ended in zeros that cannot be told from unused space: up to one group more was lost.
constexpr std::uint64_t kMessageBytesMin = 4;

std::unexpected<Error> refuse(const std::string& path, std::uint64_t offset, std::string_view what) {
  return fail(ErrorCode::kDamaged, fmt::format("{}, offset {}: {} Nothing was changed.", path, offset, what));
}

constexpr std::string_view kRestore =
    "Restore the whole data directory from a copy, or move it away to start with an empty one.";

class Recoverer {
 public:
  Recoverer(const Place& place, const Options& options, const Logger& logger, Replay& replay)
      : place_(place), options_(options), logger_(logger), replay_(replay) {}

  // Makes the log what it was found to be.
  Result<Recovered> run() {
    PPL_CHECK(place_.files.make_directory(place_.directory));
    PPL_CHECK(assess());
    PPL_CHECK(apply());
    report();
    return std::move(result_);
  }

  // Reads and judges everything; changes nothing.
  Result<Assessment> assess() {
    inventory_ = take_inventory(PPL_TRY(place_.files.list(place_.directory)));
    PPL_CHECK(read_state());
    result_.checkpoints = PPL_TRY(CheckpointStore::load(place_, inventory_.checkpoints));
    durable_ = result_.checkpoints.newest.highest;
    PPL_CHECK(open_segments());
    PPL_CHECK(check_none_missing());
    PPL_CHECK(replay_all());
    PPL_CHECK(judge());
    decide_gap();
    return Assessment{.summary = summary(), .end = result_.end};
  }

 private:
  struct Found {
    std::shared_ptr<Segment> segment;
    std::shared_ptr<const SegmentIndex> index;
  };

  Recovery& summary() { return result_.summary; }
  const Checkpoint& checkpoint() const { return result_.checkpoints.newest; }
  bool has_checkpoint() const { return checkpoint().number != 0; }

  Result<void> read_state();
  Result<void> open_segments();
  Result<bool> header_is_good(Segment& segment, bool last);
  Result<void> open_index(Found& found);
  Result<void> check_none_missing() const;
  Result<void> replay_all();
  Result<bool> replay_segment(const Found& found);
  Result<void> replay_table(const Found& found);
  Result<void> replay_group(const Segment& segment, const ScannedGroup& group);
  Result<void> collect_remnants(std::size_t from_segment, std::uint64_t from_offset);
  Result<void> judge() const;
  void decide_gap();
  Result<void> apply();
  Result<void> delete_behind_end();
  Result<void> delete_segment(std::uint64_t id);
  Result<void> mend_tail();
  Result<void> sync_all();
  void report() const;

  const Place& place_;
  const Options& options_;
  const Logger& logger_;
  Replay& replay_;

  Inventory inventory_;
  std::optional<RunState> state_;
  std::vector<Found> found_;
  std::optional<std::uint64_t> unfinished_;  // a last segment whose making was interrupted
  std::vector<std::uint64_t> replaced_;      // segments whose records are in a rewritten one
  Position durable_;                         // the highest that anything on disk names
  std::uint64_t previous_segment_ = 0;       // the one replayed last; 0: none yet
  std::uint64_t stopped_at_ = 0;             // with damage: the segment where reading ended ...
  std::uint64_t stopped_offset_ = 0;         // ... and the place in it
  Recovered result_;
};

Result<void> Recoverer::read_state() {
  if (inventory_.state) state_ = PPL_TRY(RunState::load(place_));
  const bool anything = !inventory_.segments.empty();
  const bool same_boot = state_ && !state_->boot_id.empty() && state_->boot_id == options_.boot_id;
  summary().machine_restarted = anything && !same_boot;
  summary().closed_cleanly = anything && state_ && state_->clean;
  return {};
}

// From the last to the first: a rewritten segment tells which of those before it are no longer to be looked at. It was
// complete on disk before it got its name.
Result<void> Recoverer::open_segments() {
  ReplacedSegments replaced;
  for (const std::uint64_t id : inventory_.segments | std::views::reverse) {
    if (replaced.covers(id)) {
      replaced_.push_back(id);
      continue;
    }
    Found found{.segment = PPL_TRY(open_segment(place_, id)), .index = nullptr};
    if (!PPL_TRY(header_is_good(*found.segment, id == inventory_.segments.back()))) {
      unfinished_ = id;
      continue;
    }
    replaced.tell(found.segment->header);
    if (inventory_.indexes.contains(id)) PPL_CHECK(open_index(found));
    found_.push_back(std::move(found));
  }
  std::ranges::reverse(found_);
  return {};
}

// False for a last segment that a crash left unfinished: a header is durable before the segment is used.
Result<bool> Recoverer::header_is_good(Segment& segment, bool last) {
  const SegmentHeaderFault fault = PPL_TRY(examine_header(place_, segment));
  if (fault == SegmentHeaderFault::kNone) return true;
  if (fault != SegmentHeaderFault::kNotThere) return refuse(segment.path, 0, explain(fault));
  if (last && PPL_TRY(is_unfinished(segment))) return false;
  return refuse(segment.path, 0, fmt::format("{} {}", explain(fault), kRestore));
}

Result<void> Recoverer::open_index(Found& found) {
  const std::uint64_t id = found.segment->id;
  const std::string path = place_.path(index_name(id));
  auto index = SegmentIndex::open(place_.files, path, place_.store, found.segment->header);
  if (!index && index.error().code != ErrorCode::kDamaged) return std::unexpected(std::move(index).error());
  if (!index) {
    logger_.warn("an index is damaged and will be built again", {{"file", path}});
    return {};
  }
  // An index is written once its segment is durable to its end.
  if (PPL_TRY(found.segment->file->size()) < (*index)->end()) {
    return refuse(found.segment->path, (*index)->end(), fmt::format("The segment is cut off. {}", kRestore));
  }
  durable_ = std::max(durable_, {.segment = id, .offset = (*index)->end()});
  found.index = *std::move(index);
  inventory_.indexes.erase(id);  // what stays in the inventory is deleted
  return {};
}

// Segments from the replay start on are never removed; without a checkpoint none is.
Result<void> Recoverer::check_none_missing() const {
  const std::uint64_t from = has_checkpoint() ? checkpoint().replay_start.segment : 1;
  const auto early = std::ranges::find_if(
      found_, [&](const Found& found) { return found.segment->header.rewritten() && found.segment->id >= from; });
  if (early != found_.end()) {
    return refuse((*early).segment->path, 0,
                  fmt::format("The segment was rewritten after a checkpoint that is missing. {}", kRestore));
  }
  std::vector<std::uint64_t> there;
  for (const auto& found : found_) there.push_back(found.segment->id);
  const auto missing =
      missing_segments(there, has_checkpoint() ? std::optional(checkpoint().replay_start.segment) : std::nullopt);
  if (missing.empty()) return {};
  return refuse(place_.path(segment_name(missing.front())), 0, fmt::format("The segment is missing. {}", kRestore));
}

Result<void> Recoverer::replay_all() {
  if (has_checkpoint()) PPL_CHECK(replay_.checkpoint(checkpoint().blob));
  result_.checkpoints.newest.blob = {};
  if (found_.empty()) return {};
  result_.end = {.segment = found_.front().segment->id, .offset = kSegmentHeaderBytes};
  for (std::size_t i = 0; i < found_.size(); ++i) {
    const Found& found = found_[i];
    if (found.index && found.segment->id < checkpoint().replay_start.segment) {
      PPL_CHECK(replay_table(found));
    } else if (!PPL_TRY(replay_segment(found))) {
      summary().tail_damaged = true;
      stopped_at_ = found.segment->id;
      return collect_remnants(i, stopped_offset_);
    }
    previous_segment_ = found.segment->id;
  }
  return {};
}

Result<void> Recoverer::replay_table(const Found& found) {
  const auto& index = *found.index;
  const SegmentHeader& header = found.segment->header;
  const bool follows = !header.rewritten() && result_.end.segment + 1 == index.segment() && result_.last_group != 0;
  const bool empty = header.rewritten() && index.first_group() == 0;
  if (!empty &&
      (index.first_group() <= result_.last_group || (follows && index.first_group() != result_.last_group + 1))) {
    return refuse(found.segment->path, 0, fmt::format("Groups are missing before this segment. {}", kRestore));
  }
  PPL_CHECK(replay_.segment_table(index.segment(), index.stations()));
  result_.last_group = header.rewritten() ? header.last_group : index.last_group();
  result_.last_time = std::max(result_.last_time, index.last_time());
  result_.end = {.segment = index.segment(), .offset = index.end()};
  ++summary().segments;
  return {};
}

// Whether the segment was good to its end; if not, stopped_offset_ says where it stopped.
Result<bool> Recoverer::replay_segment(const Found& found) {
  const Segment& segment = *found.segment;
  auto scanner = PPL_TRY(GroupScanner::begin(segment));
  // Of a segment whose neighbour is there, also an empty one, the first group is the next; else groups went in between.
  const bool adjoins = segment.id == previous_segment_ + 1;
  result_.tail_first_time = {};
  std::uint64_t groups = 0;
  for (;; ++groups) {
    const bool any_number = groups == 0 && !adjoins;
    const ScannedGroup* group = PPL_TRY(scanner.next(any_number ? 0 : segment.number_after(result_.last_group)));
    if (group == nullptr) break;
    if (group->header.group_number <= result_.last_group) {
      return refuse(segment.path, group->offset, fmt::format("Groups are out of order. {}", kRestore));
    }
    PPL_CHECK(replay_group(segment, *group));
  }
  summary().groups_replayed += groups;
  if (groups > 0 || segment.header.rewritten()) ++summary().segments;
  stopped_offset_ = scanner.at();
  if (segment.header.rewritten()) {
    if (result_.last_group > segment.header.last_group) {
      return refuse(segment.path, 0, fmt::format("Groups are out of order. {}", kRestore));
    }
    result_.last_group = segment.header.last_group;
    result_.end = {.segment = segment.id, .offset = scanner.at()};
  }
  const std::uint64_t size = PPL_TRY(segment.file->size());
  const bool rest_is_zero = PPL_TRY(segment.file->next_data(stopped_offset_)) >= size ||
                            PPL_TRY(examine_remnant(segment, stopped_offset_)).bytes == 0;
  const bool whole = !segment.header.rewritten() || stopped_offset_ == segment.header.end;
  return rest_is_zero && whole && (!found.index || found.index->end() <= stopped_offset_);
}

Result<void> Recoverer::replay_group(const Segment& segment, const ScannedGroup& group) {
  durable_ = std::max(durable_, group.header.durable);
  for (const auto& [offset, record] : group.records) {
    if (!is_known(record.kind())) {
      if (record.header().skippable()) continue;
      return refuse(segment.path, offset,
                    "A newer version wrote a record that this one does not know; start the newer one.");
    }
    const WallTime time = record.time();
    if (result_.tail_first_time == WallTime{}) result_.tail_first_time = time;
    result_.last_time = std::max(result_.last_time, time);
    ++summary().records_replayed;
    PPL_CHECK(replay_.record(record, {.segment = segment.id, .offset = offset}));
  }
  result_.last_group = group.header.group_number;
  result_.end = {.segment = segment.id, .offset = group.end()};
  return {};
}

// What lies behind the damage, and how far it claims to have been durable.
Result<void> Recoverer::collect_remnants(std::size_t from_segment, std::uint64_t from_offset) {
  for (std::size_t i = from_segment; i < found_.size(); ++i) {
    const Remnant remnant = PPL_TRY(examine_remnant(*found_[i].segment, from_offset));
    summary().bytes_cut += remnant.bytes;
    summary().groups_cut += remnant.groups;
    durable_ = std::max(durable_, remnant.durable);
    from_offset = kSegmentHeaderBytes;
  }
  return {};
}

Result<void> Recoverer::judge() const {
  if (found_.empty() || durable_ <= result_.end) return {};
  const bool damaged = result_.summary.tail_damaged;
  const std::string path = place_.path(segment_name(damaged ? stopped_at_ : result_.end.segment));
  return refuse(path, damaged ? stopped_offset_ : result_.end.offset,
                fmt::format("Damage in data that was safely stored (up to segment {}, offset {}). {}", durable_.segment,
                            durable_.offset, kRestore));
}

void Recoverer::decide_gap() {
  Recovery& found = summary();
  found.checkpoint_damaged = result_.checkpoints.damaged;
  if (found.tail_damaged) found.cut_at = result_.end;
  const bool may_lack = found.machine_restarted && !found.closed_cleanly;
  found.sequence_gap =
      std::max({state_ ? state_->pending_gap : 0, found.bytes_cut == 0 ? 0 : found.bytes_cut / kMessageBytesMin + 1,
                may_lack ? (options_.unsynced_bytes_max + kSegmentBytes) / kMessageBytesMin : 0});
}

Result<void> Recoverer::apply() {
  // The gap is noted first: once the damage is cut nothing else tells of it.
  PPL_CHECK(RunState({.boot_id = options_.boot_id, .pending_gap = summary().sequence_gap}).save(place_));
  for (const auto& name : inventory_.temporaries) PPL_CHECK(place_.files.unlink(place_.path(name)));
  for (const std::uint64_t id : inventory_.indexes) PPL_CHECK(place_.files.unlink(place_.path(index_name(id))));
  for (const std::uint64_t id : replaced_) PPL_CHECK(place_.files.unlink(place_.path(segment_name(id))));
  if (unfinished_) PPL_CHECK(place_.files.unlink(place_.path(segment_name(*unfinished_))));
  // Or a power cut brings the unfinished one back behind one that is being made then, which is not the last any more.
  if (unfinished_ || !replaced_.empty()) PPL_CHECK(place_.files.sync_directory(place_.directory));
  if (found_.empty()) {
    found_.push_back({.segment = PPL_TRY(create_segment(place_, 1, options_.segment_bytes)), .index = nullptr});
    result_.end = {.segment = 1, .offset = kSegmentHeaderBytes};
  }
  PPL_CHECK(delete_behind_end());
  PPL_CHECK(mend_tail());
  for (auto& found : found_) {
    const std::uint64_t bytes = PPL_TRY(found.segment->file->size());
    result_.rows.push_back({.segment = found.segment,
                            .index = found.index,
                            .bytes = bytes,
                            .sealed = found.segment->id < result_.end.segment});
  }
  return sync_all();
}

// Empty segments behind the last group are the prepared ones; after damage none can be trusted to be empty.
Result<void> Recoverer::delete_behind_end() {
  const auto behind = std::ranges::find_if(found_, [&](const Found& f) { return f.segment->id > result_.end.segment; });
  auto keep = behind;
  while (!summary().tail_damaged && keep != found_.end() &&
         PPL_TRY(keep->segment->file->size()) == options_.segment_bytes) {
    result_.prepared.push_back(keep->segment);
    ++keep;
  }
  // The last one first, so that a crash in between leaves no hole.
  for (auto at = found_.end(); at != keep;) PPL_CHECK(delete_segment((--at)->segment->id));
  found_.erase(behind, found_.end());
  return {};
}

Result<void> Recoverer::delete_segment(std::uint64_t id) {
  // Its index may have gone already.
  (void)place_.files.unlink(place_.path(index_name(id)));
  PPL_CHECK(place_.files.unlink(place_.path(segment_name(id))));
  return place_.files.sync_directory(place_.directory);
}

Result<void> Recoverer::mend_tail() {
  Found& tail = found_.back();
  File& file = *tail.segment->file;
  if (tail.index) {  // it was sealed, but what followed is gone: groups go on in it
    tail.index.reset();
    PPL_CHECK(place_.files.unlink(place_.path(index_name(tail.segment->id))));
    PPL_CHECK(place_.files.sync_directory(place_.directory));
  }
  if (summary().tail_damaged) PPL_CHECK(file.truncate(result_.end.offset));
  if (PPL_TRY(file.size()) >= options_.segment_bytes) return {};
  auto allocated = file.allocate(options_.segment_bytes);
  // A full disk must not keep the log from opening: the file then grows as it is written, as long as it can.
  if (!allocated && allocated.error().code == ErrorCode::kStorageFull) return file.sync();
  PPL_CHECK(std::move(allocated));
  return file.sync();
}

// The process may have been killed with much not yet on disk; from here on all of it counts as durable.
Result<void> Recoverer::sync_all() {
  for (const auto& row : result_.rows) {
    if (row.segment->id >= durable_.segment) PPL_CHECK(row.segment->file->sync());
  }
  return {};
}

void Recoverer::report() const {
  const Recovery& found = result_.summary;
  if (found.tail_damaged) {
    logger_.warn("the end of the log was damaged and has been cut off", {{"segment", found.cut_at.segment},
                                                                         {"offset", found.cut_at.offset},
                                                                         {"bytes", found.bytes_cut},
                                                                         {"groups", found.groups_cut}});
  }
  if (found.checkpoint_damaged) logger_.warn("the newest checkpoint is damaged; an older one was used");
  if (found.sequence_gap > 0) {
    logger_.warn("messages that were not yet on disk may be lost; sequences go on after a gap",
                 {{"gap", found.sequence_gap}});
  }
  logger_.info("log opened", {{"segments", found.segments},
                              {"groups_replayed", found.groups_replayed},
                              {"records_replayed", found.records_replayed},
                              {"end_segment", result_.end.segment},
                              {"end_offset", result_.end.offset}});
}

}  // namespace

Result<Recovered> recover(const Place& place, const Options& options, const Logger& logger, Replay& replay) {
  return Recoverer(place, options, logger, replay).run();
}

Result<Assessment> assess(const Place& place, const Options& options, const Logger& logger, Replay& replay) {
  return Recoverer(place, options, logger, replay).assess();
}

}  // namespace propylon::log

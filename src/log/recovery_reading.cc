#include "log/recovery_reading.h"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>

#include "log/group_scanner.h"
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

class LogReader {
 public:
  LogReader(const Place& place, const Options& options, const Logger& logger, Replay& replay)
      : place_(place), options_(options), logger_(logger), replay_(replay) {}

  Result<LogOnDisk> run() {
    found_.inventory = take_inventory(PPL_TRY(place_.files.list(place_.directory)));
    PPL_CHECK(read_state());
    log().checkpoints = PPL_TRY(CheckpointStore::load(place_, found_.inventory.checkpoints));
    found_.durable = log().checkpoints.newest.highest;
    PPL_CHECK(open_segments());
    PPL_CHECK(check_none_missing());
    PPL_CHECK(replay_all());
    PPL_CHECK(judge());
    decide_gap();
    return std::move(found_);
  }

 private:
  Recovered& log() { return found_.log; }
  Recovery& summary() { return found_.log.summary; }
  std::vector<FoundSegment>& segments() { return found_.segments; }
  const Checkpoint& checkpoint() const { return found_.log.checkpoints.newest; }
  bool has_checkpoint() const { return checkpoint().number != 0; }

  Result<void> read_state();
  Result<void> open_segments();
  Result<bool> header_is_good(Segment& segment);
  Result<bool> nothing_follows() const;
  Result<void> open_index(FoundSegment& found);
  Result<void> check_none_missing() const;
  Result<void> replay_all();
  Result<bool> replay_segment(const FoundSegment& found);
  Result<void> replay_table(const FoundSegment& found);
  Result<void> replay_group(const Segment& segment, const ScannedGroup& group);
  Result<void> collect_remnants(std::size_t from_segment, std::uint64_t from_offset);
  Result<void> judge() const;
  void decide_gap();

  const Place& place_;
  const Options& options_;
  const Logger& logger_;
  Replay& replay_;

  std::optional<RunState> state_;
  std::uint64_t previous_segment_ = 0;  // the one replayed last; 0: none yet
  std::uint64_t stopped_at_ = 0;        // with damage: the segment where reading ended ...
  std::uint64_t stopped_offset_ = 0;    // ... and the place in it
  LogOnDisk found_;
};

Result<void> LogReader::read_state() {
  if (found_.inventory.state) state_ = PPL_TRY(RunState::load(place_));
  const bool anything = !found_.inventory.segments.empty();
  const bool same_boot = state_ && !state_->boot_id.empty() && state_->boot_id == options_.boot_id;
  summary().machine_restarted = anything && !same_boot;
  summary().closed_cleanly = anything && state_ && state_->clean;
  return {};
}

// From the last to the first: a rewritten segment tells which of those before it are no longer to be looked at. It was
// complete on disk before it got its name.
Result<void> LogReader::open_segments() {
  ReplacedSegments replaced;
  for (const std::uint64_t id : found_.inventory.segments | std::views::reverse) {
    if (replaced.covers(id)) {
      found_.replaced.push_back(id);
      continue;
    }
    FoundSegment found{.segment = PPL_TRY(open_segment(place_, id)), .index = nullptr};
    if (!PPL_TRY(header_is_good(*found.segment))) {
      for (const auto& behind : segments()) found_.unfinished.push_back(behind.segment->id);
      found_.unfinished.push_back(id);
      segments().clear();
      continue;
    }
    replaced.tell(found.segment->header);
    if (found_.inventory.indexes.contains(id)) PPL_CHECK(open_index(found));
    segments().push_back(std::move(found));
  }
  std::ranges::reverse(segments());
  return {};
}

// False for a segment that a crash left unfinished, with at most prepared ones behind it: a header is durable before
// the segment is used. Had it been used, later groups, a checkpoint or an index would tell of it, see judge(). A log
// has prepared segments only behind one that is in use: the first one is not unfinished in front of others.
Result<bool> LogReader::header_is_good(Segment& segment) {
  const SegmentHeaderFault fault = PPL_TRY(examine_header(place_, segment));
  if (fault == SegmentHeaderFault::kNone) return true;
  if (fault != SegmentHeaderFault::kNotThere) return refuse(segment.path, 0, explain(fault));
  const auto& all = found_.inventory.segments;
  const bool may_be = segment.id != all.front() || all.size() == 1;
  if (may_be && PPL_TRY(is_unfinished(segment)) && PPL_TRY(nothing_follows())) return false;
  return refuse(segment.path, 0, fmt::format("{} {}", explain(fault), kRestore));
}

// Whether the segments opened so far, all behind the one that is looked at, hold no byte but their headers.
Result<bool> LogReader::nothing_follows() const {
  for (const auto& behind : found_.segments) {
    if (behind.index || behind.segment->header.rewritten() || !PPL_TRY(is_unfinished(*behind.segment))) return false;
  }
  return true;
}

Result<void> LogReader::open_index(FoundSegment& found) {
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
  found_.durable = std::max(found_.durable, {.segment = id, .offset = (*index)->end()});
  found.index = *std::move(index);
  found_.inventory.indexes.erase(id);  // what stays in the inventory is deleted
  return {};
}

// Segments from the replay start on are never removed; without a checkpoint none is.
Result<void> LogReader::check_none_missing() const {
  const std::uint64_t from = has_checkpoint() ? checkpoint().replay_start.segment : 1;
  const auto early = std::ranges::find_if(found_.segments, [&](const FoundSegment& found) {
    return found.segment->header.rewritten() && found.segment->id >= from;
  });
  if (early != found_.segments.end()) {
    return refuse((*early).segment->path, 0,
                  fmt::format("The segment was rewritten after a checkpoint that is missing. {}", kRestore));
  }
  std::vector<std::uint64_t> there;
  for (const auto& found : found_.segments) there.push_back(found.segment->id);
  const auto missing =
      missing_segments(there, has_checkpoint() ? std::optional(checkpoint().replay_start.segment) : std::nullopt);
  if (missing.empty()) return {};
  return refuse(place_.path(segment_name(missing.front())), 0, fmt::format("The segment is missing. {}", kRestore));
}

Result<void> LogReader::replay_all() {
  if (has_checkpoint()) PPL_CHECK(replay_.checkpoint(checkpoint().blob));
  log().checkpoints.newest.blob = {};
  if (segments().empty()) return {};
  log().end = {.segment = segments().front().segment->id, .offset = kSegmentHeaderBytes};
  for (std::size_t i = 0; i < segments().size(); ++i) {
    const FoundSegment& found = segments()[i];
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

Result<void> LogReader::replay_table(const FoundSegment& found) {
  const auto& index = *found.index;
  const SegmentHeader& header = found.segment->header;
  const bool follows = !header.rewritten() && log().end.segment + 1 == index.segment() && log().last_group != 0;
  const bool empty = header.rewritten() && index.first_group() == 0;
  if (!empty && (index.first_group() <= log().last_group || (follows && index.first_group() != log().last_group + 1))) {
    return refuse(found.segment->path, 0, fmt::format("Groups are missing before this segment. {}", kRestore));
  }
  PPL_CHECK(replay_.segment_table(index.segment(), index.stations()));
  log().last_group = header.rewritten() ? header.last_group : index.last_group();
  log().last_time = std::max(log().last_time, index.last_time());
  log().end = {.segment = index.segment(), .offset = index.end()};
  ++summary().segments;
  return {};
}

// Whether the segment was good to its end; if not, stopped_offset_ says where it stopped.
Result<bool> LogReader::replay_segment(const FoundSegment& found) {
  const Segment& segment = *found.segment;
  auto scanner = PPL_TRY(GroupScanner::begin(segment));
  // Of a segment whose neighbour is there, also an empty one, the first group is the next; else groups went in between.
  const bool adjoins = segment.id == previous_segment_ + 1;
  log().tail_first_time = {};
  std::uint64_t groups = 0;
  for (;; ++groups) {
    const bool any_number = groups == 0 && !adjoins;
    const ScannedGroup* group = PPL_TRY(scanner.next(any_number ? 0 : segment.number_after(log().last_group)));
    if (group == nullptr) break;
    if (group->header.group_number <= log().last_group) {
      return refuse(segment.path, group->offset, fmt::format("Groups are out of order. {}", kRestore));
    }
    PPL_CHECK(replay_group(segment, *group));
  }
  summary().groups_replayed += groups;
  if (groups > 0 || segment.header.rewritten()) ++summary().segments;
  stopped_offset_ = scanner.at();
  if (segment.header.rewritten()) {
    if (log().last_group > segment.header.last_group) {
      return refuse(segment.path, 0, fmt::format("Groups are out of order. {}", kRestore));
    }
    log().last_group = segment.header.last_group;
    log().end = {.segment = segment.id, .offset = scanner.at()};
  }
  const std::uint64_t size = PPL_TRY(segment.file->size());
  const bool rest_is_zero = PPL_TRY(segment.file->next_data(stopped_offset_)) >= size ||
                            PPL_TRY(examine_remnant(segment, stopped_offset_)).bytes == 0;
  const bool whole = !segment.header.rewritten() || stopped_offset_ == segment.header.end;
  return rest_is_zero && whole && (!found.index || found.index->end() <= stopped_offset_);
}

Result<void> LogReader::replay_group(const Segment& segment, const ScannedGroup& group) {
  found_.durable = std::max(found_.durable, group.header.durable);
  for (const auto& [offset, record] : group.records) {
    if (!is_known(record.kind())) {
      if (record.header().skippable()) continue;
      return refuse(segment.path, offset,
                    "A newer version wrote a record that this one does not know; start the newer one.");
    }
    const WallTime time = record.time();
    if (log().tail_first_time == WallTime{}) log().tail_first_time = time;
    log().last_time = std::max(log().last_time, time);
    ++summary().records_replayed;
    PPL_CHECK(replay_.record(record, {.segment = segment.id, .offset = offset}));
  }
  log().last_group = group.header.group_number;
  log().end = {.segment = segment.id, .offset = group.end()};
  return {};
}

// What lies behind the damage, and how far it claims to have been durable.
Result<void> LogReader::collect_remnants(std::size_t from_segment, std::uint64_t from_offset) {
  for (std::size_t i = from_segment; i < segments().size(); ++i) {
    const Remnant remnant = PPL_TRY(examine_remnant(*segments()[i].segment, from_offset));
    summary().bytes_cut += remnant.bytes;
    summary().groups_cut += remnant.groups;
    found_.durable = std::max(found_.durable, remnant.durable);
    from_offset = kSegmentHeaderBytes;
  }
  return {};
}

Result<void> LogReader::judge() const {
  if (found_.segments.empty() || found_.durable <= found_.log.end) return {};
  const bool damaged = found_.log.summary.tail_damaged;
  const std::string path = place_.path(segment_name(damaged ? stopped_at_ : found_.log.end.segment));
  return refuse(path, damaged ? stopped_offset_ : found_.log.end.offset,
                fmt::format("Damage in data that was safely stored (up to segment {}, offset {}). {}",
                            found_.durable.segment, found_.durable.offset, kRestore));
}

void LogReader::decide_gap() {
  Recovery& found = summary();
  found.checkpoint_damaged = log().checkpoints.damaged;
  if (found.tail_damaged) found.cut_at = log().end;
  const bool may_lack = found.machine_restarted && !found.closed_cleanly;
  found.sequence_gap =
      std::max({state_ ? state_->pending_gap : 0, found.bytes_cut == 0 ? 0 : found.bytes_cut / kMessageBytesMin + 1,
                may_lack ? (options_.unsynced_bytes_max + kSegmentBytes) / kMessageBytesMin : 0});
}

}  // namespace

Result<LogOnDisk> read_log(const Place& place, const Options& options, const Logger& logger, Replay& replay) {
  return LogReader(place, options, logger, replay).run();
}

}  // namespace propylon::log

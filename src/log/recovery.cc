#include "log/recovery.h"

#include <algorithm>

#include "log/recovery_reading.h"
#include "log/run_state.h"

namespace propylon::log {
namespace {

// Makes the log what it was found to be.
class Recoverer {
 public:
  Recoverer(const Place& place, const Options& options, const Logger& logger, LogOnDisk disk)
      : place_(place), options_(options), logger_(logger), disk_(std::move(disk)) {}

  Result<Recovered> run() {
    PPL_CHECK(apply());
    report();
    return std::move(disk_.log);
  }

 private:
  Recovered& log() { return disk_.log; }
  Recovery& summary() { return disk_.log.summary; }
  std::vector<FoundSegment>& segments() { return disk_.segments; }

  Result<void> apply();
  Result<void> delete_behind_end();
  Result<void> delete_segment(std::uint64_t id);
  Result<void> mend_tail();
  Result<void> sync_all();
  void report() const;

  const Place& place_;
  const Options& options_;
  const Logger& logger_;
  LogOnDisk disk_;
};

Result<void> Recoverer::apply() {
  // The gap is noted first: once the damage is cut nothing else tells of it.
  PPL_CHECK(RunState({.boot_id = options_.boot_id, .pending_gap = summary().sequence_gap}).save(place_));
  for (const auto& name : disk_.inventory.temporaries) PPL_CHECK(place_.files.unlink(place_.path(name)));
  for (const std::uint64_t id : disk_.inventory.indexes) PPL_CHECK(place_.files.unlink(place_.path(index_name(id))));
  for (const std::uint64_t id : disk_.replaced) PPL_CHECK(place_.files.unlink(place_.path(segment_name(id))));
  if (!disk_.replaced.empty()) PPL_CHECK(place_.files.sync_directory(place_.directory));
  // Durably, the last one first: a crash in between leaves no hole, and no power cut brings one back behind a segment
  // that is made later.
  for (const std::uint64_t id : disk_.unfinished) PPL_CHECK(delete_segment(id));
  if (segments().empty()) {
    segments().push_back({.segment = PPL_TRY(create_segment(place_, 1, options_.segment_bytes)), .index = nullptr});
    log().end = {.segment = 1, .offset = kSegmentHeaderBytes};
  }
  PPL_CHECK(delete_behind_end());
  PPL_CHECK(mend_tail());
  for (auto& found : segments()) {
    const std::uint64_t bytes = PPL_TRY(found.segment->file->size());
    log().rows.push_back({.segment = found.segment,
                          .index = found.index,
                          .bytes = bytes,
                          .sealed = found.segment->id < log().end.segment});
  }
  return sync_all();
}

// Empty segments behind the last group are the prepared ones; after damage none can be trusted to be empty.
Result<void> Recoverer::delete_behind_end() {
  const auto behind =
      std::ranges::find_if(segments(), [&](const FoundSegment& f) { return f.segment->id > log().end.segment; });
  auto keep = behind;
  while (!summary().tail_damaged && keep != segments().end() &&
         PPL_TRY(keep->segment->file->size()) == options_.segment_bytes) {
    log().prepared.push_back(keep->segment);
    ++keep;
  }
  // The last one first, so that a crash in between leaves no hole.
  for (auto at = segments().end(); at != keep;) PPL_CHECK(delete_segment((--at)->segment->id));
  segments().erase(behind, segments().end());
  return {};
}

Result<void> Recoverer::delete_segment(std::uint64_t id) {
  // Its index may have gone already.
  (void)place_.files.unlink(place_.path(index_name(id)));
  PPL_CHECK(place_.files.unlink(place_.path(segment_name(id))));
  return place_.files.sync_directory(place_.directory);
}

Result<void> Recoverer::mend_tail() {
  FoundSegment& tail = segments().back();
  File& file = *tail.segment->file;
  if (tail.index) {  // it was sealed, but what followed is gone: groups go on in it
    tail.index.reset();
    PPL_CHECK(place_.files.unlink(place_.path(index_name(tail.segment->id))));
    PPL_CHECK(place_.files.sync_directory(place_.directory));
  }
  if (summary().tail_damaged) PPL_CHECK(file.truncate(log().end.offset));
  if (PPL_TRY(file.size()) >= options_.segment_bytes) return {};
  auto allocated = file.allocate(options_.segment_bytes);
  // A full disk must not keep the log from opening: the file then grows as it is written, as long as it can.
  if (!allocated && allocated.error().code == ErrorCode::kStorageFull) return file.sync();
  PPL_CHECK(std::move(allocated));
  return file.sync();
}

// The process may have been killed with much not yet on disk; from here on all of it counts as durable: also a segment
// that was just being prepared, with its header and its name, since what it will take is durable with it alone.
Result<void> Recoverer::sync_all() {
  for (const auto& prepared : log().prepared) PPL_CHECK(prepared->file->sync());
  PPL_CHECK(place_.files.sync_directory(place_.directory));
  for (const auto& row : log().rows) {
    if (row.segment->id >= disk_.durable.segment) PPL_CHECK(row.segment->file->sync());
  }
  return {};
}

void Recoverer::report() const {
  const Recovery& found = disk_.log.summary;
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
  logger_.info("log opened", {{"directory", place_.directory},
                              {"segments", found.segments},
                              {"groups_replayed", found.groups_replayed},
                              {"records_replayed", found.records_replayed},
                              {"end_segment", disk_.log.end.segment},
                              {"end_offset", disk_.log.end.offset}});
}

}  // namespace

Result<Recovered> recover(const Place& place, const Options& options, const Logger& logger, Replay& replay) {
  PPL_CHECK(place.files.make_directory(place.directory));
  return Recoverer(place, options, logger, PPL_TRY(read_log(place, options, logger, replay))).run();
}

Result<Assessment> assess(const Place& place, const Options& options, const Logger& logger, Replay& replay) {
  const LogOnDisk disk = PPL_TRY(read_log(place, options, logger, replay));
  return Assessment{.summary = disk.log.summary, .end = disk.log.end};
}

}  // namespace propylon::log

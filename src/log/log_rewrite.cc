// Rewriting: neighbouring segments of which little is wanted any more become one.
#include <algorithm>

#include "log/log_state.h"
#include "log/segment_rewriter.h"

namespace propylon::log {
namespace {

std::uint64_t bytes_of(std::span<const SegmentTable::Row> rows) {
  std::uint64_t bytes = 0;
  for (const auto& row : rows) bytes += row.bytes;
  return bytes;
}

// An index entry counts milliseconds from the earliest time in its segment, in 32 bits.
bool times_fit(std::span<const SegmentTable::Row> rows) {
  WallTime first = WallTime::max();
  WallTime last;
  for (const auto& row : rows) {
    if (row.index->first_time() == WallTime{}) continue;
    first = std::min(first, row.index->first_time());
    last = std::max(last, row.index->last_time());
  }
  return last <= first || last - first <= std::chrono::milliseconds(kIndexSpanMsMax);
}

}  // namespace

Result<std::vector<SegmentTable::Row>> Log::State::rewriting_sources(std::uint64_t first, std::uint64_t last) const {
  auto rows = table.rows(first);
  std::erase_if(rows, [last](const SegmentTable::Row& row) { return row.segment->id > last; });
  const bool there = !rows.empty() && rows.front().segment->id == first && rows.back().segment->id == last;
  const bool indexed = std::ranges::all_of(rows, [](const SegmentTable::Row& row) { return row.index != nullptr; });
  if (!there || !indexed || last >= checkpoints.oldest_replay_start().segment) {
    return fail(ErrorCode::kConflict, "The segments are not there, not indexed, or still needed to open the log.");
  }
  if (!times_fit(rows)) return fail(ErrorCode::kConflict, "The segments' times lie too far apart for one index.");
  return rows;
}

Result<Rewritten> Log::State::rewrite(std::uint64_t first, std::uint64_t last, const KeepRecord& keep) {
  const auto sources = PPL_TRY(rewriting_sources(first, last));
  auto draft = write_draft(place, sources, keep, options.segment_bytes);
  if (!draft && draft.error().code == ErrorCode::kStorageFull && PPL_TRY(give_up_reserve())) {
    draft = write_draft(place, sources, keep, options.segment_bytes);
  }
  if (!draft) return std::unexpected(std::move(draft).error());
  PPL_CHECK(put_in_place(*draft, sources));
  metrics.rewritten_segments.add(sources.size());
  metrics.segments.set(static_cast<std::int64_t>(table.size()));
  return Rewritten{.segments = sources.size(),
                   .bytes_before = bytes_of(sources),
                   .bytes_after = draft->bytes,
                   .index = std::move(draft->index)};
}

Result<void> Log::State::publish_checkpoint(const Checkpoint& checkpoint) {
  auto published = checkpoints.publish(checkpoint);
  if (published || published.error().code != ErrorCode::kStorageFull || !PPL_TRY(give_up_reserve())) return published;
  return checkpoints.publish(checkpoint);
}

Result<bool> Log::State::give_up_reserve() {
  // Between a group's look at the segment that is ready and its taking it, nobody else may have it.
  const std::lock_guard lock(commit_mutex);
  return prepared.release();
}

Result<void> Log::State::put_in_place(const Draft& draft, std::span<const SegmentTable::Row> sources) {
  const std::string suffix(kTemporarySuffix);
  const std::string index_path = place.path(index_name(draft.segment->id));
  // From this rename on an opening takes the new file and ignores those that it replaces.
  if (auto renamed = place.files.rename(draft.segment->path + suffix, draft.segment->path); !renamed) {
    delete_draft(place, draft.segment->id);
    return renamed;
  }
  const bool named = place.files.rename(index_path + suffix, index_path).has_value();
  if (!named) environment.logger.warn("a rewritten segment's index is built again at the next start");
  table.replace({.segment = draft.segment, .index = draft.index, .bytes = draft.bytes, .sealed = true},
                sources.front().segment->id);
  auto deleted = place.files.sync_directory(place.directory);
  for (const auto& source : sources.first(sources.size() - 1)) {
    // Not before the new name is sure to survive a power cut. The index first, as in remove().
    if (deleted) (void)place.files.unlink(place.path(index_name(source.segment->id)));
    if (deleted) deleted = place.files.unlink(source.segment->path);
    if (!deleted) table.count_leftover(source.bytes);
  }
  if (!deleted) {
    environment.logger.warn("replaced segments could not be deleted; the next start does it",
                            {{"first", sources.front().segment->id}, {"reason", deleted.error().message}});
  }
  return {};
}

}  // namespace propylon::log

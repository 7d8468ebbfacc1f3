// The background steps: write-back, segments made ready, indexes, removal.
#include <fmt/format.h>

#include "log/group_scanner.h"
#include "log/log_state.h"

namespace propylon::log {

Result<bool> Log::State::maintain() {
  if (writeback_due()) {
    start_writeback();
    return true;
  }
  // A full disk must not keep the other step from being done.
  const auto made = prepared.make_one();
  if (made) full.store(false, std::memory_order_relaxed);
  if (made && *made) return true;
  const bool indexed = PPL_TRY(index_one());
  if (!made) return std::unexpected(made.error());
  return indexed;
}

void Log::State::start_writeback() {
  const std::uint64_t bytes = written_bytes.load(std::memory_order_acquire);
  const Position target = end();
  for (const auto& row : table.rows(writeback_at.segment)) {
    const std::uint64_t id = row.segment->id;
    if (id > target.segment) break;
    const std::uint64_t from = id == writeback_at.segment ? writeback_at.offset : 0;
    const std::uint64_t to = id == target.segment ? target.offset : row.bytes;
    if (to > from) row.segment->file->start_writeback(from, to - from);
  }
  writeback_at = target;
  writeback_bytes.store(bytes, std::memory_order_relaxed);
}

Result<bool> Log::State::index_one() {
  const auto row = table.to_index();
  if (!row) return false;
  // An index tells the next open that its segment is durable to its end.
  if (durable().segment <= row->segment->id) PPL_CHECK(sync());
  auto indexed = index_segment(*row);
  if (!indexed && indexed.error().code == ErrorCode::kDamaged) {
    // Its owner goes on with the entries it has in memory; reads find out which records are bad.
    environment.logger.error("a segment is damaged and gets no index", {{"reason", indexed.error().message}});
    table.refuse_index(row->segment->id);
    return true;
  }
  PPL_CHECK(std::move(indexed));
  return true;
}

Result<void> Log::State::index_segment(const SegmentTable::Row& row) {
  const Segment& segment = *row.segment;
  auto scanner = PPL_TRY(GroupScanner::begin(segment));
  SegmentIndexBuilder builder;
  for (std::uint64_t expected = 0;;) {
    const ScannedGroup* group = PPL_TRY(scanner.next(expected));
    if (group == nullptr) break;
    builder.add_group(group->header.group_number, {.segment = segment.id, .offset = group->end()});
    for (const auto& [offset, record] : group->records) builder.add(record.header(), offset);
    expected = segment.number_after(group->header.group_number);
  }
  if (PPL_TRY(examine_remnant(segment, scanner.at())).bytes != 0) {
    return fail(ErrorCode::kDamaged, fmt::format("{}, offset {}: no group of records.", segment.path, scanner.at()));
  }
  const std::string name = index_name(segment.id);
  PPL_CHECK(replace_file(place.files, place.directory, name, builder.encode(place.store, segment.header)));
  auto index = PPL_TRY(SegmentIndex::open(place.files, place.path(name), place.store, segment.header));
  // What was allocated and not used goes back; failing that costs space alone.
  const bool trimmed = segment.file->truncate(scanner.at()).has_value();
  table.set_index(segment.id, std::move(index), trimmed ? scanner.at() : row.bytes);
  return {};
}

Result<std::uint64_t> Log::State::remove(std::uint64_t id) {
  const auto row = table.row(id);
  if (!row || row->segment->id != id || !row->sealed || id >= checkpoints.oldest_replay_start().segment) {
    return fail(ErrorCode::kConflict, "The segment is not there, or still needed to open the log.");
  }
  const std::string index_path = place.path(index_name(id));
  // The index first: without it a segment that a crash brings back is read, without its segment it would be nothing.
  // One that cannot be deleted, or was when the segment could not, must not keep the segment.
  if (row->index) (void)place.files.unlink(index_path);
  PPL_CHECK(place.files.unlink(row->segment->path));
  table.remove(id);
  metrics.segments.set(static_cast<std::int64_t>(table.size()));
  return row->bytes;
}

}  // namespace propylon::log

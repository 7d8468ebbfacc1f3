// Writing groups and making them durable.
#include <fmt/format.h>

#include "core/assert.h"
#include "log/group_scanner.h"
#include "log/log_state.h"
#include "log/run_state.h"

namespace propylon::log {
namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;

constexpr microseconds kSlowWrite{10'000};

std::uint64_t since_us(const Clock& clock, SteadyTime begin) {
  return static_cast<std::uint64_t>(duration_cast<microseconds>(clock.steady() - begin).count());
}

// Which call of the file system it was is for the log file; to the caller nothing was written.
std::unexpected<Error> not_written(Error error) {
  if (error.code == ErrorCode::kIo) error.code = ErrorCode::kStoreUnavailable;
  return std::unexpected(std::move(error));
}

}  // namespace

Result<Written> Log::State::write(GroupBuffer& group) {
  PPL_ASSERT(!group.empty());
  if (failure.is_set()) return failure.error();
  auto chosen = choose_target(group);
  if (!chosen) {
    const bool full_for_messages =
        chosen.error().code == ErrorCode::kStorageFull && group.claim() == SpaceClaim::kStores;
    if (full_for_messages) full.store(true, std::memory_order_relaxed);
    return not_written(std::move(chosen).error());
  }
  const Target& target = *chosen;
  group.seal(target.segment->seed, last_group + 1, durable());
  if (auto written = write_timed(target, group.bytes()); !written) {
    metrics.write_errors.add();
    environment.logger.error("a group could not be written", {{"reason", written.error().message}});
    if (!cut_back(target)) {
      return fail(ErrorCode::kOutcomeUnknown, "What a failed write left could not be taken back. " + *failure.reason());
    }
    return not_written(std::move(written).error());
  }
  if (full.load(std::memory_order_relaxed) && group.claim() == SpaceClaim::kStores) {
    full.store(false, std::memory_order_relaxed);
  }
  return publish(target, group);
}

Result<Log::State::Target> Log::State::choose_target(const GroupBuffer& group) {
  const std::uint64_t bytes = group.bytes_used();
  if (bytes + kSegmentHeaderBytes > options.segment_bytes) {
    return fail(ErrorCode::kBodyTooLarge, "The group is larger than a segment of this log.");
  }
  const Position at = end();
  const bool too_old = current_first_time != WallTime{} &&
                       group.latest_time() - current_first_time > std::chrono::milliseconds(kSegmentAgeMsMax);
  if (at.offset + bytes > options.segment_bytes || too_old) return roll_target(group);
  if (in_reserve && is_beyond_claim(group.claim(), at.offset + bytes)) {
    PPL_TRY(prepared.peek(1));  // only a segment behind this one makes it an ordinary one
    in_reserve = false;
  }
  return Target{.segment = current, .offset = at.offset};
}

// Whether a group that ends there is more than its claim allows of the reserve.
bool Log::State::is_beyond_claim(SpaceClaim claim, std::uint64_t end) const {
  switch (claim) {
    case SpaceClaim::kFrees: return false;
    case SpaceClaim::kServes: return end > options.segment_bytes - options.segment_bytes / kFreeingShare;
    case SpaceClaim::kStores: return true;
  }
  return true;
}

Result<Log::State::Target> Log::State::roll_target(const GroupBuffer& group) {
  const std::size_t needed = group.claim() == SpaceClaim::kStores ? kPreparedSegments : 1;
  if (prepared.size() < needed) metrics.inline_segments.add();
  return Target{.segment = PPL_TRY(prepared.peek(needed)), .offset = kSegmentHeaderBytes, .rolls = true};
}

Result<void> Log::State::write_timed(const Target& target, ByteView bytes) {
  const SteadyTime begin = environment.clock.steady();
  auto written = target.segment->file->write_at(bytes, target.offset);
  const std::uint64_t took_us = since_us(environment.clock, begin);
  metrics.write_us.observe(took_us);
  if (took_us > static_cast<std::uint64_t>(kSlowWrite.count())) {
    environment.logger.warn("a write to the log was slow", {{"took_us", took_us}, {"bytes", bytes.size()}});
  }
  return written;
}

bool Log::State::cut_back(const Target& target) {
  File& file = *target.segment->file;
  if (file.truncate(target.offset)) {
    // Without its space again the segment grows as it is written; the next roll shows whether the disk is full.
    if (auto allocated = file.allocate(options.segment_bytes); !allocated) {
      environment.logger.warn("a segment did not get its space back", {{"reason", allocated.error().message}});
      if (!target.rolls) current_size_is(target.offset);
    }
    return true;
  }
  // All of it, not only the header: the next group may go into the next segment, and then this one has to end in zeros.
  const auto remnant = examine_remnant(*target.segment, target.offset);
  if (remnant && file.write_at(std::string(remnant->bytes, '\0'), target.offset)) return true;
  failure.set(fmt::format("A failed write to {} could not be cut back; restart when the disk is well again.",
                          target.segment->path));
  environment.logger.error("the log takes no more writes", {{"reason", *failure.reason()}});
  return false;
}

void Log::State::current_size_is(std::uint64_t bytes) {
  current_bytes = bytes;
  table.set_bytes(current->id, bytes);
}

Written Log::State::publish(const Target& target, const GroupBuffer& group) {
  const std::uint64_t bytes = group.bytes_used();
  if (target.rolls) {
    table.seal(current->id);
    table.add({.segment = target.segment, .index = nullptr, .bytes = options.segment_bytes});
    prepared.take();
    current_bytes = options.segment_bytes;
    metrics.segments.set(static_cast<std::int64_t>(table.size()));
    current = target.segment;
    current_first_time = {};
    in_reserve = prepared.size() == 0;
  }
  const Position start{.segment = target.segment->id, .offset = target.offset};
  const Position end{.segment = start.segment, .offset = static_cast<std::uint32_t>(target.offset + bytes)};
  if (end.offset > current_bytes) current_size_is(end.offset);
  last_time = std::max(last_time, group.latest_time());
  if (current_first_time == WallTime{}) current_first_time = group.latest_time();
  metrics.group_records.observe(group.records());
  metrics.written_bytes.add(bytes);
  end_packed.store(end.packed(), std::memory_order_release);
  written_bytes.fetch_add(bytes, std::memory_order_release);  // after the end: sync() reads them the other way round
  metrics.unsynced_bytes.set(static_cast<std::int64_t>(unsynced_bytes()));
  return {.start = start, .end = end, .group_number = ++last_group};
}

Result<void> Log::State::sync() {
  const std::lock_guard lock(sync_mutex);
  if (sync_failed) return failure.error();
  // The bytes are read before the end, so all of them lie before it; what is written in between is synced but counted
  // as such only by the next call.
  const std::uint64_t bytes = written_bytes.load(std::memory_order_acquire);
  const Position target = end();
  if (durable() >= target) {
    synced_bytes.store(bytes, std::memory_order_release);
    return {};
  }
  const SteadyTime begin = environment.clock.steady();
  for (const auto& row : table.rows(durable().segment)) {
    if (row.segment->id > target.segment) break;
    if (auto synced = row.segment->file->sync(); !synced) {
      sync_failed = true;
      failure.set(
          fmt::format("Syncing the log failed ({}); restart when the disk is well again.", synced.error().message));
      environment.logger.error("the log takes no more writes", {{"reason", *failure.reason()}});
      return failure.error();
    }
  }
  metrics.sync_us.observe(since_us(environment.clock, begin));
  synced_bytes.store(bytes, std::memory_order_release);
  durable_packed.store(target.packed(), std::memory_order_release);
  metrics.unsynced_bytes.set(static_cast<std::int64_t>(unsynced_bytes()));
  return {};
}

Result<void> Log::State::write_gap(std::uint64_t gap, Replay& replay) {
  GroupBuffer group;
  group.stamp(group.add(RecordKind::kGap, replay.newest_station(), {}, SpaceClaim::kFrees), {gap},
              std::max(environment.clock.wall(), last_time));
  const Written written = PPL_TRY(write(group));
  PPL_CHECK(sync());
  const Position at{.segment = written.start.segment, .offset = written.start.offset + group.offset(0)};
  const auto segment = table.segment(at.segment);
  const RecordView record = PPL_TRY(RecordView::decode(group.bytes().substr(group.offset(0)), segment->seed));
  PPL_CHECK(replay.record(record, at));
  return RunState({.boot_id = options.boot_id}).save(place);
}

}  // namespace propylon::log

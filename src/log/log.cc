#include "log/log.h"

#include <fmt/format.h>

#include "core/assert.h"
#include "log/log_state.h"
#include "log/run_state.h"

namespace propylon::log {

Result<std::unique_ptr<Log>> Log::open(Environment environment, std::string directory, const StoreUuid& store,
                                       Options options, Replay& replay) {
  PPL_ASSERT(options.segment_bytes >= 4 * kKiB && options.segment_bytes <= kSegmentBytes);
  const Place place{.files = environment.files, .directory = std::move(directory), .store = store};
  auto recovered = PPL_TRY(recover(place, options, environment.logger, replay));
  const Recovery recovery = recovered.summary;
  auto state = std::make_unique<State>(environment, place, std::move(options), std::move(recovered));
  if (recovery.sequence_gap > 0) PPL_CHECK(state->write_gap(recovery.sequence_gap, replay));
  return std::unique_ptr<Log>(new Log(std::move(state), recovery));
}

Log::Log(std::unique_ptr<State> state, Recovery recovery) : state_(std::move(state)), recovery_(recovery) {}
Log::~Log() = default;

std::mutex& Log::commit_mutex() { return state_->commit_mutex; }

WallTime Log::stamp_time() { return std::max(state_->environment.clock.wall(), state_->last_time); }

Result<Written> Log::write(GroupBuffer& group) { return state_->write(group); }
Position Log::end() const { return state_->end(); }
Result<void> Log::sync() { return state_->sync(); }
Position Log::durable() const { return state_->durable(); }
std::uint64_t Log::unsynced_bytes() const { return state_->unsynced_bytes(); }
bool Log::is_full() const { return state_->full.load(std::memory_order_relaxed); }
std::optional<std::string> Log::failure() const { return state_->failure.reason(); }

SegmentPin Log::pin(std::uint64_t segment) const { return state_->table.segment(segment); }

SealedSegment Log::sealed(std::uint64_t segment) const {
  auto row = state_->table.row(segment);
  if (!row || !row->index) return {};
  return {.pin = std::move(row->segment), .index = std::move(row->index)};
}

std::uint64_t Log::index_version() const { return state_->table.index_version(); }

std::vector<SegmentInfo> Log::segments() const {
  std::vector<SegmentInfo> all;
  for (const auto& row : state_->table.rows()) {
    all.push_back({.id = row.segment->id, .bytes = row.bytes, .sealed = row.sealed, .indexed = row.index != nullptr});
  }
  return all;
}

std::uint64_t Log::segment_bytes() const { return state_->options.segment_bytes; }

std::uint64_t Log::bytes_on_disk() const {
  return state_->table.bytes() + state_->prepared.size() * state_->options.segment_bytes;
}

Result<std::uint64_t> Log::remove_segment(std::uint64_t segment) { return state_->remove(segment); }

Result<Rewritten> Log::rewrite(std::uint64_t first, std::uint64_t last, const KeepRecord& keep) {
  return state_->rewrite(first, last, keep);
}

void Log::forget_replaced(std::uint64_t first, std::uint64_t last) { state_->table.forget_replaced(first, last); }

Result<void> Log::write_checkpoint(ByteView blob, Position replay_start, Position highest) {
  PPL_ASSERT(replay_start <= highest && highest <= end() && replay_start.segment > 0);
  if (durable() < highest) PPL_CHECK(sync());
  return state_->publish_checkpoint(
      {.number = 0, .replay_start = replay_start, .highest = highest, .blob = std::string(blob)});
}

Position Log::oldest_replay_start() const { return state_->checkpoints.oldest_replay_start(); }

bool Log::maintenance_due() const {
  return state_->writeback_due() || state_->prepared.size() < kPreparedSegments ||
         state_->table.waiting_for_index() > 0;
}

Result<bool> Log::maintain() { return state_->maintain(); }

Result<void> Log::close() {
  PPL_CHECK(sync());
  return RunState({.boot_id = state_->options.boot_id, .clean = true}).save(state_->place);
}

}  // namespace propylon::log

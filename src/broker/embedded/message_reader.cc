#include "broker/embedded/message_reader.h"

#include "core/assert.h"

namespace propylon::broker::embedded {
namespace {

// One read covers at most so much, and bridges at most such a gap of other stations' records.
constexpr std::uint64_t kRunBytesMax = kMiB;
constexpr std::uint64_t kRunGapMax = 4 * kKiB;

struct Run {
  const log::SegmentPin& pin;  // the first record's, which outlives the run
  std::uint32_t offset = 0;
  std::size_t bytes = 0;
  std::size_t first = 0;  // among the picked records
  std::size_t end = 0;
};

Run next_run(const std::vector<PickedRecord>& records, std::size_t first) {
  Run run{records[first].pin, records[first].entry.at.offset, records[first].entry.bytes, first, first + 1};
  for (; run.end < records.size(); ++run.end) {
    const auto& entry = records[run.end].entry;
    const std::uint64_t covered = run.offset + run.bytes;
    if (records[run.end].pin != run.pin || entry.at.offset < covered || entry.at.offset - covered > kRunGapMax) break;
    const std::uint64_t bytes = entry.at.offset + entry.bytes - run.offset;
    if (bytes > kRunBytesMax) break;
    run.bytes = bytes;
  }
  return run;
}

Task<Result<log::ReadOutcome>> read_run(Loop& loop, const log::Log& log, WorkerPool& cold_readers, const Run& run,
                                        std::span<char> into) {
  auto outcome = log.read_range(run.pin, run.offset, into, log::ReadMode::kCached);
  if (!outcome || *outcome != log::ReadOutcome::kWouldBlock) co_return outcome;
  auto read = [&log, &run, into] { return log.read_range(run.pin, run.offset, into, log::ReadMode::kWaiting); };
  co_return co_await run_on(cold_readers, loop, read);
}

Error corrupt(const Station& station, const PickedRecord& picked) {
  return {ErrorCode::kCorruptRecord,
          "Message " + std::to_string(picked.entry.first.value + picked.skip) + " of station " + station.name +
              " is damaged on disk and cannot be handed out.",
          "", 0};
}

}  // namespace

Result<char*> EmbeddedFetched::hold(std::size_t bytes) {
  if (!share_.grow_to(held_bytes_ + bytes)) {
    return fail(ErrorCode::kOverloaded,
                "Deliveries under way hold as many bytes of messages as fetched_bytes_max allows.");
  }
  held_bytes_ += bytes;
  return buffers_.emplace_back(std::make_unique_for_overwrite<char[]>(bytes)).get();
}

bool EmbeddedFetched::add(const log::RecordView& record, const PickedRecord& picked, std::uint64_t max_bytes) {
  auto payloads = record.payloads();
  for (std::uint32_t i = 0; i < picked.skip; ++i) payloads.next();
  for (std::uint32_t i = 0; i < picked.take; ++i) {
    const auto payload = payloads.next();
    PPL_ASSERT(payload.has_value());
    bytes_ += payload->size() + record.headers().size();
    if (bytes_ > max_bytes && !messages_.empty()) return false;
    const Sequence sequence{record.first().value + picked.skip + i};
    messages_.push_back({sequence, record.time(), picked.deliveries, record.headers(), *payload});
  }
  return true;
}

namespace {

Task<Result<void>> read_until_fault(Loop& loop, const log::Log& log, WorkerPool& cold_readers, const Picked& picked,
                                    std::uint64_t max_bytes, EmbeddedFetched& fetched) {
  for (std::size_t at = 0; at < picked.records.size();) {
    const Run run = next_run(picked.records, at);
    const auto held = fetched.hold(run.bytes);
    if (!held) co_return std::unexpected(held.error());
    char* const bytes = *held;
    auto outcome = co_await read_run(loop, log, cold_readers, run, {bytes, run.bytes});
    if (!outcome) {
      if (outcome.error().code != ErrorCode::kCorruptRecord) co_return std::unexpected(outcome.error());
      co_return std::unexpected(corrupt(*fetched.station, picked.records[run.first]));
    }
    for (std::size_t i = run.first; i < run.end; ++i) {
      const auto& one = picked.records[i];
      const ByteView slice(bytes + (one.entry.at.offset - run.offset), one.entry.bytes);
      const auto record = log.decode(run.pin, slice);
      const bool right = record && record->kind() == log::RecordKind::kMessage &&
                         record->station() == fetched.station->id && record->first() == one.entry.first &&
                         record->count() == one.entry.count;
      if (!right) co_return std::unexpected(corrupt(*fetched.station, one));
      if (!fetched.add(*record, one, max_bytes)) co_return Result<void>{};
    }
    at = run.end;
  }
  co_return Result<void>{};
}

}  // namespace

Task<Result<void>> read_messages(Loop& loop, const log::Log& log, WorkerPool& cold_readers, const Picked& picked,
                                 std::uint64_t max_bytes, EmbeddedFetched& fetched) {
  auto read = co_await read_until_fault(loop, log, cold_readers, picked, max_bytes, fetched);
  if (!fetched.messages().empty()) co_return Result<void>{};
  co_return read;
}

}  // namespace propylon::broker::embedded

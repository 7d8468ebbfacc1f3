#include "log/log_state.h"

#include "metrics/names.h"

namespace propylon::log {
namespace {

constexpr double kMicrosecondsPerSecond = 1'000'000;

}  // namespace

LogMetrics::LogMetrics(metrics::Registry& registry, const std::string& label)
    : group_records(
          registry.histogram(metrics::kLogGroupRecords, "Records per group written.", 1, 1, "log=\"" + label + "\"")),
      write_us(registry.histogram(metrics::kLogWriteSeconds, "Time to write a group.", 1, kMicrosecondsPerSecond,
                                  "log=\"" + label + "\"")),
      sync_us(registry.histogram(metrics::kLogSyncSeconds, "Time to make the log durable.", 1, kMicrosecondsPerSecond,
                                 "log=\"" + label + "\"")),
      written_bytes(registry.counter(metrics::kLogWrittenBytes, "Bytes of groups written.", "log=\"" + label + "\"")),
      write_errors(
          registry.counter(metrics::kLogWriteErrors, "Groups that could not be written.", "log=\"" + label + "\"")),
      inline_segments(registry.counter(metrics::kLogInlineSegments, "Segments that a write had to make itself.",
                                       "log=\"" + label + "\"")),
      rewritten_segments(registry.counter(metrics::kLogRewrittenSegments,
                                          "Segments whose last wanted records went into another one.",
                                          "log=\"" + label + "\"")),
      segments(registry.gauge(metrics::kLogSegments, "Segments with records in them.", "log=\"" + label + "\"")),
      unsynced_bytes(registry.gauge(metrics::kLogUnsyncedBytes, "Bytes written but not yet known to be on disk.",
                                    "log=\"" + label + "\"")) {}

void FailureLatch::set(std::string reason) {
  const std::lock_guard lock(mutex_);
  if (reason_.empty()) reason_ = std::move(reason);
  set_.store(true, std::memory_order_release);
}

std::optional<std::string> FailureLatch::reason() const {
  if (!is_set()) return std::nullopt;
  const std::lock_guard lock(mutex_);
  return reason_;
}

std::unexpected<Error> FailureLatch::error() const {
  return fail(ErrorCode::kStoreUnavailable, "The store takes no writes. " + reason().value_or(""));
}

Log::State::State(Environment surroundings, Place where, Options settings, Recovered recovered)
    : environment(surroundings),
      place(std::move(where)),
      options(std::move(settings)),
      metrics(environment.registry, options.label),
      prepared(place, options.segment_bytes, recovered.end.segment + 1, std::move(recovered.prepared)),
      checkpoints(place, recovered.checkpoints),
      current(recovered.rows.back().segment),
      last_group(recovered.last_group),
      last_time(recovered.last_time),
      current_first_time(recovered.tail_first_time),
      current_bytes(recovered.rows.back().bytes),
      in_reserve(prepared.size() == 0),
      end_packed(recovered.end.packed()),
      durable_packed(recovered.end.packed()),
      writeback_at(recovered.end) {
  for (auto& row : recovered.rows) table.add(std::move(row));
  metrics.segments.set(static_cast<std::int64_t>(table.size()));
}

}  // namespace propylon::log

#include "broker/embedded/log_store.h"

#include "broker/embedded/replay.h"
#include "log/limits.h"
#include "metrics/names.h"

namespace propylon::broker::embedded {
namespace {

TurnMetrics turn_metrics(metrics::Registry& registry, std::string_view label) {
  const std::string labels = "log=\"" + std::string(label) + "\"";
  return {registry.histogram(metrics::kBrokerLockWaitSeconds, "Time that a loop waited for the log's commit lock.", 1,
                             1'000'000, labels),
          registry.counter(metrics::kBrokerGroupsFailed, "Groups that the log refused or failed to write.", labels)};
}

}  // namespace

Result<std::unique_ptr<LogStore>> LogStore::open(const Base& base, Where where, const log::StoreUuid& uuid,
                                                 const log::Options& log_options, std::uint64_t highest_id) {
  StationReplay replay(base.directory, where.kind, highest_id);
  auto log = PPL_TRY(log::Log::open(base.log, where.directory, uuid, log_options, replay));
  replay.finish(*log, base.log.clock.wall());
  std::unique_ptr<LogStore> store(new LogStore(base, std::move(where), log_options, std::move(log)));
  store->maintenance_.run_once();
  return store;
}

LogStore::LogStore(const Base& base, Where where, const log::Options& log_options, std::unique_ptr<log::Log> log)
    : where_(std::move(where)),
      unsynced_bytes_max_(log_options.unsynced_bytes_max),
      log_(std::move(log)),
      waits_(*log_, base.background),
      maintenance_({base.options, *log_, base.directory, where_.kind, base.groups, base.log.clock, base.log.logger}) {
  const auto metrics = turn_metrics(base.log.registry, log_options.label);
  for (Loop* loop : base.loops) turns_.push_back(std::make_unique<Turn>(*loop, *log_, metrics));
}

Result<void> LogStore::close() {
  maintenance_.stop_thread();
  PPL_CHECK(maintenance_.checkpoint());
  return log_->close();
}

Result<void> LogStore::accepts_messages(std::uint64_t record_bytes) const {
  if (record_bytes + log::kGroupHeaderBytes > log::kGroupBytesMax) {
    return fail(ErrorCode::kBodyTooLarge, "The messages of one request take more than " +
                                              std::to_string(log::kGroupBytesMax) +
                                              " bytes together with their headers.");
  }
  if (log_->bytes_on_disk() > where_.bytes_max) {
    return fail(ErrorCode::kStorageFull, "The stored messages take more than " + std::string(where_.bytes_max_key) +
                                             " (" + std::to_string(where_.bytes_max) +
                                             " bytes); acknowledge, purge or shorten a retention.");
  }
  if (log_->unsynced_bytes() <= unsynced_bytes_max_) return {};
  return fail(ErrorCode::kOverloaded, "More than unsynced_bytes_max (" + std::to_string(unsynced_bytes_max_) +
                                          " bytes) is written and not yet on the disk; try again shortly.");
}

Health LogStore::health() const {
  // Strangers read this at /readyz; the log's own reason names files and stands in the server's log.
  if (log_->failure()) {
    return {false, "The message log takes no writes after a failed write or sync; the server's log says why."};
  }
  if (auto accepts = accepts_messages(0); !accepts) return {false, accepts.error().message};
  if (log_->is_full()) return {false, "The disk has no space for messages; it is tried again each second."};
  return {};
}

}  // namespace propylon::broker::embedded

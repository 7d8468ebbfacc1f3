#include "broker/embedded/embedded_broker.h"

#include "broker/embedded/changes.h"
#include "broker/embedded/replay.h"
#include "core/assert.h"
#include "metrics/names.h"

namespace propylon::broker::embedded {
namespace {

Result<log::StoreUuid> parse_uuid(std::string_view text) {
  log::StoreUuid uuid{};
  std::size_t digits = 0;
  for (const char c : text) {
    if (c == '-') continue;
    const int value = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    if (value < 0 || digits == 32) return fail(ErrorCode::kDamaged, "The catalog's store id is no UUID.");
    uuid[digits / 2] = static_cast<unsigned char>(uuid[digits / 2] << 4 | value);
    ++digits;
  }
  if (digits != 32) return fail(ErrorCode::kDamaged, "The catalog's store id is no UUID.");
  return uuid;
}

}  // namespace

Result<std::unique_ptr<EmbeddedBroker>> EmbeddedBroker::open(const Options& options, const log::Options& log_options,
                                                             std::string directory, std::span<Loop* const> loops,
                                                             Surroundings surroundings, Background background) {
  auto stations =
      std::make_unique<StationDirectory>(options, surroundings.catalog, surroundings.log.logger, loops.size());
  PPL_CHECK(stations->load());
  StationReplay replay(*stations, PPL_TRY(surroundings.catalog.highest_id()));
  const auto store = PPL_TRY(parse_uuid(surroundings.catalog.store_uuid()));
  auto log = PPL_TRY(log::Log::open(surroundings.log, std::move(directory), store, log_options, replay));
  std::unique_ptr<EmbeddedBroker> broker(
      new EmbeddedBroker(options, log_options, loops, surroundings, std::move(stations), std::move(log)));
  broker->maintenance_.run_once();
  if (background == Background::kThread) broker->maintenance_.start_thread();
  return broker;
}

EmbeddedBroker::EmbeddedBroker(const Options& options, const log::Options& log_options, std::span<Loop* const> loops,
                               Surroundings surroundings, std::unique_ptr<StationDirectory> directory,
                               std::unique_ptr<log::Log> log)
    : options_(options),
      log_options_(log_options),
      clock_(surroundings.log.clock),
      logger_(surroundings.log.logger),
      directory_(std::move(directory)),
      log_(std::move(log)),
      cold_readers_("cold-reader", options.cold_readers, options.cold_reads_queued_max),
      maintenance_(options, *log_, *directory_, clock_, logger_) {
  auto& registry = surroundings.log.registry;
  const TurnMetrics turn_metrics{
      registry.histogram(metrics::kBrokerLockWaitSeconds, "Time that a loop waited for the log's commit lock.", 1,
                         1'000'000),
      registry.counter(metrics::kBrokerGroupsFailed, "Groups that the log refused or failed to write.")};
  for (Loop* loop : loops) turns_.push_back(std::make_unique<Turn>(*loop, *log_, turn_metrics));
  registry.observed(metrics::kBrokerStations, "Stations.", [this] { return static_cast<double>(directory_->size()); });
  registry.observed(metrics::kBrokerWaitingFetches, "Fetches that wait for messages.",
                    [this] { return static_cast<double>(waiting_.load()); });
  for (const auto& station : directory_->all()) groups_ += station->groups.size();
}

EmbeddedBroker::~EmbeddedBroker() = default;

Result<void> EmbeddedBroker::close() {
  maintenance_.stop_thread();
  PPL_CHECK(maintenance_.checkpoint());
  return log_->close();
}

Health EmbeddedBroker::health() const {
  // Strangers read this at /readyz; the log's own reason names files and stands in the server's log.
  if (log_->failure()) {
    return {false, "The message log takes no writes after a failed write or sync; the server's log says why."};
  }
  if (auto accepts = accepts_messages(0); !accepts) return {false, accepts.error().message};
  return {};
}

Result<void> EmbeddedBroker::accepts_messages(std::uint64_t record_bytes) const {
  if (record_bytes + log::kGroupHeaderBytes > log::kGroupBytesMax) {
    return fail(ErrorCode::kBodyTooLarge, "The messages of one request take more than " +
                                              std::to_string(log::kGroupBytesMax) +
                                              " bytes together with their headers.");
  }
  if (log_->unsynced_bytes() <= log_options_.unsynced_bytes_max) return {};
  return fail(ErrorCode::kOverloaded, "More than unsynced_bytes_max (" +
                                          std::to_string(log_options_.unsynced_bytes_max) +
                                          " bytes) is written and not yet on the disk; try again shortly.");
}

Task<Result<StationPtr>> EmbeddedBroker::station_for(Loop& loop, StationRef ref, IfMissing if_missing) {
  if (auto station = directory_->find(loop, ref)) co_return station;
  co_return co_await directory_->find_or_create(loop, ref, if_missing);
}

std::size_t EmbeddedBroker::frame(Loop& loop, const Station& station, const AppendRequest& request) {
  auto& group = turns_[loop.index()]->group_for(log::GroupBuffer::message_bytes(request.headers, request.payloads));
  return group.add_message(station.id, request.headers, request.payloads);
}

Task<Result<Appended>> EmbeddedBroker::append(Loop& loop, AppendRequest request) {
  PPL_ASSERT(!request.payloads.empty() && request.payloads.size() <= kBatchMessagesMax);
  const auto record_bytes = log::GroupBuffer::message_bytes(request.headers, request.payloads);
  if (auto accepts = accepts_messages(record_bytes); !accepts) co_return std::unexpected(accepts.error());
  auto station = directory_->find(loop, request.station);
  if (!station) co_return co_await append_to_new(loop, request);
  const auto count = static_cast<std::uint32_t>(request.payloads.size());
  AppendChange change(*station, count);
  auto committed = co_await turns_[loop.index()]->commit(change, frame(loop, *station, request));
  maintenance_.poke();
  if (!committed) co_return std::unexpected(std::move(committed).error());
  co_return Appended{change.first(), count};
}

// The station is made while the request waits, so the payloads are copied first: the caller's bytes are gone then.
Task<Result<Appended>> EmbeddedBroker::append_to_new(Loop& loop, AppendRequest request) {
  const std::string name(request.station.name);
  const std::string headers(request.headers);
  std::vector<std::string> copies(request.payloads.begin(), request.payloads.end());
  StationRef ref{request.station.account, name};
  auto station = co_await directory_->find_or_create(loop, ref, request.if_missing);
  if (!station) co_return std::unexpected(std::move(station).error());
  const std::vector<ByteView> payloads(copies.begin(), copies.end());
  AppendRequest again{ref, request.if_missing, headers, payloads};
  co_return co_await append(loop, again);
}

}  // namespace propylon::broker::embedded

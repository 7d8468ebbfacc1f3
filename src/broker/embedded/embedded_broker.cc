#include "broker/embedded/embedded_broker.h"

#include "broker/embedded/changes.h"
#include "broker/embedded/disk_room.h"
#include "core/assert.h"
#include "log/group_buffer.h"
#include "log/store_uuid.h"
#include "metrics/names.h"

namespace propylon::broker::embedded {
namespace {

Result<log::StoreUuid> parse_uuid(std::string_view text) {
  if (const auto uuid = log::parse_store_uuid(text)) return *uuid;
  return fail(ErrorCode::kDamaged, "The catalog's store id is no UUID.");
}

// The log of `memory` stations: nothing of it is on a disk, so nothing of it waits for one.
log::Options memory_log_options(const log::Options& disk) {
  log::Options options = disk;
  options.segment_bytes = kMemorySegmentBytes;
  options.label = "memory";
  return options;
}

}  // namespace

Result<std::unique_ptr<EmbeddedBroker>> EmbeddedBroker::open(const Options& options, const log::Options& log_options,
                                                             std::string directory, std::span<Loop* const> loops,
                                                             Surroundings surroundings, Background background) {
  auto stations = std::make_unique<StationDirectory>(options, surroundings.catalog, surroundings.log.clock,
                                                     surroundings.log.logger, loops.size(), background);
  PPL_CHECK(stations->load());
  std::unique_ptr<EmbeddedBroker> broker(new EmbeddedBroker(options, surroundings, std::move(stations), background));
  const LogStore::Base base{surroundings.log, options, *broker->directory_, broker->group_count_, loops, background};
  PPL_CHECK(broker->open_stores(base, surroundings.catalog, log_options, std::move(directory)));
  broker->directory_->follow(*broker);
  if (background == Background::kThread) {
    broker->disk_->maintenance().start_thread();
    broker->memory_->maintenance().start_thread();
  }
  return broker;
}

EmbeddedBroker::EmbeddedBroker(const Options& options, Surroundings surroundings,
                               std::unique_ptr<StationDirectory> directory, Background background)
    : options_(options),
      clock_(surroundings.log.clock),
      memory_files_(log::CrashMemory::kNone, options.memory_bytes_max),
      group_count_{.max = options.groups_max},
      directory_(std::move(directory)),
      template_rules_(produce_rules_of(directory_->template_settings())),
      fetched_bytes_(std::make_shared<metrics::ByteBudget>(options.fetched_bytes_max)),
      cold_readers_("cold-reader", background == Background::kThread ? options.cold_readers : 0,
                    options.cold_reads_queued_max) {
  auto& registry = surroundings.log.registry;
  registry.observed(metrics::kBrokerStations, "Stations.", [this] { return static_cast<double>(directory_->size()); });
  registry.observed(metrics::kBrokerGroups, "Consumer groups.",
                    [this] { return static_cast<double>(group_count_.groups.load()); });
  registry.observed(metrics::kBrokerFetchedBytes, "Bytes of the log that are held for deliveries under way.",
                    [this] { return static_cast<double>(fetched_bytes_->held()); });
  registry.observed(metrics::kBrokerWaitingFetches, "Fetches that wait for messages.",
                    [this] { return static_cast<double>(waiting_.load()); });
}

Result<void> EmbeddedBroker::open_stores(const LogStore::Base& base, catalog::Catalog& catalog,
                                         const log::Options& log_options, std::string directory) {
  const auto uuid = PPL_TRY(parse_uuid(catalog.store_uuid()));
  const std::uint64_t highest_id = PPL_TRY(catalog.highest_id());
  PPL_CHECK(base.log.files.make_directory(directory));
  const DiskRoom room = PPL_TRY(disk_room(options_, log_options, base.log.files, directory, base.log.logger));
  const LogStore::Where on_disk{StoreKind::kDisk, std::move(directory), room.bytes_max, "data_bytes_max"};
  log::Options disk_options = log_options;
  disk_options.segment_bytes = room.segment_bytes;
  disk_ = PPL_TRY(LogStore::open(base, on_disk, uuid, disk_options, highest_id));
  LogStore::Base in_memory{{memory_files_, base.log.clock, base.log.logger, base.log.registry},
                           base.options,
                           base.directory,
                           base.groups,
                           base.loops,
                           base.background};
  const LogStore::Where nowhere{StoreKind::kMemory, "/memory", options_.memory_bytes_max, "memory_bytes_max"};
  memory_ = PPL_TRY(LogStore::open(in_memory, nowhere, uuid, memory_log_options(log_options), highest_id));
  for (const auto& station : directory_->all()) {
    if (!station->is_companion()) group_count_.groups += station->groups.size();
  }
  return {};
}

EmbeddedBroker::~EmbeddedBroker() { directory_->unfollow(); }

Result<void> EmbeddedBroker::close() {
  PPL_CHECK(memory_->close());
  return disk_->close();
}

Health EmbeddedBroker::health() const { return disk_->health(); }

Result<StationPtr> EmbeddedBroker::existing(Loop& loop, const StationRef& ref) {
  if (auto station = directory_->find(loop, ref)) return station;
  return fail(ErrorCode::kStationNotFound, "Station " + std::string(ref.name) + " does not exist.");
}

Task<Result<StationPtr>> EmbeddedBroker::station_for(Loop& loop, StationRef ref, IfMissing if_missing) {
  if (auto station = directory_->find(loop, ref)) co_return station;
  co_return co_await directory_->find_or_create(loop, ref, if_missing);
}

const ProduceRules& EmbeddedBroker::produce_rules(Loop& loop, StationRef ref) {
  const auto& found = directory_->look_up(loop, ref);
  return found.rules ? *found.rules : template_rules_;
}

std::size_t EmbeddedBroker::frame(Turn& turn, const Station& station, const AppendRequest& request) {
  auto& group = turn.group_for(log::GroupBuffer::message_bytes(request.headers, request.payloads));
  return group.add_message(station.id, request.headers, request.payloads);
}

Task<Result<Appended>> EmbeddedBroker::append(Loop& loop, AppendRequest request) {
  PPL_ASSERT(!request.payloads.empty() && request.payloads.size() <= kBatchMessagesMax);
  const auto& found = directory_->look_up(loop, request.station);
  if (!found.station) co_return co_await append_to_new(loop, request);
  const StationPtr station = found.station;
  LogStore& store = store_of(*station);
  if (auto taken = accepts(store, *found.rules, request); !taken) co_return std::unexpected(std::move(taken).error());
  const auto count = static_cast<std::uint32_t>(request.payloads.size());
  AppendChange change(*station, count, store.waits());
  Turn& turn = store.turn(loop);
  auto committed = co_await turn.commit(change, frame(turn, *station, request));
  store.maintenance().poke();
  if (!committed) co_return std::unexpected(std::move(committed).error());
  if (change.waits_for_disk()) {
    auto durable = co_await store.waits().wait(loop, change.end());
    if (!durable) co_return std::unexpected(std::move(durable).error());
  }
  co_return Appended{change.first(), count};
}

Result<void> EmbeddedBroker::accepts(const LogStore& store, const ProduceRules& rules, const AppendRequest& request) {
  for (const auto payload : request.payloads) {
    if (payload.size() <= rules.max_message_bytes) continue;
    return fail(ErrorCode::kBodyTooLarge, "The message has " + std::to_string(payload.size()) + " bytes; station " +
                                              std::string(request.station.name) + " takes up to " +
                                              std::to_string(rules.max_message_bytes) + " (max_message_bytes).");
  }
  return store.accepts_messages(log::GroupBuffer::message_bytes(request.headers, request.payloads));
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

Task<Result<void>> EmbeddedBroker::commit(Loop& loop, Station& station, Change& change, log::RecordKind kind,
                                          std::string_view body) {
  Turn& turn = store_of(station).turn(loop);
  const std::size_t record =
      turn.group_for(body.size() + log::kRecordHeaderBytes).add(kind, station.id, body, change.claim());
  auto committed = co_await turn.commit(change, record);
  co_return committed;
}

Task<Result<void>> EmbeddedBroker::commit_durably(Loop& loop, Station& station, Change& change, log::RecordKind kind,
                                                  std::string_view body) {
  auto committed = co_await commit(loop, station, change, kind, body);
  if (!committed || !station.promises_disk()) co_return committed;
  co_return co_await store_of(station).waits().wait(loop, change.end());
}

}  // namespace propylon::broker::embedded

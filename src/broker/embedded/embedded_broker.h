// The broker inside the process: our log for messages and deliveries, the catalog for stations.
//
// One change of a request costs one record in the group of its loop's turn (turn.h); nothing is visible or answered
// before that group is written. Leases and waits are memory alone; deliveries and acknowledgements are records, so
// that `deliveries` stays true after a kill.
#pragma once
#include <array>
#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "broker/broker.h"
#include "broker/embedded/log_store.h"
#include "broker/embedded/message_reader.h"
#include "broker/embedded/options.h"
#include "broker/embedded/station_directory.h"
#include "broker/embedded/waiter.h"
#include "log/memory_file_layer.h"

namespace propylon::broker::embedded {

// What the broker stands on; all of it outlives it.
struct Surroundings {
  log::Environment log;
  catalog::Catalog& catalog;
};

class EmbeddedBroker final : public Broker, private StationDirectory::Observer {
 public:
  // Opens the log in `directory` (the caller holds its DirectoryLock) and rebuilds the stations; `memory` stations
  // begin empty. `loops` are the loops that will call, by their index; they outlive the broker. Blocks as long as
  // replay takes. Errors: those of Log::open(), of the catalog, kDamaged (catalog and log do not belong together),
  // kInvalidConfig (the room for the log is too small, see disk_room()).
  static Result<std::unique_ptr<EmbeddedBroker>> open(const Options& options, const log::Options& log_options,
                                                      std::string directory, std::span<Loop* const> loops,
                                                      Surroundings surroundings, Background background);
  // After the loops have ended: takes a checkpoint and closes the log. Without it the next start replays more.
  Result<void> close();
  ~EmbeddedBroker() override;

  Task<Result<Appended>> append(Loop& loop, AppendRequest request) override;
  Task<Result<std::unique_ptr<Fetched>>> fetch(Loop& loop, FetchRequest request, Cancellation& cancel) override;
  Task<Result<void>> settle(Loop& loop, Fetched& fetched, Settlement settlement) override;
  const ProduceRules& produce_rules(Loop& loop, StationRef station) override;
  Task<Result<StationInfo>> station(Loop& loop, StationRef station) override;
  Task<Result<Page<StationInfo>>> stations(Loop& loop, AccountId account, PageRequest page) override;
  Task<Result<StationPut>> put_station(Loop& loop, StationRef station, SettingsChange change, Precondition precondition,
                                       IfMissing if_missing) override;
  Task<Result<void>> remove_station(Loop& loop, StationRef station, Precondition precondition) override;
  Task<Result<StationInfo>> purge(Loop& loop, StationRef station, std::optional<Sequence> before) override;
  Task<Result<Page<GroupInfo>>> groups(Loop& loop, StationRef station, PageRequest page) override;
  Task<Result<void>> remove_group(Loop& loop, StationRef station, std::string_view group) override;
  Task<Result<GroupInfo>> seek_group(Loop& loop, StationRef station, std::string_view group,
                                     SeekTarget target) override;
  Task<Result<void>> add_dead_letters(Loop& loop, StationRef station, DeadLetterReason reason, ByteView headers,
                                      std::span<const RefusedMessage> messages) override;
  Task<Result<Page<DeadLetter>>> dead_letters(Loop& loop, StationRef station, DeadLetterPageRequest page) override;
  Task<Result<void>> remove_dead_letter(Loop& loop, StationRef station, Sequence id) override;
  std::vector<std::string> stations_with_schema(AccountId account, std::string_view schema,
                                                std::size_t limit) const override {
    return directory_->with_schema(account, schema, limit);
  }
  StationSettings template_settings() const override { return directory_->template_settings(); }
  Capabilities capabilities() const override {
    return {.survives_restart = true, .durability_disk = true, .durability_memory = true};
  }
  Health health() const override;

  // For tests that own the background.
  Maintenance& maintenance() { return disk_->maintenance(); }
  Maintenance& maintenance_of_memory() { return memory_->maintenance(); }
  const log::Log& log() const { return disk_->log(); }

 private:
  struct Wanted;
  EmbeddedBroker(const Options& options, Surroundings surroundings, std::unique_ptr<StationDirectory> directory,
                 Background background);
  Result<void> open_stores(const LogStore::Base& base, catalog::Catalog& catalog, const log::Options& log_options,
                           std::string directory);

  void removed(Station& station) override;
  void changed(Station& station, const StationSettings& settings, std::uint64_t revision) override;

  LogStore& store_of(const Station& station) { return station.store == StoreKind::kDisk ? *disk_ : *memory_; }
  Result<StationPtr> existing(Loop& loop, const StationRef& ref);
  Task<Result<StationPtr>> station_for(Loop& loop, StationRef ref, IfMissing if_missing);
  Task<Result<Appended>> append_to_new(Loop& loop, AppendRequest request);
  static Result<void> accepts(const LogStore& store, const ProduceRules& rules, const AppendRequest& request);
  static std::size_t frame(Turn& turn, const Station& station, const AppendRequest& request);
  Task<Result<Picked>> wait_and_pick(Loop& loop, const Wanted& wanted, Cancellation& cancel);
  Task<Result<void>> deliver(Loop& loop, const Wanted& wanted, const Picked& picked, EmbeddedFetched& fetched);
  // Commits a record about the station that holds no messages.
  Task<Result<void>> commit(Loop& loop, Station& station, Change& change, log::RecordKind kind, std::string_view body);
  // The same, as durable as the station promises.
  Task<Result<void>> commit_durably(Loop& loop, Station& station, Change& change, log::RecordKind kind,
                                    std::string_view body);
  Task<Result<void>> make_group(Loop& loop, Station& station, const std::string& group);
  Task<Result<StationPut>> make_station(Loop& loop, const StationRef& ref, SettingsChange change);
  Task<Result<StationPut>> change_station(Loop& loop, Station& station, SettingsChange change,
                                          Precondition precondition);
  void change_settings(Station& station, const StationSettings& settings, std::uint64_t revision);
  Task<Result<void>> write_floor(Loop& loop, Station& station);
  // Of its companion, if it has one.
  Task<Result<void>> write_floor_of_letters(Loop& loop, Station& station);
  StationInfo info_of(Station& station);
  // Those of a companion that are kept by now.
  std::uint64_t count_letters(Station& companion);
  Picked pick_letters(Station& companion, Sequence after, const PickLimits& limits);
  Task<Result<void>> append_letters(Loop& loop, Station& companion, const std::string& headers,
                                    const std::vector<std::string>& letters);
  Result<GroupInfo> group_info_of(Station& station, const std::string& group);

  const Options& options_;
  const Clock& clock_;
  log::MemoryFileLayer memory_files_;
  GroupCount group_count_;
  const std::unique_ptr<StationDirectory> directory_;
  const ProduceRules template_rules_;
  std::unique_ptr<LogStore> disk_;    // set by open()
  std::unique_ptr<LogStore> memory_;  // set by open()
  std::atomic<std::uint64_t> waiting_{0};
  const std::shared_ptr<metrics::ByteBudget> fetched_bytes_;
  WorkerPool cold_readers_;
};

}  // namespace propylon::broker::embedded

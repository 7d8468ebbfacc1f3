// The broker inside the process: our log for messages and deliveries, the catalog for stations.
//
// One change of a request costs one record in the group of its loop's turn (turn.h); nothing is visible or answered
// before that group is written. Leases and waits are memory alone; deliveries and acknowledgements are records, so
// that `deliveries` stays true after a kill.
#pragma once
#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "broker/broker.h"
#include "broker/embedded/maintenance.h"
#include "broker/embedded/message_reader.h"
#include "broker/embedded/options.h"
#include "broker/embedded/station_directory.h"
#include "broker/embedded/turn.h"
#include "broker/embedded/waiter.h"
#include "log/log.h"

namespace propylon::broker::embedded {

// What the broker stands on; all of it outlives it.
struct Surroundings {
  log::Environment log;
  catalog::Catalog& catalog;
};

enum class Background { kThread, kByHand };

class EmbeddedBroker final : public Broker {
 public:
  // Opens the log in `directory` (the caller holds its DirectoryLock) and rebuilds the stations. `loops` are the
  // loops that will call, by their index; they outlive the broker. Blocks as long as replay takes.
  // Errors: those of Log::open(), of the catalog, kDamaged (catalog and log do not belong together).
  static Result<std::unique_ptr<EmbeddedBroker>> open(const Options& options, const log::Options& log_options,
                                                      std::string directory, std::span<Loop* const> loops,
                                                      Surroundings surroundings, Background background);
  // After the loops have ended: takes a checkpoint and closes the log. Without it the next start replays more.
  Result<void> close();
  ~EmbeddedBroker() override;

  Task<Result<Appended>> append(Loop& loop, AppendRequest request) override;
  Task<Result<std::unique_ptr<Fetched>>> fetch(Loop& loop, FetchRequest request, Cancellation& cancel) override;
  Task<Result<void>> settle(Loop& loop, Fetched& fetched, Settlement settlement) override;
  std::uint64_t max_message_bytes(Loop& loop, StationRef station) override;
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
  StationSettings template_settings() const override;
  Capabilities capabilities() const override { return {.survives_restart = true}; }
  Health health() const override;

  // For tests that own the background.
  Maintenance& maintenance() { return maintenance_; }
  const log::Log& log() const { return *log_; }

 private:
  struct Wanted;
  EmbeddedBroker(const Options& options, const log::Options& log_options, std::span<Loop* const> loops,
                 Surroundings surroundings, std::unique_ptr<StationDirectory> directory, std::unique_ptr<log::Log> log);

  Task<Result<StationPtr>> station_for(Loop& loop, StationRef ref, IfMissing if_missing);
  Result<void> accepts_messages(std::uint64_t record_bytes) const;
  Task<Result<Appended>> append_to_new(Loop& loop, AppendRequest request);
  std::size_t frame(Loop& loop, const Station& station, const AppendRequest& request);
  Result<GroupState*> group_of(Station& station, const std::string& name);
  Task<Result<Picked>> wait_and_pick(Loop& loop, const Wanted& wanted, Cancellation& cancel);
  Task<Result<void>> record_group(Loop& loop, Station& station, bool delivered, const std::string& group,
                                  const std::vector<SequenceRange>& ranges);

  const Options& options_;
  const log::Options& log_options_;
  const Clock& clock_;
  const Logger& logger_;
  const std::unique_ptr<StationDirectory> directory_;
  const std::unique_ptr<log::Log> log_;
  std::vector<std::unique_ptr<Turn>> turns_;  // one per loop
  std::atomic<std::uint64_t> groups_{0};
  std::atomic<std::uint64_t> waiting_{0};
  WorkerPool cold_readers_;
  Maintenance maintenance_;
};

}  // namespace propylon::broker::embedded

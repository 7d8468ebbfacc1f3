// One log with all that commits to it: a turn for each loop, the waits of `disk` stations, the background.
//
// There are two: one on the disk, one in memory for `memory` stations. They differ in the file layer and in nothing
// else.
#pragma once
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "broker/broker.h"
#include "broker/embedded/durability_waits.h"
#include "broker/embedded/maintenance.h"
#include "broker/embedded/options.h"
#include "broker/embedded/station_directory.h"
#include "broker/embedded/turn.h"
#include "log/log.h"

namespace propylon::broker::embedded {

// Thread: any, except where a function says otherwise.
class LogStore final {
 public:
  struct Where {
    StoreKind kind = StoreKind::kDisk;
    std::string directory;
    std::uint64_t bytes_max = 0;     // of its files; messages are refused above it
    std::string_view bytes_max_key;  // the setting's name
  };
  // What it stands on; all of it outlives it.
  struct Base {
    log::Environment log;
    const Options& options;
    StationDirectory& directory;
    GroupCount& groups;
    std::span<Loop* const> loops;
    Background background;
  };
  // Opens the log and rebuilds its stations. Blocks as long as replay takes. `highest_id` of the catalog.
  // Errors: those of Log::open(), kDamaged (catalog and log do not belong together).
  static Result<std::unique_ptr<LogStore>> open(const Base& base, Where where, const log::StoreUuid& uuid,
                                                const log::Options& log_options, std::uint64_t highest_id);
  // After the loops have ended: takes a checkpoint and closes the log. Without it the next start replays more.
  Result<void> close();

  log::Log& log() { return *log_; }
  Turn& turn(const Loop& loop) { return *turns_[loop.index()]; }
  DurabilityWaits& waits() { return waits_; }
  Maintenance& maintenance() { return maintenance_; }

  // Whether messages are taken now, a record of so many bytes. Errors: kBodyTooLarge, kStorageFull, kOverloaded.
  Result<void> accepts_messages(std::uint64_t record_bytes) const;
  Health health() const;

 private:
  LogStore(const Base& base, Where where, const log::Options& log_options, std::unique_ptr<log::Log> log);

  const Where where_;
  const std::uint64_t unsynced_bytes_max_;
  const std::unique_ptr<log::Log> log_;
  std::vector<std::unique_ptr<Turn>> turns_;  // one per loop
  DurabilityWaits waits_;
  Maintenance maintenance_;
};

}  // namespace propylon::broker::embedded

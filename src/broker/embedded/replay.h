// Rebuilds the stations from the log when it is opened.
#pragma once
#include "broker/embedded/station_directory.h"
#include "log/replay.h"

namespace propylon::broker::embedded {

// One log's stations. Thread: the one that opens. Errors of all calls: kDamaged: the log names a station above
// `highest_id`, which the catalog never gave out: the catalog is older than the log, or another store's.
class StationReplay final : public log::Replay {
 public:
  StationReplay(const StationDirectory& directory, StoreKind store, std::uint64_t highest_id)
      : directory_(directory), store_(store), highest_id_(highest_id) {}

  Result<void> checkpoint(ByteView blob) override;
  Result<void> segment_table(std::uint64_t segment, std::span<const log::StationShare> stations) override;
  Result<void> record(const log::RecordView& record, log::Position at) override;
  StationId newest_station() const override { return StationId{highest_id_}; }

  // After the log is open: counts what there is. `now` stands for when a group was used last, where that is not known.
  void finish(const log::Log& log, WallTime now) const;

 private:
  Result<StationPtr> station_of(StationId id) const;
  void apply_gap(const log::RecordView& record, log::Position at) const;
  Result<void> apply(Station& station, const log::RecordView& record) const;

  const StationDirectory& directory_;
  const StoreKind store_;
  const std::uint64_t highest_id_;
};

}  // namespace propylon::broker::embedded

// EmbeddedBroker's administration of stations. The settings are the catalog's, what was taken away is the log's: a
// floor record is written before a retention changes and after it, so that nothing that was gone comes back.
#include "broker/embedded/changes.h"
#include "broker/embedded/embedded_broker.h"
#include "broker/settings_change.h"
#include "log/group_buffer.h"

namespace propylon::broker::embedded {
namespace {

std::unexpected<Error> no_station(std::string_view name) {
  return fail(ErrorCode::kStationNotFound, "Station " + std::string(name) + " does not exist.");
}

Result<void> check_precondition(const Precondition& precondition, std::string_view name, std::uint64_t revision) {
  if (precondition.must_not_exist) {
    return fail(ErrorCode::kPreconditionFailed,
                "Station " + std::string(name) + " exists, with revision " + std::to_string(revision) + ".");
  }
  if (!precondition.revision || *precondition.revision == revision) return {};
  return fail(ErrorCode::kPreconditionFailed,
              "Station " + std::string(name) + " has revision " + std::to_string(revision) + " by now; read it again.");
}

// How often a change is tried again when others change the same station at the same time.
constexpr int kAttempts = 8;

std::unexpected<Error> too_many_changes(std::string_view name) {
  return fail(ErrorCode::kConflict,
              "Station " + std::string(name) + " is being changed by others all the time; read it and try again.");
}

}  // namespace

void EmbeddedBroker::removed(Station& station) {
  std::lock_guard commit_lock(store_of(station).log().commit_mutex());
  station.removed = true;
  std::lock_guard lock(station.mutex);
  if (!station.is_companion()) group_count_.groups -= station.groups.size();
  for (auto& [name, state] : station.groups) station.dismiss(state);
  station.groups.clear();
}

void EmbeddedBroker::changed(Station& station, const StationSettings& settings, std::uint64_t revision) {
  if (const auto companion = dead_letters_of(station)) {
    change_settings(*companion, dead_letter_settings(settings), revision);
  }
  change_settings(station, settings, revision);
}

void EmbeddedBroker::change_settings(Station& station, const StationSettings& settings, std::uint64_t revision) {
  const log::Log& log = store_of(station).log();
  (void)info_of(station);  // most of the work below, in slices
  std::lock_guard lock(station.mutex);
  // What the earlier retention took away by now stays away.
  while (station.apply_retention(log, clock_.wall())) continue;
  station.change_settings(settings, revision);
}

StationInfo EmbeddedBroker::info_of(Station& station) {
  const log::Log& log = store_of(station).log();
  std::optional<StationInfo> info;
  while (!info) {
    std::lock_guard lock(station.mutex);
    if (!station.apply_retention(log, clock_.wall())) info = station.info(log);
  }
  if (const auto companion = dead_letters_of(station)) info->dead_letters = count_letters(*companion);
  return *std::move(info);
}

Task<Result<StationInfo>> EmbeddedBroker::station(Loop& loop, StationRef ref) {
  const auto station = existing(loop, ref);
  if (!station) co_return std::unexpected(station.error());
  co_return info_of(**station);
}

Task<Result<Page<StationInfo>>> EmbeddedBroker::stations(Loop&, AccountId account, PageRequest request) {
  const auto found = directory_->page(account, request);
  Page<StationInfo> page{.items = {}, .more = found.more};
  for (const auto& station : found.items) page.items.push_back(info_of(*station));
  co_return page;
}

Task<Result<StationPut>> EmbeddedBroker::put_station(Loop& loop, StationRef ref, SettingsChange change,
                                                     Precondition precondition, IfMissing if_missing) {
  const std::string name(ref.name);
  const StationRef own{ref.account, name};
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const auto station = directory_->find(loop, own);
    Result<StationPut> put = no_station(name);
    if (station) {
      put = co_await change_station(loop, *station, change, precondition);
    } else if (if_missing == IfMissing::kRefuse) {
      co_return put;
    } else if (precondition.revision) {
      co_return fail(ErrorCode::kPreconditionFailed, "Station " + name + " does not exist.");
    } else {
      put = co_await make_station(loop, own, change);
    }
    // The catalog knew better than we did: somebody made, changed or removed it. Look again.
    if (put || put.error().code != ErrorCode::kBusy) co_return put;
  }
  co_return too_many_changes(name);
}

// kBusy: it exists by now.
Task<Result<StationPut>> EmbeddedBroker::make_station(Loop& loop, const StationRef& ref, SettingsChange change) {
  const std::string name(ref.name);
  const StationSettings settings = with(directory_->template_settings(), change);
  auto made = co_await directory_->create(loop, ref.account, name, settings);
  if (!made && made.error().code == ErrorCode::kConflict) co_return fail(ErrorCode::kBusy, made.error().message);
  if (!made) co_return std::unexpected(std::move(made).error());
  const auto station = directory_->find(loop, ref);
  if (!station) co_return fail(ErrorCode::kBusy, "It was removed at once.");
  co_return StationPut{info_of(*station), true};
}

// kBusy: it was changed or removed meanwhile.
Task<Result<StationPut>> EmbeddedBroker::change_station(Loop& loop, Station& station, SettingsChange change,
                                                        Precondition precondition) {
  const StationInfo before = info_of(station);
  const StationSettings settings = with(before.settings, change);
  if (auto met = check_precondition(precondition, station.name, before.revision); !met) {
    co_return std::unexpected(std::move(met).error());
  }
  if (embedded::store_of(settings.durability) != station.store) {
    co_return fail(ErrorCode::kConflict, "The durability cannot be changed to or from memory: make another station.",
                   "durability");
  }
  if (settings == before.settings) co_return StationPut{before, false};
  const bool other_retention = settings.retention != before.settings.retention;
  const bool others_kept = settings.dead_letters != before.settings.dead_letters;
  Result<void> done;
  if (other_retention) done = co_await write_floor(loop, station);
  if (done && others_kept) done = co_await write_floor_of_letters(loop, station);
  if (done) done = co_await directory_->replace(loop, station, settings, before.revision);
  if (!done && done.error().code == ErrorCode::kConflict) co_return fail(ErrorCode::kBusy, done.error().message);
  if (!done) co_return std::unexpected(std::move(done).error());
  if (other_retention) done = co_await write_floor(loop, station);
  if (done && others_kept) done = co_await write_floor_of_letters(loop, station);
  // The settings are changed already, whatever the log said.
  if (!done) co_return fail(ErrorCode::kOutcomeUnknown, done.error().message);
  co_return StationPut{info_of(station), false};
}

Task<Result<void>> EmbeddedBroker::write_floor(Loop& loop, Station& station) {
  (void)info_of(station);  // applies the retention
  Sequence floor;
  {
    std::lock_guard lock(station.mutex);
    floor = station.floor;
  }
  if (floor == Sequence{}) co_return Result<void>{};
  FloorChange change(station, floor);
  auto written = co_await commit_durably(loop, station, change, log::RecordKind::kFloor, {});
  co_return written;
}

Task<Result<void>> EmbeddedBroker::write_floor_of_letters(Loop& loop, Station& station) {
  const auto companion = dead_letters_of(station);
  if (!companion) co_return Result<void>{};
  co_return co_await write_floor(loop, *companion);
}

Task<Result<void>> EmbeddedBroker::remove_station(Loop& loop, StationRef ref, Precondition precondition) {
  const std::string name(ref.name);
  const StationRef own{ref.account, name};
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const auto station = directory_->find(loop, own);
    if (!station) co_return no_station(name);
    const std::uint64_t revision = info_of(*station).revision;
    if (auto met = check_precondition(precondition, name, revision); !met) co_return met;
    auto removed = co_await directory_->remove(loop, *station, revision);
    if (removed || removed.error().code != ErrorCode::kConflict) co_return removed;
  }
  co_return too_many_changes(name);
}

Task<Result<StationInfo>> EmbeddedBroker::purge(Loop& loop, StationRef ref, std::optional<Sequence> before) {
  auto station = existing(loop, ref);
  if (!station) co_return std::unexpected(std::move(station).error());
  std::optional<Sequence> through;
  if (before) through = Sequence{before->value == 0 ? 0 : before->value - 1};
  FloorChange change(**station, through);
  auto purged = co_await commit_durably(loop, **station, change, log::RecordKind::kFloor, {});
  if (!purged) co_return std::unexpected(std::move(purged).error());
  co_return info_of(**station);
}

}  // namespace propylon::broker::embedded

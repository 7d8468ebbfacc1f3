// StationDirectory's companions: the stations without a name that hold dead letters.
#include "broker/embedded/station_directory.h"
#include "core/decimal.h"

namespace propylon::broker::embedded {

Result<void> StationDirectory::load_companion(const catalog::Document& document) {
  const std::string& name = document.name;
  const auto id = decimal_from_one<std::uint64_t>(name);
  if (!id) {
    return fail(ErrorCode::kDamaged, "The catalog has dead letters of a station that is no number: " + name);
  }
  // Without it: the process ended between the removals of the two.
  const auto station = by_id(StationId{*id});
  station ? put_companion(document, *station) : forget_companion(document.account, name);
  return {};
}

void StationDirectory::put_companion(const catalog::Document& document, Station& station) {
  StationIdentity identity{StationId{document.id}, document.account, "dead letters of " + station.name, station.id};
  StationDocument settings;
  settings.created = clock_.wall();
  {
    std::lock_guard lock(station.mutex);
    settings.settings = dead_letter_settings(station.settings);
  }
  auto companion = std::make_shared<Station>(std::move(identity), std::move(settings), document.revision);
  {
    // First: a checkpoint must have whatever the log has records of.
    std::lock_guard lock(mutex_);
    by_id_.insert_or_assign(document.id, companion);
  }
  std::lock_guard lock(station.mutex);
  station.dead_letters = std::move(companion);
}

// Nothing leads to it any more; what could not be removed now is removed when the stations are loaded the next time.
void StationDirectory::forget_companion(AccountId account, std::string_view name) {
  if (auto removed = catalog_.remove(catalog::Kind::kDeadLetters, account, name, 0); !removed) {
    logger_.warn("the dead letters of a removed station are still in the catalog; the next start removes them",
                 {{"station_id", name}, {"reason", removed.error().message}});
  }
}

Task<Result<void>> StationDirectory::make_dead_letters(Loop& loop, Station& station) {
  co_return co_await run_on(catalog_threads_, loop, [&]() -> Result<void> {
    // Stations are made and removed on this one thread: nothing changes between the looks and the document.
    if (dead_letters_of(station)) return {};
    if (!by_id(station.id)) {
      return fail(ErrorCode::kStationNotFound, "Station " + station.name + " was removed.");
    }
    const std::string name = std::to_string(station.id.value);
    put_companion(PPL_TRY(catalog_.create(catalog::Kind::kDeadLetters, station.account, name, "{}")), station);
    return {};
  });
}

}  // namespace propylon::broker::embedded

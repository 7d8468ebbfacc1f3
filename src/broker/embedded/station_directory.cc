#include "broker/embedded/station_directory.h"

#include "broker/embedded/station_document.h"

namespace propylon::broker::embedded {

StationDirectory::StationDirectory(const Options& options, catalog::Catalog& catalog, const Logger& logger,
                                   std::size_t loops)
    : options_(options),
      catalog_(catalog),
      logger_(logger),
      caches_(loops),
      catalog_threads_("catalog", 1, options.catalog_changes_queued_max) {}

Result<void> StationDirectory::load() {
  for (const auto& document : PPL_TRY(catalog_.list(catalog::Kind::kStation))) PPL_CHECK(put(document));
  link_ = std::make_shared<Link>();
  link_->directory = this;
  catalog_.watch(catalog::Kind::kStation, [link = link_](const catalog::Change& change) {
    std::lock_guard lock(link->mutex);
    if (link->directory) link->directory->changed(change);
  });
  return {};
}

StationDirectory::~StationDirectory() {
  if (!link_) return;
  std::lock_guard lock(link_->mutex);
  link_->directory = nullptr;
}

Result<void> StationDirectory::put(const catalog::Document& document) {
  const auto settings = PPL_TRY(decode_station(document.body));
  auto station = std::make_shared<Station>(StationId{document.id}, document.account, document.name, settings);
  std::lock_guard lock(mutex_);
  table_.insert_or_assign(Key{document.account, document.name}, station);
  by_id_.insert_or_assign(document.id, station);
  return {};
}

void StationDirectory::changed(const catalog::Change& change) {
  // Stations are only made so far; their change and removal come with their administration.
  if (change.what != catalog::Change::What::kPut || by_id(StationId{change.document.id})) return;
  if (auto put_result = put(change.document); !put_result) {
    logger_.error("a station's settings cannot be used",
                  {{"station", change.document.name}, {"reason", put_result.error().message}});
  }
}

StationPtr StationDirectory::find_shared(const KeyView& key) const {
  std::lock_guard lock(mutex_);
  const auto found = table_.find(key);
  return found == table_.end() ? nullptr : found->second;
}

StationPtr StationDirectory::find(Loop& loop, const StationRef& ref) {
  Cache& cache = caches_[loop.index()];
  const std::uint64_t version = version_.load(std::memory_order_acquire);
  if (cache.version != version) {
    cache.table.clear();
    cache.version = version;
  }
  const KeyView key{ref.account, ref.name};
  if (const auto found = cache.table.find(key); found != cache.table.end()) return found->second;
  auto station = find_shared(key);
  if (station) cache.table.emplace(Key{ref.account, std::string(ref.name)}, station);
  return station;
}

Result<void> StationDirectory::create(AccountId account, const std::string& name) {
  if (size() >= options_.stations_max) {
    return fail(ErrorCode::kOverloaded, "The server has as many stations as stations_max allows (" +
                                            std::to_string(options_.stations_max) + ").");
  }
  StationSettings settings;
  settings.retention.value = options_.retention_age_s;
  auto made = catalog_.create(catalog::Kind::kStation, account, name, encode_station(settings));
  // Somebody else made it between our look and now: that is what was wanted.
  if (!made && made.error().code != ErrorCode::kConflict) return std::unexpected(made.error());
  if (made) {
    logger_.info("station made by its first use",
                 {{"station", name}, {"account", account.value}, {"retention_age_s", options_.retention_age_s}});
  }
  return {};
}

void StationDirectory::finish_creation(const KeyView& key) {
  std::vector<LoopResumption*> waiting;
  {
    std::lock_guard lock(mutex_);
    const auto found = creating_.find(key);
    waiting = std::move(found->second);
    creating_.erase(found);
  }
  for (auto* resumption : waiting) resumption->resume();
}

Task<Result<StationPtr>> StationDirectory::find_or_create(Loop& loop, StationRef ref, IfMissing if_missing) {
  const Key key{ref.account, std::string(ref.name)};
  const KeyView view{key.account, key.name};
  if (auto station = find_shared(view)) co_return station;
  if (if_missing == IfMissing::kRefuse)
    co_return fail(ErrorCode::kStationNotFound, "Station " + key.name + " does not exist.");
  bool first = false;
  LoopResumption resumption(loop);
  {
    std::lock_guard lock(mutex_);
    first = creating_.try_emplace(key).second;
  }
  if (first) {
    auto made = co_await run_on(catalog_threads_, loop, [this, &key] { return create(key.account, key.name); });
    finish_creation(view);
    if (!made) co_return std::unexpected(made.error());
  } else {
    co_await resumption.start([&] {
      std::unique_lock lock(mutex_);
      if (const auto found = creating_.find(view); found != creating_.end()) {
        found->second.push_back(&resumption);
      } else {
        lock.unlock();
        resumption.resume();  // finished meanwhile
      }
    });
  }
  if (auto station = find_shared(view)) co_return station;
  co_return fail(ErrorCode::kOverloaded, "Station " + key.name + " could not be made just now; try again shortly.");
}

StationPtr StationDirectory::by_id(StationId id) const {
  std::lock_guard lock(mutex_);
  const auto found = by_id_.find(id.value);
  return found == by_id_.end() ? nullptr : found->second;
}

std::vector<StationPtr> StationDirectory::all() const {
  std::lock_guard lock(mutex_);
  std::vector<StationPtr> stations;
  stations.reserve(by_id_.size());
  for (const auto& [id, station] : by_id_) stations.push_back(station);
  return stations;
}

std::size_t StationDirectory::size() const {
  std::lock_guard lock(mutex_);
  return by_id_.size();
}

}  // namespace propylon::broker::embedded

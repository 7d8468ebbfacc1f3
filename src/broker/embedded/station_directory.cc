#include "broker/embedded/station_directory.h"

#include <algorithm>

#include "broker/embedded/station_document.h"

namespace propylon::broker::embedded {

namespace {

// Whatever became of the station, nothing was stored in it, and asking again does no harm.
std::unexpected<Error> not_made(Error error) {
  const bool tells = error.code == ErrorCode::kStorageFull || error.code == ErrorCode::kOverloaded;
  if (!tells) error.code = ErrorCode::kStoreUnavailable;
  return std::unexpected(std::move(error));
}

}  // namespace

StationDirectory::StationDirectory(const Options& options, catalog::Catalog& catalog, const Clock& clock,
                                   const Logger& logger, std::size_t loops, Background background)
    : options_(options),
      catalog_(catalog),
      clock_(clock),
      logger_(logger),
      caches_(loops),
      catalog_threads_("catalog", background == Background::kThread ? 1 : 0, options.catalog_changes_queued_max) {}

Result<void> StationDirectory::load() {
  for (const auto& document : PPL_TRY(catalog_.list(catalog::Kind::kStation))) PPL_CHECK(put(document));
  for (const auto& document : PPL_TRY(catalog_.list(catalog::Kind::kDeadLetters))) PPL_CHECK(load_companion(document));
  return {};
}

void StationDirectory::follow(Observer& observer) {
  observer_ = &observer;
  link_ = std::make_shared<Link>();
  link_->directory = this;
  catalog_.watch(catalog::Kind::kStation, [link = link_](const catalog::Change& change) {
    std::lock_guard lock(link->mutex);
    if (link->directory) link->directory->changed(change);
  });
}

StationDirectory::~StationDirectory() { unfollow(); }

void StationDirectory::unfollow() {
  if (!link_) return;
  std::lock_guard lock(link_->mutex);
  link_->directory = nullptr;
}

Result<void> StationDirectory::put(const catalog::Document& document) {
  auto decoded = PPL_TRY(decode_station(document.body));
  StationIdentity identity{StationId{document.id}, document.account, document.name};
  auto station = std::make_shared<Station>(std::move(identity), decoded, document.revision);
  auto attached = attachment_of(*station);
  std::lock_guard lock(mutex_);
  if (attached) attached_.insert(*std::move(attached));
  table_.insert_or_assign(Key{document.account, document.name}, station);
  by_id_.insert_or_assign(document.id, station);
  return {};
}

void StationDirectory::changed(const catalog::Change& change) {
  const auto& document = change.document;
  if (change.what == catalog::Change::What::kRemoved) {
    drop(document);
    return;
  }
  const auto station = by_id(StationId{document.id});
  auto decoded = decode_station(document.body);
  if (decoded && station) change_settings(*station, decoded->settings, document.revision);
  auto result = decoded && !station ? put(document) : Result<void>{};
  if (decoded && result) return;
  // The station stays as it was, or is not there: nothing acts on settings that cannot be read.
  logger_.error("a station's settings cannot be used",
                {{"station", document.name}, {"reason", decoded ? result.error().message : decoded.error().message}});
}

void StationDirectory::change_settings(Station& station, const StationSettings& settings, std::uint64_t revision) {
  const auto before = attachment_of(station);
  observer_->changed(station, settings, revision);
  auto after = attachment_of(station);
  std::lock_guard lock(mutex_);
  if (before) attached_.erase(*before);
  if (after) attached_.insert(*std::move(after));
  version_.fetch_add(1, std::memory_order_release);
}

std::optional<StationDirectory::Attached> StationDirectory::attachment_of(Station& station) {
  std::lock_guard lock(station.mutex);
  if (!station.settings.schema) return std::nullopt;
  return Attached{station.account, station.settings.schema->name, station.name};
}

void StationDirectory::drop(const catalog::Document& document) {
  StationPtr station;
  {
    std::lock_guard lock(mutex_);
    const auto found = by_id_.find(document.id);
    if (found == by_id_.end()) return;
    station = std::move(found->second);
    by_id_.erase(found);
    table_.erase(Key{document.account, document.name});
    version_.fetch_add(1, std::memory_order_release);
  }
  observer_->removed(*station);
  const auto attached = attachment_of(*station);
  const auto companion = dead_letters_of(*station);
  {
    std::lock_guard lock(mutex_);
    if (attached) attached_.erase(*attached);
    if (companion) by_id_.erase(companion->id.value);
  }
  if (!companion) return;
  observer_->removed(*companion);
}

StationPtr StationDirectory::find_shared(const KeyView& key) const {
  std::lock_guard lock(mutex_);
  const auto found = table_.find(key);
  return found == table_.end() ? nullptr : found->second;
}

const StationDirectory::Found& StationDirectory::look_up(Loop& loop, const StationRef& ref) {
  Cache& cache = caches_[loop.index()];
  // Before the station is looked at: what changes meanwhile has another version.
  const std::uint64_t version = version_.load(std::memory_order_acquire);
  if (cache.version != version) {
    cache.last = nullptr;
    cache.table.clear();
    cache.version = version;
  }
  const KeyView key{ref.account, ref.name};
  if (cache.last && Equal{}(cache.last->first, key)) return cache.last->second;
  auto found = cache.table.find(key);
  if (found == cache.table.end()) {
    const auto station = find_shared(key);
    if (!station) return none_;
    std::lock_guard lock(station->mutex);
    found = cache.table.emplace(Key{ref.account, std::string(ref.name)}, Found{station, station->rules}).first;
  }
  cache.last = &*found;
  return found->second;
}

StationSettings StationDirectory::template_settings() const {
  StationSettings settings;
  settings.retention.value = options_.retention_age_s;
  return settings;
}

Result<void> StationDirectory::make(AccountId account, const std::string& name, const StationSettings& settings) {
  if (size() >= options_.stations_max) {
    return fail(ErrorCode::kOverloaded, "The server has as many stations as stations_max allows (" +
                                            std::to_string(options_.stations_max) + ").");
  }
  PPL_TRY(catalog_.create(catalog::Kind::kStation, account, name, encode_station({settings, clock_.wall()})));
  return {};
}

Result<void> StationDirectory::make_by_first_use(AccountId account, const std::string& name) {
  const auto settings = template_settings();
  auto made = make(account, name, settings);
  // Somebody else made it between our look and now: that is what was wanted.
  if (!made && made.error().code != ErrorCode::kConflict) return not_made(std::move(made).error());
  if (made) {
    logger_.info("station made by its first use",
                 {{"station", name}, {"account", account.value}, {"retention_age_s", settings.retention.value}});
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
    auto made =
        co_await run_on(catalog_threads_, loop, [this, &key] { return make_by_first_use(key.account, key.name); });
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

Task<Result<void>> StationDirectory::create(Loop& loop, AccountId account, const std::string& name,
                                            StationSettings settings) {
  co_return co_await run_on(catalog_threads_, loop, [&] { return make(account, name, settings); });
}

Task<Result<void>> StationDirectory::replace(Loop& loop, const Station& station, StationSettings settings,
                                             std::uint64_t revision) {
  const std::string body = encode_station({settings, station.created});
  co_return co_await run_on(catalog_threads_, loop, [&]() -> Result<void> {
    PPL_TRY(catalog_.replace(catalog::Kind::kStation, station.account, station.name, body, revision));
    return {};
  });
}

// The companion afterwards: a station that could not be removed keeps its dead letters.
Task<Result<void>> StationDirectory::remove(Loop& loop, Station& station, std::uint64_t revision) {
  co_return co_await run_on(catalog_threads_, loop, [&]() -> Result<void> {
    PPL_CHECK(catalog_.remove(catalog::Kind::kStation, station.account, station.name, revision));
    if (dead_letters_of(station)) forget_companion(station.account, std::to_string(station.id.value));
    return {};
  });
}

Page<StationPtr> StationDirectory::page(AccountId account, const PageRequest& request) const {
  Page<StationPtr> page;
  {
    std::lock_guard lock(mutex_);
    for (const auto& [key, station] : table_) {
      if (key.account == account && key.name.starts_with(request.prefix) && key.name > request.after) {
        page.items.push_back(station);
      }
    }
  }
  const auto by_name = [](const StationPtr& station) -> const std::string& { return station->name; };
  const std::size_t kept = std::min<std::size_t>(request.limit, page.items.size());
  std::ranges::partial_sort(page.items, page.items.begin() + static_cast<std::ptrdiff_t>(kept), {}, by_name);
  page.more = kept < page.items.size();
  page.items.resize(kept);
  return page;
}

std::vector<std::string> StationDirectory::with_schema(AccountId account, std::string_view schema,
                                                       std::size_t limit) const {
  std::vector<std::string> names;
  std::lock_guard lock(mutex_);
  auto at = attached_.lower_bound(Attached{account, std::string(schema), {}});
  for (; at != attached_.end() && names.size() < limit; ++at) {
    const auto& [its_account, its_schema, station] = *at;
    if (its_account != account || its_schema != schema) break;
    names.push_back(station);
  }
  return names;
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

std::vector<StationPtr> StationDirectory::all(StoreKind store) const {
  auto stations = all();
  std::erase_if(stations, [&](const StationPtr& station) { return station->store != store; });
  return stations;
}

std::size_t StationDirectory::size() const {
  std::lock_guard lock(mutex_);
  return table_.size();
}

}  // namespace propylon::broker::embedded

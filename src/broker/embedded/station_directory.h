// Names to stations: what the catalog says, kept in memory, and the making of stations by their first use.
//
// Each loop looks in a cache of its own without a lock; the cache is emptied when a station was removed or has other
// settings (the version grows). Parallel first uses of a name make one station: one request asks the catalog, the
// others wait.
//
// A station's dead letters are the messages of a companion: a station that no name leads to, with a document of its own
// in the catalog that is named after the station's id (docs/decisions/0012-dead-letters.md).
#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "broker/broker.h"
#include "broker/embedded/options.h"
#include "broker/embedded/station.h"
#include "catalog/catalog.h"
#include "core/logger.h"
#include "core/thread_annotations.h"
#include "core/worker_pool.h"

namespace propylon::broker::embedded {

using StationPtr = std::shared_ptr<Station>;

class StationDirectory final {
 public:
  // Called when a station changed in the catalog, on the thread that changed it, before that change is answered.
  class Observer {
   public:
    // The directory has it no more; nothing may be committed for it after this returned.
    virtual void removed(Station& station) = 0;
    // Applies other settings.
    virtual void changed(Station& station, const StationSettings& settings, std::uint64_t revision) = 0;

   protected:
    ~Observer() = default;
  };

  StationDirectory(const Options& options, catalog::Catalog& catalog, const Clock& clock, const Logger& logger,
                   std::size_t loops, Background background);
  // Follows the catalog, which may live on, no longer.
  ~StationDirectory();

  // Reads all stations from the catalog, and their companions; one whose station is gone is removed from it. Before the
  // log is replayed. Errors: those of the catalog, kDamaged (settings that cannot be read).
  Result<void> load();
  // Follows the catalog's changes from now on; no request is served before. The observer outlives the directory.
  void follow(Observer& observer);
  // From its return on the observer is not called any more.
  void unfollow();

  // A station and what its settings said to a produce when the loop's cache took it in; both null when the station
  // does not exist.
  struct Found {
    StationPtr station;
    std::shared_ptr<const ProduceRules> rules;
  };
  // From the loop's cache, or from the shared table. No lock and no allocation when it is in the cache. Never older
  // than the last change that finished. The reference is good until the loop's next call of either function or the
  // coroutine suspends. Thread: the loop.
  const Found& look_up(Loop& loop, const StationRef& ref);
  StationPtr find(Loop& loop, const StationRef& ref) { return look_up(loop, ref).station; }
  // As find(), or made with the template's settings. Errors: kStationNotFound (may not be made), kOverloaded (too many
  // stations, or changes waiting), those of the catalog.
  // The name is copied before the first suspension.
  Task<Result<StationPtr>> find_or_create(Loop& loop, StationRef ref, IfMissing if_missing);

  // Changes of the catalog, off the loop. Each is here, and its observer called, before it finishes. Errors: kConflict
  // (exists already; not there, or not of that revision), kOverloaded, those of the catalog. `name` outlives the call.
  Task<Result<void>> create(Loop& loop, AccountId account, const std::string& name, StationSettings settings);
  Task<Result<void>> replace(Loop& loop, const Station& station, StationSettings settings, std::uint64_t revision);
  // With its companion.
  Task<Result<void>> remove(Loop& loop, Station& station, std::uint64_t revision);

  // What a station is made with.
  StationSettings template_settings() const;
  // Makes the station's companion where it has none; dead_letters_of() has it afterwards. Errors: kStationNotFound (it
  // was removed), kOverloaded, those of the catalog.
  Task<Result<void>> make_dead_letters(Loop& loop, Station& station);

  // Those of an account, in the order of their names.
  Page<StationPtr> page(AccountId account, const PageRequest& request) const;
  // The names of those of an account that have the schema in their settings, in order; at most `limit`. Costs what it
  // gives, however many other stations there are.
  std::vector<std::string> with_schema(AccountId account, std::string_view schema, std::size_t limit) const;
  // Whatever has records in the log, companions included. By id; null when the catalog has no such station (it was
  // removed).
  StationPtr by_id(StationId id) const;
  std::vector<StationPtr> all() const;
  std::vector<StationPtr> all(StoreKind store) const;
  // How many there are, companions not counted.
  std::size_t size() const;

 private:
  struct Key {
    AccountId account;
    std::string name;
  };
  struct KeyView {
    AccountId account;
    std::string_view name;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(const KeyView& key) const {
      return std::hash<std::string_view>{}(key.name) ^ (key.account.value * 0x9e3779b97f4a7c15ull);
    }
    std::size_t operator()(const Key& key) const { return (*this)(KeyView{key.account, key.name}); }
  };
  struct Equal {
    using is_transparent = void;
    template <class A, class B>
    bool operator()(const A& a, const B& b) const {
      return a.account == b.account && a.name == b.name;
    }
  };
  using Table = std::unordered_map<Key, StationPtr, Hash, Equal>;
  using NearTable = std::unordered_map<Key, Found, Hash, Equal>;
  struct Cache {
    std::uint64_t version = 0;
    NearTable table;
    // What was asked for last, in the table: a produce asks for the rules of its station and then for the station.
    const NearTable::value_type* last = nullptr;
  };

  // Between the catalog's watch, which cannot be taken back, and this object. shared_ptr: the watch holds the other
  // end.
  struct Link {
    std::mutex mutex;
    StationDirectory* directory GUARDED_BY(mutex);
  };

  // A station with a schema: account, schema, station.
  using Attached = std::tuple<AccountId, std::string, std::string>;
  static std::optional<Attached> attachment_of(Station& station);

  Result<void> put(const catalog::Document& document);
  Result<void> load_companion(const catalog::Document& document);
  void put_companion(const catalog::Document& document, Station& station);
  void forget_companion(AccountId account, std::string_view name);
  void changed(const catalog::Change& change);
  void change_settings(Station& station, const StationSettings& settings, std::uint64_t revision);
  void drop(const catalog::Document& document);
  StationPtr find_shared(const KeyView& key) const;
  Result<void> make(AccountId account, const std::string& name, const StationSettings& settings);
  Result<void> make_by_first_use(AccountId account, const std::string& name);
  void finish_creation(const KeyView& key);

  const Found none_;
  const Options& options_;
  catalog::Catalog& catalog_;
  const Clock& clock_;
  const Logger& logger_;
  Observer* observer_ = nullptr;
  std::vector<Cache> caches_;  // one per loop, touched by that loop alone
  std::atomic<std::uint64_t> version_{1};
  std::shared_ptr<Link> link_;
  mutable std::mutex mutex_;
  Table table_ GUARDED_BY(mutex_);
  std::unordered_map<std::uint64_t, StationPtr> by_id_ GUARDED_BY(mutex_);
  std::set<Attached> attached_ GUARDED_BY(mutex_);
  // Names that are being made, and who waits for that.
  std::unordered_map<Key, std::vector<LoopResumption*>, Hash, Equal> creating_ GUARDED_BY(mutex_);
  WorkerPool catalog_threads_;  // last: its jobs use what stands above
};

}  // namespace propylon::broker::embedded

// The documents of one kind in memory, read into values, always as the catalog has them.
//
// What a reader asks is answered from the mirror; the catalog is asked once, at the start, and tells of every change
// afterwards. Who is on the message path keeps a cache of his own and looks at version() alone.
#pragma once
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <utility>

#include "catalog/catalog.h"
#include "core/page.h"
#include "core/result.h"
#include "core/thread_annotations.h"

namespace propylon::catalog {

// A change in the catalog is here before the call that made it returns. A change that makes a document unreadable takes
// its value away (fails closed). Thread: any (locks inside). May go before the catalog or after it.
template <class T>
class Mirror final {
 public:
  // shared_ptr: a value stays whole for its readers when the document changes.
  using Pointer = std::shared_ptr<const T>;
  // Called for each document and each change of one, on the thread that makes the change. Must not call the catalog.
  using Read = Result<T> (*)(const Document& document);
  // What a value adds to Totals::weight.
  using Weigh = std::uint64_t (*)(const T& value);

  struct Totals {
    std::size_t values = 0;
    std::uint64_t weight = 0;
  };

  // Without `weigh` values have no weight. Errors: those of the catalog, and of `read` for a document that is there
  // now.
  static Result<Mirror> open(Catalog& catalog, Kind kind, Read read, Weigh weigh = nullptr) {
    auto state = std::make_shared<State>(weigh);
    // First: between the two nothing is missed.
    catalog.watch(kind, [state, read](const Change& change) { state->apply(change, read); });
    for (const auto& document : PPL_TRY(catalog.list(kind))) state->add_listed(document, PPL_TRY(read(document)));
    state->opened();
    return Mirror(std::move(state));
  }

  // Null when there is no such document.
  Pointer find(AccountId account, std::string_view name) const {
    const std::shared_lock lock(state_->mutex);
    const auto found = state_->values.find({account, std::string(name)});
    return found == state_->values.end() ? nullptr : found->second;
  }
  // Those of an account.
  Page<Pointer> page(AccountId account, const PageRequest& request) const {
    const auto [prefix, after, limit] = request;
    const std::shared_lock lock(state_->mutex);
    const Values& values = state_->values;
    Page<Pointer> page;
    auto it = after < prefix ? values.lower_bound({account, std::string(prefix)})
                             : values.upper_bound({account, std::string(after)});
    for (; it != values.end() && it->first.first == account && it->first.second.starts_with(prefix); ++it) {
      page.more = page.items.size() == limit;
      if (page.more) break;
      page.items.push_back(it->second);
    }
    return page;
  }
  // Whether `holds` is true for a value of the account. It runs under the lock: it must be quick and not come back
  // here.
  template <class Predicate>
  bool any_of(AccountId account, Predicate holds) const {
    const std::shared_lock lock(state_->mutex);
    const Values& values = state_->values;
    for (auto it = values.lower_bound({account, ""}); it != values.end() && it->first.first == account; ++it) {
      if (holds(*it->second)) return true;
    }
    return false;
  }
  // Of all accounts.
  Totals totals() const {
    const std::shared_lock lock(state_->mutex);
    return {.values = state_->values.size(), .weight = state_->weight};
  }
  // Grows with every change, after the change can be found. One load: for the hot path.
  std::uint64_t version() const { return state_->version.load(std::memory_order_acquire); }

 private:
  using Key = std::pair<AccountId, std::string>;
  using Values = std::map<Key, Pointer>;

  struct State {
    explicit State(Weigh how) : weigh(how) {}

    void apply(const Change& change, Read read) {
      Pointer value;
      if (change.what == Change::What::kPut) {
        if (auto readable = read(change.document)) value = std::make_shared<const T>(*std::move(readable));
      }
      const std::unique_lock lock(mutex);
      put({change.document.account, change.document.name}, std::move(value));
    }
    // What the watch has brought meanwhile is newer.
    void add_listed(const Document& document, T value) {
      const std::unique_lock lock(mutex);
      Key key{document.account, document.name};
      if (!values.contains(key)) put(std::move(key), std::make_shared<const T>(std::move(value)));
    }
    void opened() {
      const std::unique_lock lock(mutex);
      opening = false;
      std::erase_if(values, [](const auto& entry) { return !entry.second; });
    }

    const Weigh weigh;
    mutable std::shared_mutex mutex;
    // While opening, null stands for what was removed since the watch began; nobody else can look yet.
    Values values GUARDED_BY(mutex);
    std::uint64_t weight GUARDED_BY(mutex) = 0;
    bool opening GUARDED_BY(mutex) = true;
    std::atomic<std::uint64_t> version{1};

   private:
    std::uint64_t weight_of(const Pointer& value) const { return value && weigh ? weigh(*value) : 0; }
    // Null takes the value away.
    void put(Key key, Pointer value) {
      const auto at = values.try_emplace(std::move(key)).first;
      weight += weight_of(value) - weight_of(at->second);
      at->second = std::move(value);
      if (!at->second && !opening) values.erase(at);
      version.fetch_add(1, std::memory_order_release);
    }
  };

  explicit Mirror(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;  // shared with the catalog's watch, which cannot be taken back
};

}  // namespace propylon::catalog

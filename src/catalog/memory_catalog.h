// The catalog as a fake: keeps everything in memory, passes the same conformance suite as the real ones.
#pragma once
#include <array>
#include <map>
#include <mutex>
#include <tuple>

#include "catalog/catalog.h"
#include "core/thread_annotations.h"

namespace propylon::catalog {

// Nothing here survives the object. Thread: any (locks inside).
class MemoryCatalog final : public Catalog {
 public:
  explicit MemoryCatalog(std::string store_uuid = "00000000-0000-4000-8000-000000000001")
      : store_uuid_(std::move(store_uuid)) {}

  std::string store_uuid() const override { return store_uuid_; }
  Result<std::uint64_t> highest_id() override;
  Result<std::vector<Document>> list(Kind kind) override;
  Result<std::optional<Document>> find(Kind kind, AccountId account, std::string_view name) override;
  Result<Document> create(Kind kind, AccountId account, std::string_view name, std::string body) override;
  Result<Document> replace(Kind kind, AccountId account, std::string_view name, std::string body,
                           std::uint64_t revision) override;
  Result<void> remove(Kind kind, AccountId account, std::string_view name, std::uint64_t revision) override;
  void watch(Kind kind, std::function<void(const Change&)> changed) override;

  // Lets the next change fail with this error, before anything is changed: for tests of what callers do then.
  void fail_next_change(Error error);

 private:
  using Key = std::tuple<Kind, std::uint64_t, std::string>;
  Result<Document*> expect(const Key& key, std::uint64_t revision);
  Result<void> injected_failure();
  void notify(const Change& change);

  const std::string store_uuid_;
  std::mutex mutex_;
  std::map<Key, Document> documents_ GUARDED_BY(mutex_);
  std::uint64_t last_id_ GUARDED_BY(mutex_) = 0;
  std::uint64_t last_revision_ GUARDED_BY(mutex_) = 0;
  std::optional<Error> next_failure_ GUARDED_BY(mutex_);
  std::vector<std::pair<Kind, std::function<void(const Change&)>>> watchers_ GUARDED_BY(mutex_);
};

}  // namespace propylon::catalog

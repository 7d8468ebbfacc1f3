#include "catalog/memory_catalog.h"

#include <utility>

namespace propylon::catalog {

Result<std::uint64_t> MemoryCatalog::highest_id() {
  const std::lock_guard lock(mutex_);
  return last_id_;
}

Result<std::vector<Document>> MemoryCatalog::list(Kind kind) {
  const std::lock_guard lock(mutex_);
  std::vector<Document> documents;
  for (auto it = documents_.lower_bound({kind, 0, ""}); it != documents_.end() && std::get<0>(it->first) == kind;
       ++it) {
    documents.push_back(it->second);
  }
  return documents;
}

Result<std::optional<Document>> MemoryCatalog::find(Kind kind, AccountId account, std::string_view name) {
  const std::lock_guard lock(mutex_);
  const auto it = documents_.find({kind, account.value, std::string(name)});
  if (it == documents_.end()) return std::optional<Document>();
  return std::optional<Document>(it->second);
}

Result<Document> MemoryCatalog::create(Kind kind, AccountId account, std::string_view name, std::string body) {
  const std::lock_guard lock(mutex_);
  PPL_CHECK(injected_failure());
  Key key{kind, account.value, std::string(name)};
  if (documents_.contains(key)) return fail(ErrorCode::kConflict, "It exists already.");
  const Document document{.kind = kind,
                          .account = account,
                          .name = std::string(name),
                          .id = ++last_id_,
                          .revision = ++last_revision_,
                          .body = std::move(body)};
  documents_.emplace(std::move(key), document);
  notify({Change::What::kPut, document});
  return document;
}

Result<Document> MemoryCatalog::replace(Kind kind, AccountId account, std::string_view name, std::string body,
                                        std::uint64_t revision) {
  const std::lock_guard lock(mutex_);
  PPL_CHECK(injected_failure());
  Document& document = *PPL_TRY(expect({kind, account.value, std::string(name)}, revision));
  document.body = std::move(body);
  document.revision = ++last_revision_;
  notify({Change::What::kPut, document});
  return document;
}

Result<void> MemoryCatalog::remove(Kind kind, AccountId account, std::string_view name, std::uint64_t revision) {
  const std::lock_guard lock(mutex_);
  PPL_CHECK(injected_failure());
  const Key key{kind, account.value, std::string(name)};
  Document document = std::move(*PPL_TRY(expect(key, revision)));
  documents_.erase(key);
  document.revision = ++last_revision_;
  notify({Change::What::kRemoved, document});
  return {};
}

void MemoryCatalog::watch(Kind kind, std::function<void(const Change&)> changed) {
  const std::lock_guard lock(mutex_);
  watchers_.emplace_back(kind, std::move(changed));
}

void MemoryCatalog::fail_next_change(Error error) {
  const std::lock_guard lock(mutex_);
  next_failure_ = std::move(error);
}

Result<Document*> MemoryCatalog::expect(const Key& key, std::uint64_t revision) {
  const auto it = documents_.find(key);
  if (it == documents_.end()) return fail(ErrorCode::kConflict, "It does not exist.");
  if (revision != 0 && it->second.revision != revision)
    return fail(ErrorCode::kConflict, "Somebody else changed it first.");
  return &it->second;
}

Result<void> MemoryCatalog::injected_failure() {
  if (!next_failure_) return {};
  return std::unexpected(*std::exchange(next_failure_, std::nullopt));
}

void MemoryCatalog::notify(const Change& change) {
  for (const auto& [kind, changed] : watchers_) {
    if (kind == change.document.kind) changed(change);
  }
}

}  // namespace propylon::catalog

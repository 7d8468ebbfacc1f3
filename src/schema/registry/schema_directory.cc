#include "schema/registry/schema_directory.h"

#include <map>
#include <mutex>
#include <shared_mutex>

#include "core/thread_annotations.h"

namespace propylon::schema::registry {

struct SchemaDirectory::State {
  using Key = std::pair<AccountId, std::string>;

  void apply(const catalog::Change& change) {
    std::shared_ptr<const Schema> schema;
    if (change.what == catalog::Change::What::kPut) schema = read(change.document);
    const std::unique_lock lock(mutex);
    const Key key{change.document.account, change.document.name};
    if (opening) seen[key] = change.document.revision;
    put(key, std::move(schema));
  }

  // What list() found; a change that the watch has brought meanwhile is newer.
  void add_listed(const catalog::Document& document, Schema schema) {
    const std::unique_lock lock(mutex);
    const Key key{document.account, document.name};
    if (const auto it = seen.find(key); it != seen.end() && it->second >= document.revision) return;
    put(key, std::make_shared<const Schema>(std::move(schema)));
  }

  void opened() {
    const std::unique_lock lock(mutex);
    opening = false;
    seen.clear();
  }

  mutable std::shared_mutex mutex;
  std::map<Key, std::shared_ptr<const Schema>> schemas GUARDED_BY(mutex);
  std::uint64_t definition_bytes GUARDED_BY(mutex) = 0;
  std::map<Key, std::uint64_t> seen GUARDED_BY(mutex);  // revisions of changes while opening
  bool opening GUARDED_BY(mutex) = true;
  std::atomic<std::uint64_t> version{1};

 private:
  static std::shared_ptr<const Schema> read(const catalog::Document& document) {
    auto schema = schema_from_document(document);
    return schema ? std::make_shared<const Schema>(*std::move(schema)) : nullptr;
  }

  void put(const Key& key, std::shared_ptr<const Schema> schema) {
    const auto it = schemas.find(key);
    if (it != schemas.end()) {
      definition_bytes -= it->second->definition_bytes();
      schemas.erase(it);
    }
    if (schema) {
      definition_bytes += schema->definition_bytes();
      schemas.emplace(key, std::move(schema));
    }
    version.fetch_add(1, std::memory_order_release);
  }
};

SchemaDirectory::SchemaDirectory(std::shared_ptr<State> state) : state_(std::move(state)), version_(&state_->version) {}
SchemaDirectory::~SchemaDirectory() = default;

Result<std::unique_ptr<SchemaDirectory>> SchemaDirectory::open(catalog::Catalog& catalog) {
  auto state = std::make_shared<State>();
  catalog.watch(catalog::Kind::kSchema, [state](const catalog::Change& change) { state->apply(change); });
  for (const auto& document : PPL_TRY(catalog.list(catalog::Kind::kSchema))) {
    state->add_listed(document, PPL_TRY(schema_from_document(document)));
  }
  state->opened();
  return std::unique_ptr<SchemaDirectory>(new SchemaDirectory(std::move(state)));
}

std::shared_ptr<const Schema> SchemaDirectory::find(AccountId account, std::string_view name) const {
  const std::shared_lock lock(state_->mutex);
  const auto it = state_->schemas.find({account, std::string(name)});
  return it == state_->schemas.end() ? nullptr : it->second;
}

SchemaPage SchemaDirectory::page(AccountId account, std::string_view prefix, std::string_view after,
                                 std::size_t limit) const {
  const std::shared_lock lock(state_->mutex);
  const auto& schemas = state_->schemas;
  SchemaPage page;
  auto it = after < prefix ? schemas.lower_bound({account, std::string(prefix)})
                           : schemas.upper_bound({account, std::string(after)});
  for (; it != schemas.end() && it->first.first == account && it->first.second.starts_with(prefix); ++it) {
    page.more = page.schemas.size() == limit;
    if (page.more) break;
    page.schemas.push_back(it->second);
  }
  return page;
}

SchemaTotals SchemaDirectory::totals() const {
  const std::shared_lock lock(state_->mutex);
  return {.schemas = state_->schemas.size(), .definition_bytes = state_->definition_bytes};
}

// The existence is looked at under the hold, and under the reservation: whoever has one of them keeps the other from
// being given, so the schema that was seen stays.
Result<SchemaHold> SchemaDirectory::hold(const SchemaRef& schema) {
  auto hold = holds_.hold(schema);
  if (hold && !find(schema.account, schema.name)) return std::unexpected(no_such_schema(schema.name));
  return hold;
}

Result<RemovalReservation> SchemaDirectory::reserve_removal(const SchemaRef& schema) {
  auto reservation = holds_.reserve_removal(schema);
  if (reservation && !find(schema.account, schema.name)) return std::unexpected(no_such_schema(schema.name));
  return reservation;
}

}  // namespace propylon::schema::registry

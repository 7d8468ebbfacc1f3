// The schemas in memory, always as the catalog has them.
#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"
#include "core/result.h"
#include "schema/registry/schema.h"
#include "schema/registry/schema_holds.h"

namespace propylon::schema::registry {

// A part of a list.
struct SchemaPage {
  std::vector<std::shared_ptr<const Schema>> schemas;
  bool more = false;  // go on behind the last one's name
};

struct SchemaTotals {
  std::size_t schemas = 0;
  std::uint64_t definition_bytes = 0;
};

// A change in the catalog is here before the call that made it returns. A change that makes a schema's document
// unreadable takes that schema away (fails closed). Thread: any (locks inside). Lives as long as the catalog or longer,
// and longer than the holds that it gives.
class SchemaDirectory final {
 public:
  // Errors: those of the catalog; kDamaged when a schema's document cannot be read.
  static Result<std::unique_ptr<SchemaDirectory>> open(catalog::Catalog& catalog);
  ~SchemaDirectory();

  // Null when there is no such schema. shared_ptr: the snapshot stays whole for its readers when the schema changes.
  std::shared_ptr<const Schema> find(AccountId account, std::string_view name) const;
  // By name; at most `limit` (at least 1) whose names begin with `prefix` and stand behind `after` (empty: all).
  SchemaPage page(AccountId account, std::string_view prefix, std::string_view after, std::size_t limit) const;
  // Of all accounts.
  SchemaTotals totals() const;
  // Grows with every change, after the change can be found. One load: for the hot path.
  std::uint64_t version() const { return version_->load(std::memory_order_acquire); }

  // Keeps the schema from being removed until the hold goes: take it before a station's settings name the schema, and
  // let it go when they are stored. Errors: kSchemaNotFound; kConflict while it is being removed.
  Result<SchemaHold> hold(const SchemaRef& schema);
  // Keeps everybody from holding the schema until it goes: take it before looking whether a station names the schema,
  // and let it go when the schema is removed. Errors: kSchemaNotFound; kConflict while it is held, or reserved.
  Result<RemovalReservation> reserve_removal(const SchemaRef& schema);

 private:
  struct State;
  explicit SchemaDirectory(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;  // shared with the catalog's watch, which cannot be taken back
  const std::atomic<std::uint64_t>* version_;
  SchemaHolds holds_;
};

}  // namespace propylon::schema::registry

// The schemas in memory, always as the catalog has them.
#pragma once
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

#include "catalog/mirror.h"
#include "core/page.h"
#include "core/result.h"
#include "schema/registry/schema.h"
#include "schema/registry/schema_holds.h"

namespace propylon::schema::registry {

struct SchemaTotals {
  std::size_t schemas = 0;
  std::uint64_t definition_bytes = 0;
};

// Follows the catalog as every mirror does (catalog/mirror.h): a change is here before the call that made it returns,
// and one that makes a schema's document unreadable takes that schema away. Thread: any (locks inside). Outlives the
// holds that it gives.
class SchemaDirectory final {
 public:
  // Errors: those of the catalog; kDamaged when a schema's document cannot be read.
  static Result<std::unique_ptr<SchemaDirectory>> open(catalog::Catalog& catalog);

  // Null when there is no such schema.
  std::shared_ptr<const Schema> find(AccountId account, std::string_view name) const {
    return schemas_.find(account, name);
  }
  Page<std::shared_ptr<const Schema>> page(AccountId account, const PageRequest& request) const {
    return schemas_.page(account, request);
  }
  // Of all accounts.
  SchemaTotals totals() const;
  // Grows with every change, after the change can be found. One load: for the hot path.
  std::uint64_t version() const { return schemas_.version(); }

  // Keeps the schema from being removed until the hold goes: take it before a station's settings name the schema, and
  // let it go when they are stored. Errors: kSchemaNotFound; kConflict while it is being removed.
  Result<SchemaHold> hold(const SchemaRef& schema);
  // Keeps everybody from holding the schema until it goes: take it before looking whether a station names the schema,
  // and let it go when the schema is removed. Errors: kSchemaNotFound; kConflict while it is held, or reserved.
  Result<RemovalReservation> reserve_removal(const SchemaRef& schema);

 private:
  explicit SchemaDirectory(catalog::Mirror<Schema> schemas) : schemas_(std::move(schemas)) {}
  const catalog::Mirror<Schema> schemas_;  // a schema weighs what its definitions do
  SchemaHolds holds_;
};

}  // namespace propylon::schema::registry

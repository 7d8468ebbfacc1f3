#include "schema/registry/schema_directory.h"

namespace propylon::schema::registry {

Result<std::unique_ptr<SchemaDirectory>> SchemaDirectory::open(catalog::Catalog& catalog) {
  const auto weigh = [](const Schema& schema) { return schema.definition_bytes(); };
  auto schemas = PPL_TRY(catalog::Mirror<Schema>::open(catalog, catalog::Kind::kSchema, schema_from_document, weigh));
  return std::unique_ptr<SchemaDirectory>(new SchemaDirectory(std::move(schemas)));
}

SchemaTotals SchemaDirectory::totals() const {
  const auto totals = schemas_.totals();
  return {.schemas = totals.values, .definition_bytes = totals.weight};
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

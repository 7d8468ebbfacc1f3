#include "api/schema_attachment.h"

#include <limits>
#include <utility>

#include "api/services.h"
#include "core/name_rules.h"
#include "schema/registry/schema_directory.h"

namespace propylon::api {

Result<broker::SchemaSetting> read_schema_setting(const AdminFields& fields) {
  const auto name = PPL_TRY(fields.string("name", ""));
  if (!name) {
    return fail(ErrorCode::kInvalidRequest, "The field \"" + fields.path_of("name") + "\" is required.",
                fields.path_of("name"));
  }
  auto normal = normalize_name(NameKind::kSchema, *name);
  if (!normal)
    return fail(normal.error().code, fields.path_of("name") + ": " + normal.error().message, fields.path_of("name"));
  const AdminFields::Range versions{.min = 1, .max = std::numeric_limits<std::uint32_t>::max()};
  const auto version = PPL_TRY(fields.number("version", versions, 0));
  return broker::SchemaSetting{.name = *std::move(normal), .version = static_cast<std::uint32_t>(version.value_or(0))};
}

Result<schema::registry::SchemaHold> hold_schema(Services& services, AccountId account,
                                                 const broker::SchemaSetting& setting) {
  auto hold = PPL_TRY(services.schemas.hold({account, setting.name}));
  // Versions never go, so one look is enough; the schema itself stays while it is held.
  const auto schema = services.schemas.find(account, setting.name);
  if (!schema) return std::unexpected(schema::registry::no_such_schema(setting.name));
  if (!schema->find(setting.version))
    return std::unexpected(schema::registry::no_such_version(setting.name, setting.version));
  return hold;
}

}  // namespace propylon::api

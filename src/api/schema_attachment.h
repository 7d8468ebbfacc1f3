// The schema of a station, as a request names it: `{"name":"orders","version":2}`.
#pragma once
#include "api/admin_body.h"
#include "broker/station_settings.h"
#include "core/ids.h"
#include "core/result.h"
#include "schema/registry/schema_holds.h"

namespace propylon::api {

struct Services;

// The fields of such an object; their names are checked already. Without a version, or with null, it follows the active
// one. The name comes out in normal form. Errors: kInvalidRequest and kInvalidName, naming the field.
Result<broker::SchemaSetting> read_schema_setting(const AdminFields& fields);

// Makes sure that there is the schema, and the version, that a station's settings are about to name, and keeps it from
// being removed until the hold goes: hold it until the settings are stored.
// Errors: kSchemaNotFound; kConflict while the schema is being removed.
Result<schema::registry::SchemaHold> hold_schema(Services& services, AccountId account,
                                                 const broker::SchemaSetting& setting);

}  // namespace propylon::api

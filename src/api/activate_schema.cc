// PUT /schemas/{schema}/active: {"version":n} makes that version the one that stations follow, also an older one.
#include <limits>

#include "api/admin_body.h"
#include "api/endpoints.h"
#include "api/preconditions.h"
#include "api/request_context.h"
#include "api/schema_json.h"
#include "api/services.h"
#include "http/exchange.h"
#include "schema/registry/schema_administration.h"

namespace propylon::api {
namespace {

Result<std::uint32_t> read_version(ByteView body) {
  const auto read = PPL_TRY(AdminBody::read(body, NullMeans::kAbsent, {"version"}));
  const AdminFields::Range versions{.min = 1, .max = std::numeric_limits<std::uint32_t>::max()};
  const auto version = PPL_TRY(read.fields().number("version", versions, 1));
  if (!version) return fail(ErrorCode::kInvalidRequest, "The field \"version\" is required.", "version");
  return static_cast<std::uint32_t>(*version);
}

}  // namespace

Task<http::Response> activate_schema(Services& services, http::Exchange& exchange) {
  const auto& context = exchange.context<RequestContext>();
  schema::registry::SchemaRef which{context.principal.account(), context.schema};
  // Existence comes before the body in the order of checks.
  if (!services.schemas.find(which.account, which.name))
    co_return refuse(services, exchange, schema::registry::no_such_schema(which.name));
  const auto version = read_version(exchange.request().body());
  if (!version) co_return refuse(services, exchange, version.error());
  const auto precondition = read_preconditions(exchange.request());
  if (!precondition) co_return refuse(services, exchange, precondition.error());
  const auto schema =
      co_await services.schema_administration.activate(exchange.loop(), std::move(which), *version, *precondition);
  if (!schema) co_return refuse(services, exchange, schema.error());
  log_schema_change(services, exchange, "schema version activated", *version);
  co_return schema_answer(*schema);
}

}  // namespace propylon::api

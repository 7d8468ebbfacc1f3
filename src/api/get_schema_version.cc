// GET /schemas/{schema}/versions/{version}: one version with its definition.
#include "api/endpoints.h"
#include "api/request_context.h"
#include "api/schema_json.h"
#include "api/services.h"
#include "http/exchange.h"
#include "schema/registry/schema_directory.h"

namespace propylon::api {

Task<http::Response> get_schema_version(Services& services, http::Exchange& exchange) {
  const auto& context = exchange.context<RequestContext>();
  const auto schema = services.schemas.find(context.principal.account(), context.schema);
  if (!schema) co_return refuse(services, exchange, schema::registry::no_such_schema(context.schema));
  if (!schema->find(context.version))
    co_return refuse(services, exchange, schema::registry::no_such_version(context.schema, context.version));
  exchange.offer_encoding();
  co_return schema_version_answer(*schema, context.version);
}

}  // namespace propylon::api

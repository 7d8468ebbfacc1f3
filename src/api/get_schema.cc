// GET /schemas/{schema}: which versions it has, and which one is active.
#include "api/endpoints.h"
#include "api/request_context.h"
#include "api/schema_json.h"
#include "api/services.h"
#include "http/exchange.h"
#include "schema/registry/schema_directory.h"

namespace propylon::api {

Task<http::Response> get_schema(Services& services, http::Exchange& exchange) {
  const auto& context = exchange.context<RequestContext>();
  const auto schema = services.schemas.find(context.principal.account(), context.schema);
  if (!schema) co_return refuse(services, exchange, schema::registry::no_such_schema(context.schema));
  co_return schema_answer(*schema);
}

}  // namespace propylon::api

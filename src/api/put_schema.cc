// PUT /schemas/{schema}: makes a schema (201), or the next version of one (201); 200 when it has that version already.
#include <vector>

#include "api/endpoints.h"
#include "api/preconditions.h"
#include "api/request_context.h"
#include "api/schema_body.h"
#include "api/schema_json.h"
#include "api/services.h"
#include "http/exchange.h"

namespace propylon::api {
namespace {

using schema::registry::SchemaPut;

http::Response answer(const Services& services, http::Exchange& exchange, const SchemaPut& put) {
  switch (put.outcome) {
    case SchemaPut::Outcome::kSchemaCreated:
      log_schema_change(services, exchange, "schema created", put.version);
      return schema_put_answer(201, put.schema, put.version);
    case SchemaPut::Outcome::kVersionAdded:
      log_schema_change(services, exchange, "schema version added", put.version);
      return schema_put_answer(201, put.schema, put.version);
    case SchemaPut::Outcome::kActivated:
      log_schema_change(services, exchange, "schema version activated", put.version);
      return schema_put_answer(200, put.schema, put.version);
    case SchemaPut::Outcome::kUnchanged: break;
  }
  return schema_put_answer(200, put.schema, put.version);
}

}  // namespace

Task<http::Response> put_schema(Services& services, http::Exchange& exchange) {
  const auto& context = exchange.context<RequestContext>();
  auto draft = read_schema_body(exchange.request().body(), services.schema_administration.supported_types());
  if (!draft) co_return refuse(services, exchange, draft.error());
  const auto precondition = read_preconditions(exchange.request());
  if (!precondition) co_return refuse(services, exchange, precondition.error());
  schema::registry::SchemaRef which{context.principal.account(), context.schema};
  std::vector<schema::DefinitionFault> faults;
  const auto put = co_await services.schema_administration.put(exchange.loop(), std::move(which), *std::move(draft),
                                                               *precondition, faults);
  if (put) co_return answer(services, exchange, *put);
  if (faults.empty()) co_return refuse(services, exchange, put.error());
  const std::string member = faults_member(faults);
  const ErrorDetails details{.allow = {}, .message_json = {}, .members_json = member};
  co_return refuse(services, exchange, put.error(), details);
}

}  // namespace propylon::api

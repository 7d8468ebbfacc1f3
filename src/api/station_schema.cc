#include "api/station_schema.h"

#include "api/request_context.h"
#include "api/services.h"
#include "api/station_request.h"
#include "http/exchange.h"
#include "schema/registry/compiled_schemas.h"

namespace propylon::api {

const broker::ProduceRules& produce_rules(Services& services, http::Exchange& exchange) {
  return services.broker.produce_rules(exchange.loop(), station_of(exchange));
}

StationSchema schema_of(Services& services, http::Exchange& exchange, const broker::ProduceRules& rules) {
  if (!rules.schema) return {};
  const AccountId account = exchange.context<RequestContext>().principal.account();
  const auto* compiled =
      services.compiled_schemas.find(exchange.loop(), account, rules.schema->name, rules.schema->version);
  return {.wanted = true, .compiled = compiled, .scratch = &services.scratch_of(exchange.loop()).schema};
}

Task<Result<HeldSchema>> load_schema(Services& services, http::Exchange& exchange) {
  const auto& rules = produce_rules(services, exchange);
  if (!rules.schema) co_return HeldSchema{};
  const broker::SchemaSetting setting = *rules.schema;
  const AccountId account = exchange.context<RequestContext>().principal.account();
  auto loaded = co_await services.compiled_schemas.load(exchange.loop(), account, setting.name, setting.version);
  if (loaded) co_return HeldSchema{*std::move(loaded), setting.name};
  if (loaded.error().code != ErrorCode::kSchemaNotFound) co_return std::unexpected(std::move(loaded).error());
  co_return fail(ErrorCode::kConflict, "The schema " + setting.name +
                                           " that is attached to the station is gone; an administrator has to attach "
                                           "another one or detach it. Nothing was stored.");
}

}  // namespace propylon::api

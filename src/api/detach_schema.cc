// DELETE /stations/{station}/schema: the station's messages may be anything again. Good also when it has none.
#include "api/endpoints.h"
#include "api/preconditions.h"
#include "api/services.h"
#include "api/station_request.h"
#include "http/exchange.h"

namespace propylon::api {

Task<http::Response> detach_schema(Services& services, http::Exchange& exchange) {
  const auto conditions = read_preconditions(exchange.request());
  if (!conditions) co_return refuse(services, exchange, conditions.error());
  const broker::StationRef ref = station_of(exchange);
  const broker::Precondition precondition{.revision = conditions->revision,
                                          .must_not_exist = conditions->must_not_exist};
  broker::SettingsChange change;
  change.schema.emplace(std::nullopt);
  auto put =
      co_await services.broker.put_station(exchange.loop(), ref, change, precondition, broker::IfMissing::kRefuse);
  if (!put) co_return refuse(services, exchange, put.error());
  log_station_change(services, exchange, "schema detached");
  co_return station_answer(services, 200, put->info);
}

}  // namespace propylon::api

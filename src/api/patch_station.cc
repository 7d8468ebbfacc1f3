// PATCH /stations/{station}: changes the settings that are given; null sets one back to its default (RFC 7396).
#include "api/endpoints.h"
#include "api/services.h"
#include "api/station_request.h"
#include "http/exchange.h"

namespace propylon::api {

Task<http::Response> patch_station(Services& services, http::Exchange& exchange) {
  const auto change = read_station_change(services, exchange, NullMeans::kDefault);
  if (!change) co_return refuse(services, exchange, change.error());
  const broker::StationRef ref = station_of(exchange);
  auto put = co_await services.broker.put_station(exchange.loop(), ref, change->settings, change->precondition,
                                                  broker::IfMissing::kRefuse);
  if (!put) co_return refuse(services, exchange, put.error());
  log_station_change(services, exchange, "station changed");
  co_return station_answer(services, 200, put->info);
}

}  // namespace propylon::api

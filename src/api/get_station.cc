// GET /stations/{station}: its settings and what it holds.
#include "api/endpoints.h"
#include "api/services.h"
#include "api/station_request.h"
#include "http/exchange.h"

namespace propylon::api {

Task<http::Response> get_station(Services& services, http::Exchange& exchange) {
  const broker::StationRef ref = station_of(exchange);
  auto station = co_await services.broker.station(exchange.loop(), ref);
  if (!station) co_return refuse(services, exchange, station.error());
  co_return station_answer(services, 200, *station);
}

}  // namespace propylon::api

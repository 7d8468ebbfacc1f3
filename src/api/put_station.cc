// PUT /stations/{station}: makes it (201) or changes the settings that are given (200, also when nothing changes).
#include "api/endpoints.h"
#include "api/services.h"
#include "api/station_request.h"
#include "http/exchange.h"

namespace propylon::api {

Task<http::Response> put_station(Services& services, http::Exchange& exchange) {
  const auto change = read_station_change(services, exchange, NullMeans::kAbsent);
  if (!change) co_return refuse(services, exchange, change.error());
  const broker::StationRef ref = station_of(exchange);
  const auto if_missing = change->must_exist ? broker::IfMissing::kRefuse : broker::IfMissing::kCreate;
  auto put =
      co_await services.broker.put_station(exchange.loop(), ref, change->settings, change->precondition, if_missing);
  if (!put && change->must_exist && put.error().code == ErrorCode::kStationNotFound) {
    const Error missing{ErrorCode::kPreconditionFailed, "Station " + std::string(ref.name) + " does not exist.",
                        "If-Match", 0};
    co_return refuse(services, exchange, missing);
  }
  if (!put) co_return refuse(services, exchange, put.error());
  log_station_change(services, exchange, put->created ? "station created" : "station changed");
  co_return station_answer(services, put->created ? 201 : 200, put->info);
}

}  // namespace propylon::api

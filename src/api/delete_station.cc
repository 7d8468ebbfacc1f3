// DELETE /stations/{station}: with all its messages and groups.
#include "api/admin_answer.h"
#include "api/endpoints.h"
#include "api/preconditions.h"
#include "api/services.h"
#include "api/station_request.h"
#include "http/exchange.h"

namespace propylon::api {

Task<http::Response> delete_station(Services& services, http::Exchange& exchange) {
  const auto conditions = read_preconditions(exchange.request());
  if (!conditions) co_return refuse(services, exchange, conditions.error());
  const broker::StationRef ref = station_of(exchange);
  const broker::Precondition precondition{.revision = conditions->revision,
                                          .must_not_exist = conditions->must_not_exist};
  auto removed = co_await services.broker.remove_station(exchange.loop(), ref, precondition);
  if (!removed) co_return refuse(services, exchange, removed.error());
  log_station_change(services, exchange, "station deleted");
  co_return deleted_answer();
}

}  // namespace propylon::api

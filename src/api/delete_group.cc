// DELETE /stations/{station}/groups/{group}: forgets it; the next consume of that name begins at the oldest message.
#include "api/admin_answer.h"
#include "api/endpoints.h"
#include "api/preconditions.h"
#include "api/request_context.h"
#include "api/services.h"
#include "api/station_request.h"
#include "http/exchange.h"

namespace propylon::api {

Task<http::Response> delete_group(Services& services, http::Exchange& exchange) {
  if (auto checked = refuse_preconditions(exchange.request()); !checked) {
    co_return refuse(services, exchange, checked.error());
  }
  const broker::StationRef ref = station_of(exchange);
  const std::string_view group = exchange.context<RequestContext>().group;
  auto removed = co_await services.broker.remove_group(exchange.loop(), ref, group);
  if (!removed) co_return refuse(services, exchange, removed.error());
  log_station_change(services, exchange, "consumer group deleted");
  co_return deleted_answer();
}

}  // namespace propylon::api

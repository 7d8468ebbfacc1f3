// DELETE /stations/{station}/dead-letters/{dead_letter}: takes one away.
#include "api/admin_answer.h"
#include "api/endpoints.h"
#include "api/preconditions.h"
#include "api/request_context.h"
#include "api/services.h"
#include "api/station_request.h"
#include "core/decimal.h"
#include "http/exchange.h"

namespace propylon::api {

Task<http::Response> delete_dead_letter(Services& services, http::Exchange& exchange) {
  if (auto none = refuse_preconditions(exchange.request()); !none) co_return refuse(services, exchange, none.error());
  const std::string& name = exchange.context<RequestContext>().dead_letter;
  const broker::StationRef ref = station_of(exchange);
  // What is no number was never given out; whether the station exists is said first.
  const Sequence id{decimal_from_one<std::uint64_t>(name).value_or(0)};
  const auto removed = co_await services.broker.remove_dead_letter(exchange.loop(), ref, id);
  if (!removed) co_return refuse(services, exchange, removed.error());
  log_station_change(services, exchange, "dead letter removed");
  co_return deleted_answer();
}

}  // namespace propylon::api

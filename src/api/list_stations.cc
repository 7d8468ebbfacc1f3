// GET /stations?prefix=&limit=&after=: the account's stations in the order of their names, a part at a time.
#include <algorithm>

#include "api/admin_answer.h"
#include "api/endpoints.h"
#include "api/list_query.h"
#include "api/request_context.h"
#include "api/services.h"
#include "api/station_json.h"
#include "broker/broker.h"
#include "core/ascii.h"
#include "http/exchange.h"

namespace propylon::api {

Task<http::Response> list_stations(Services& services, http::Exchange& exchange) {
  auto query = read_list_query(exchange.request().query());
  if (!query) co_return refuse(services, exchange, query.error());
  exchange.offer_encoding();
  std::ranges::transform(query->prefix, query->prefix.begin(), to_lower);  // as names in paths are
  const AccountId account = exchange.context<RequestContext>().principal.account();
  auto stations = co_await services.broker.stations(exchange.loop(), account, query->page());
  if (!stations) co_return refuse(services, exchange, stations.error());
  ListAnswer answer;
  for (const auto& station : stations->items)
    write_station(answer.items(), station, services.options.message_bytes_max);
  co_return answer.finish(stations->more ? stations->items.back().name : "");
}

}  // namespace propylon::api

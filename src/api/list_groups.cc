// GET /stations/{station}/groups?prefix=&limit=&after=: its consumer groups in the order of their names.
#include <algorithm>

#include "api/admin_answer.h"
#include "api/endpoints.h"
#include "api/list_query.h"
#include "api/services.h"
#include "api/station_json.h"
#include "api/station_request.h"
#include "core/ascii.h"
#include "http/exchange.h"

namespace propylon::api {

Task<http::Response> list_groups(Services& services, http::Exchange& exchange) {
  auto query = read_list_query(exchange.request().query());
  if (!query) co_return refuse(services, exchange, query.error());
  exchange.offer_encoding();
  std::ranges::transform(query->prefix, query->prefix.begin(), to_lower);  // as names in paths are
  const broker::StationRef ref = station_of(exchange);
  auto groups = co_await services.broker.groups(exchange.loop(), ref, query->page());
  if (!groups) co_return refuse(services, exchange, groups.error());
  ListAnswer answer;
  const WallTime now = services.clock.wall();
  for (const auto& group : groups->items) write_group(answer.items(), group, now);
  co_return answer.finish(groups->more ? groups->items.back().name : "");
}

}  // namespace propylon::api

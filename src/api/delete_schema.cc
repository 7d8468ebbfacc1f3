// DELETE /schemas/{schema}: with all its versions, unless a station has it.
#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "api/admin_answer.h"
#include "api/endpoints.h"
#include "api/preconditions.h"
#include "api/request_context.h"
#include "api/schema_json.h"
#include "api/services.h"
#include "broker/broker.h"
#include "http/exchange.h"
#include "schema/registry/schema_administration.h"

namespace propylon::api {
namespace {

constexpr std::size_t kStationsNamed = 10;

Error attached_to(std::string_view schema, const std::vector<std::string>& stations) {
  std::string list;
  for (std::size_t i = 0; i < std::min(stations.size(), kStationsNamed); ++i)
    list += (list.empty() ? "\"" : ", \"") + stations[i] + '"';
  if (stations.size() > kStationsNamed) list += " and " + std::to_string(stations.size() - kStationsNamed) + " more";
  return {ErrorCode::kConflict,
          "The schema \"" + std::string(schema) + "\" is attached to stations: " + list + ". Detach it there first.",
          {},
          0};
}

}  // namespace

Task<http::Response> delete_schema(Services& services, http::Exchange& exchange) {
  const auto& context = exchange.context<RequestContext>();
  const AccountId account = context.principal.account();
  const auto precondition = read_preconditions(exchange.request());
  if (!precondition) co_return refuse(services, exchange, precondition.error());
  // From here on no station can come to have it.
  auto reserved = services.schemas.reserve_removal({account, context.schema});
  if (!reserved) co_return refuse(services, exchange, reserved.error());
  const auto stations =
      services.broker.stations_with_schema(account, context.schema, std::numeric_limits<std::size_t>::max());
  if (!stations.empty()) co_return refuse(services, exchange, attached_to(context.schema, stations));
  const auto removed =
      co_await services.schema_administration.remove(exchange.loop(), *std::move(reserved), *precondition);
  if (!removed) co_return refuse(services, exchange, removed.error());
  log_schema_change(services, exchange, "schema removed");
  co_return deleted_answer();
}

}  // namespace propylon::api

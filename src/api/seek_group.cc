// PATCH /stations/{station}/groups/{group}: moves the group. Deliveries that are out count for nothing any more.
#include <string>
#include <utility>

#include "api/endpoints.h"
#include "api/preconditions.h"
#include "api/request_context.h"
#include "api/seek_body.h"
#include "api/services.h"
#include "api/station_json.h"
#include "api/station_request.h"
#include "http/exchange.h"
#include "json/writer.h"

namespace propylon::api {
namespace {

Result<broker::SeekTarget> read(const http::Request& request) {
  PPL_CHECK(refuse_preconditions(request));
  return read_seek(request.body());
}

}  // namespace

Task<http::Response> seek_group(Services& services, http::Exchange& exchange) {
  const auto target = read(exchange.request());
  if (!target) co_return refuse(services, exchange, target.error());
  const broker::StationRef ref = station_of(exchange);
  const std::string_view name = exchange.context<RequestContext>().group;
  auto group = co_await services.broker.seek_group(exchange.loop(), ref, name, *target);
  if (!group) co_return refuse(services, exchange, group.error());
  log_station_change(services, exchange, "consumer group moved");
  std::string document;
  json::Writer writer(document);
  write_group(writer, *group, services.clock.wall());
  co_return http::Response(200, http::kJsonType, std::move(document));
}

}  // namespace propylon::api

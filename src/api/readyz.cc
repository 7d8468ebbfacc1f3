// GET /readyz: 200 when the server should get traffic; otherwise 503 with every reason in "reasons".
#include <string>
#include <vector>

#include "api/endpoints.h"
#include "api/readiness.h"
#include "api/services.h"
#include "broker/broker.h"
#include "json/writer.h"

namespace propylon::api {
namespace {

std::vector<Error> obstacles_of(const Services& services) {
  auto obstacles = services.readiness.obstacles();
  if (auto health = services.broker.health(); !health.accepts_messages) {
    obstacles.push_back({ErrorCode::kStoreUnavailable, std::move(health.reason), {}, 0});
  }
  return obstacles;
}

std::string reasons_json(const std::vector<Error>& obstacles) {
  std::string members;
  json::Writer writer(members);
  writer.key("reasons").begin_array();
  for (const auto& obstacle : obstacles) writer.text(obstacle.message);
  writer.end_array();
  return members;
}

}  // namespace

Task<http::Response> readyz(Services& services, http::Exchange& exchange) {
  const auto obstacles = obstacles_of(services);
  if (obstacles.empty()) co_return http::Response(services.status_ok);
  const std::string members = reasons_json(obstacles);
  co_return refuse(services, exchange, obstacles.front(), {.allow = {}, .message_json = {}, .members_json = members});
}

}  // namespace propylon::api

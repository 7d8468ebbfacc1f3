// GET /metrics: every metric in the Prometheus text format.
#include "api/endpoints.h"
#include "api/services.h"
#include "http/exchange.h"
#include "metrics/registry.h"

namespace propylon::api {

Task<http::Response> metrics_exposition(Services& services, http::Exchange& exchange) {
  exchange.offer_encoding();
  co_return http::Response(200, "text/plain; version=0.0.4; charset=utf-8", services.registry.expose());
}

}  // namespace propylon::api

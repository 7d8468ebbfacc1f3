// GET /monitoring/status: 200 as long as the process answers, as the reference has it; readyz.cc knows more.
#include "api/endpoints.h"
#include "api/services.h"

namespace propylon::api {

Task<http::Response> monitoring_status(Services& services, http::Exchange&) {
  co_return http::Response(services.status_ok);
}

}  // namespace propylon::api

// GET /livez: 200 as long as the process answers; it should be restarted when it does not.
#include "api/endpoints.h"
#include "api/services.h"

namespace propylon::api {

Task<http::Response> livez(Services& services, http::Exchange&) { co_return http::Response(services.status_ok); }

}  // namespace propylon::api

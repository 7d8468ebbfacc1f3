#include "api/access_log.h"

#include <string_view>

#include "api/request_context.h"
#include "api/routes.h"
#include "http/exchange.h"

namespace propylon::api {

void AccessLog::write(http::Exchange& exchange, const AccessRecord& record) const {
  const auto* const context = exchange.has_context() ? &exchange.context<RequestContext>() : nullptr;
  const auto duration = std::chrono::duration_cast<std::chrono::microseconds>(clock_.steady() - exchange.began());
  const bool found = context && context->path == RequestContext::Path::kFound;
  const bool known_user = context && context->principal.user != nullptr;
  logger_.info("request", {{"route", found ? context->route->name : std::string_view("none")},
                           {"status", record.status},
                           {"duration_us", duration.count()},
                           {"answer_bytes", record.answer_bytes},
                           {"client", exchange.client_address()},
                           {"user", known_user ? context->principal.name() : std::string_view()},
                           {"request_id", exchange.request_id()}});
}

}  // namespace propylon::api

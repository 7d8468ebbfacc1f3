// DELETE /users/{user}: removes a user; his tokens end with him.
#include "api/admin_answer.h"
#include "api/endpoints.h"
#include "api/preconditions.h"
#include "api/request_context.h"
#include "api/services.h"
#include "api/user_document.h"
#include "auth/user_administration.h"
#include "http/exchange.h"

namespace propylon::api {

Task<http::Response> delete_user(Services& services, http::Exchange& exchange) {
  const auto& context = exchange.context<RequestContext>();
  const auto precondition = read_preconditions(exchange.request());
  if (!precondition) co_return refuse(services, exchange, precondition.error());
  auth::UserRef who{context.principal.account(), context.user};
  const auto removed = co_await services.user_administration.remove(exchange.loop(), std::move(who), *precondition);
  if (!removed) co_return refuse(services, exchange, removed.error());
  log_user_change(services, exchange, "user removed");
  co_return deleted_answer();
}

}  // namespace propylon::api

// PATCH /users/{user}: changes what the body names; a null goes back to the default.
#include "api/endpoints.h"
#include "api/preconditions.h"
#include "api/request_context.h"
#include "api/services.h"
#include "api/user_body.h"
#include "api/user_document.h"
#include "auth/user_directory.h"
#include "http/exchange.h"

namespace propylon::api {

Task<http::Response> patch_user(Services& services, http::Exchange& exchange) {
  const auto& context = exchange.context<RequestContext>();
  auth::UserRef who{context.principal.account(), context.user};
  // Existence comes before the body in the order of checks.
  if (!services.users.find(who.account, who.name)) co_return refuse(services, exchange, auth::no_such_user(who.name));
  auto change = read_user_body(exchange.request().body(), NullMeans::kDefault);
  if (!change) co_return refuse(services, exchange, change.error());
  const auto precondition = read_preconditions(exchange.request());
  if (!precondition) co_return refuse(services, exchange, precondition.error());
  const auto user =
      co_await services.user_administration.patch(exchange.loop(), std::move(who), *std::move(change), *precondition);
  if (!user) co_return refuse(services, exchange, user.error());
  log_user_change(services, exchange, "user changed");
  co_return user_answer(200, *user);
}

}  // namespace propylon::api

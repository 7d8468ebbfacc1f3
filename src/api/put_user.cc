// PUT /users/{user}: makes a user, or changes what the body names of one who exists.
#include "api/endpoints.h"
#include "api/preconditions.h"
#include "api/request_context.h"
#include "api/services.h"
#include "api/user_body.h"
#include "api/user_document.h"
#include "http/exchange.h"

namespace propylon::api {

Task<http::Response> put_user(Services& services, http::Exchange& exchange) {
  const auto& context = exchange.context<RequestContext>();
  auto change = read_user_body(exchange.request().body(), NullMeans::kAbsent);
  if (!change) co_return refuse(services, exchange, change.error());
  const auto precondition = read_preconditions(exchange.request());
  if (!precondition) co_return refuse(services, exchange, precondition.error());
  auth::UserRef who{context.principal.account(), context.user};
  const auto put =
      co_await services.user_administration.put(exchange.loop(), std::move(who), *std::move(change), *precondition);
  if (!put) co_return refuse(services, exchange, put.error());
  log_user_change(services, exchange, put->created ? "user created" : "user changed");
  co_return user_answer(put->created ? 201 : 200, put->user);
}

}  // namespace propylon::api

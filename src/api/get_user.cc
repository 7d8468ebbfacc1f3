// GET /users/{user}: one user's document.
#include "api/endpoints.h"
#include "api/request_context.h"
#include "api/services.h"
#include "api/user_document.h"
#include "auth/user_administration.h"
#include "auth/user_directory.h"
#include "http/exchange.h"

namespace propylon::api {

Task<http::Response> get_user(Services& services, http::Exchange& exchange) {
  const auto& context = exchange.context<RequestContext>();
  const auto user = services.users.find(context.principal.account(), context.user);
  if (!user) co_return refuse(services, exchange, auth::no_such_user(context.user));
  co_return user_answer(200, *user);
}

}  // namespace propylon::api

// GET /users: the users of the administrator's account, by name.
#include "api/admin_answer.h"
#include "api/endpoints.h"
#include "api/list_query.h"
#include "api/request_context.h"
#include "api/services.h"
#include "api/user_document.h"
#include "auth/user_directory.h"
#include "http/exchange.h"

namespace propylon::api {

Task<http::Response> list_users(Services& services, http::Exchange& exchange) {
  const auto query = read_list_query(exchange.request().query());
  if (!query) co_return refuse(services, exchange, query.error());
  exchange.offer_encoding();
  const AccountId account = exchange.context<RequestContext>().principal.account();
  const auto page = services.users.page(account, query->page());
  ListAnswer answer;
  for (const auto& user : page.items) write_user(answer.items(), *user);
  co_return answer.finish(page.more ? std::string_view(page.items.back()->name) : std::string_view());
}

}  // namespace propylon::api

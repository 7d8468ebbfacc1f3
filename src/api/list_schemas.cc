// GET /schemas?prefix=&limit=&after=: the schemas of the administrator's account, by name.
#include <algorithm>

#include "api/admin_answer.h"
#include "api/endpoints.h"
#include "api/list_query.h"
#include "api/request_context.h"
#include "api/schema_json.h"
#include "api/services.h"
#include "core/ascii.h"
#include "http/exchange.h"
#include "schema/registry/schema_directory.h"

namespace propylon::api {

Task<http::Response> list_schemas(Services& services, http::Exchange& exchange) {
  auto query = read_list_query(exchange.request().query());
  if (!query) co_return refuse(services, exchange, query.error());
  exchange.offer_encoding();
  std::ranges::transform(query->prefix, query->prefix.begin(), to_lower);  // as names in paths are
  const AccountId account = exchange.context<RequestContext>().principal.account();
  const auto page = services.schemas.page(account, query->page());
  ListAnswer answer;
  for (const auto& schema : page.items) write_schema_summary(answer.items(), *schema);
  co_return answer.finish(page.more ? std::string_view(page.items.back()->name) : std::string_view());
}

}  // namespace propylon::api

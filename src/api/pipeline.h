// The order in which a request is judged before its endpoint runs:
//
//   path and names (400) > credentials (401) > route (404) > method (405) > permission (403)
//
// Existence and body are the endpoint's. A path without a valid token is 401, known or not, but for the public ones.
// Everything is judged from the head, before the body is read; only a name with a password that was not seen before
// goes on and is judged, in the same order, when its hash has been computed.
#pragma once
#include <span>
#include <vector>

#include "api/captures.h"
#include "api/request_context.h"
#include "api/routes.h"
#include "api/services.h"
#include "core/result.h"
#include "core/task.h"
#include "http/handler.h"
#include "http/router.h"

namespace propylon::api {

// Thread: any loop's; a call stays on the loop of its exchange.
class Pipeline final {
 public:
  explicit Pipeline(Services& services);

  // Makes the exchange's RequestContext.
  http::Admission admit(http::Exchange& exchange) const;
  // Runs the endpoint; without a coroutine of its own when everything has been judged.
  Task<http::Response> handle(http::Exchange& exchange) const;

 private:
  Result<void> judge_head(http::Exchange& exchange, RequestContext& context) const;
  Result<void> locate(const http::Request& request, RequestContext& context) const;
  Result<void> take_match(const http::RouteMatch& match, RequestContext& context) const;
  bool is_public(const http::Request& request, const RequestContext& context) const;
  Result<void> judge_route(const RequestContext& context) const;
  Result<void> judge_schema_reader(const RequestContext& context) const;
  Task<http::Response> judge_slowly(http::Exchange& exchange) const;
  http::Response refuse_head(http::Exchange& exchange, const Error& error) const;

  Services& services_;
  const std::span<const Route> routes_;
  const std::vector<Captures> captures_;  // of each route
  const http::Router router_;
};

}  // namespace propylon::api

#include "api/pipeline.h"

#include <limits>
#include <string>
#include <vector>

#include "api/request_credentials.h"
#include "auth/authenticator.h"
#include "auth/permissions.h"
#include "auth/user_directory.h"
#include "broker/broker.h"
#include "core/assert.h"
#include "http/exchange.h"
#include "schema/registry/schema_directory.h"

namespace propylon::api {
namespace {

std::vector<http::RoutePattern> patterns_of(std::span<const Route> routes) {
  std::vector<http::RoutePattern> patterns;
  for (const auto& route : routes) patterns.push_back({route.method, route.path});
  return patterns;
}

std::vector<Captures> all_captures(std::span<const Route> routes) {
  std::vector<Captures> captures;
  for (const auto& route : routes) captures.push_back(captures_of(route.path));
  return captures;
}

auth::Action action_of(Caller caller) {
  switch (caller) {
    case Caller::kProducer: return auth::Action::kProduce;
    case Caller::kConsumer: return auth::Action::kConsume;
    case Caller::kStationReader: return auth::Action::kReadStation;
    case Caller::kPublic:
    case Caller::kSchemaReader:
    case Caller::kAdministrator:
    case Caller::kMetricsReader: return auth::Action::kAdminister;
  }
  return auth::Action::kAdminister;
}

}  // namespace

Pipeline::Pipeline(Services& services)
    : services_(services),
      routes_(routes(services.options)),
      captures_(all_captures(routes_)),
      router_(patterns_of(routes_)) {}

http::Admission Pipeline::admit(http::Exchange& exchange) const {
  auto& context = exchange.emplace_context<RequestContext>();
  const http::Request& request = exchange.request();
  context.form = error_form_of(request);
  if (auto judged = judge_head(exchange, context); !judged) {
    return http::Admission::refuse(refuse_head(exchange, judged.error()));
  }
  const BodyLimit limit = context.route ? context.route->body : BodyLimit::kJson;
  return http::Admission::read_body(body_bytes_max(limit, services_.options));
}

Result<void> Pipeline::judge_head(http::Exchange& exchange, RequestContext& context) const {
  const http::Request& request = exchange.request();
  PPL_CHECK(locate(request, context));
  if (context.path == RequestContext::Path::kFound) {
    exchange.count_as(static_cast<std::size_t>(context.route - routes_.data()));
  }
  context.is_public = is_public(request, context);
  if (!context.is_public) {
    std::string scratch;
    const auto presented = PPL_TRY(find_credentials(request, scratch));
    context.users_version = services_.users.version();
    auto checked = services_.authenticator.try_check(exchange.loop(), presented);
    if (!checked) {
      context.credentials_pending = true;
      return {};
    }
    context.principal = PPL_TRY(std::move(*checked));
  }
  return judge_route(context);
}

Result<void> Pipeline::locate(const http::Request& request, RequestContext& context) const {
  std::string scratch;
  const auto match = PPL_TRY(router_.match(request.method(), request.path(), scratch));
  switch (match.kind) {
    case http::RouteMatch::Kind::kNoRoute: return {};
    case http::RouteMatch::Kind::kFound: context.path = RequestContext::Path::kFound; return take_match(match, context);
    case http::RouteMatch::Kind::kMethodNotAllowed: break;
  }
  context.path = RequestContext::Path::kOtherMethod;
  context.allow = match.allow;
  // Who may know of the path, and whether its names are good, is what its other methods say.
  for (const auto& route : routes_) {
    const auto other = PPL_TRY(router_.match(route.method, request.path(), scratch));
    if (other.kind == http::RouteMatch::Kind::kFound) return take_match(other, context);
  }
  return {};
}

Result<void> Pipeline::take_match(const http::RouteMatch& match, RequestContext& context) const {
  context.route = &routes_[match.route];
  return take_captures(captures_[match.route], match, context);
}

bool Pipeline::is_public(const http::Request& request, const RequestContext& context) const {
  if (!context.route) return is_open_path(request.path());
  switch (context.route->caller) {
    case Caller::kPublic: return true;
    case Caller::kMetricsReader: return services_.options.metrics_public;
    case Caller::kProducer:
    case Caller::kConsumer:
    case Caller::kStationReader:
    case Caller::kSchemaReader:
    case Caller::kAdministrator: return false;
  }
  return false;
}

Result<void> Pipeline::judge_route(const RequestContext& context) const {
  switch (context.path) {
    case RequestContext::Path::kUnknown: return fail(ErrorCode::kRouteNotFound, "There is nothing at this path.");
    case RequestContext::Path::kOtherMethod:
      return fail(ErrorCode::kMethodNotAllowed,
                  "This path does not know the method; it knows " + std::string(context.allow) + ".");
    case RequestContext::Path::kFound: break;
  }
  if (context.is_public) return {};
  if (context.route->caller == Caller::kSchemaReader) return judge_schema_reader(context);
  return auth::authorize(context.principal, action_of(context.route->caller), context.principal.account(),
                         context.station.view());
}

// A schema says what the messages of its stations look like: for who may read those, whether or not it exists.
Result<void> Pipeline::judge_schema_reader(const RequestContext& context) const {
  const auth::Principal& principal = context.principal;
  if (auth::authorize(principal, auth::Action::kAdminister, principal.account(), {})) return {};
  constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();
  for (const auto& station : services_.broker.stations_with_schema(principal.account(), context.schema, kAll)) {
    if (auth::authorize(principal, auth::Action::kReadStation, principal.account(), station)) return {};
  }
  return fail(ErrorCode::kForbidden, "The user may not consume from a station with this schema.");
}

http::Response Pipeline::refuse_head(http::Exchange& exchange, const Error& error) const {
  const auto& context = exchange.context<RequestContext>();
  ErrorDetails details;
  if (error.code == ErrorCode::kMethodNotAllowed) details.allow = context.allow;
  return refuse(services_, exchange, error, details);
}

Task<http::Response> Pipeline::handle(http::Exchange& exchange) const {
  const auto& context = exchange.context<RequestContext>();
  if (context.credentials_pending) return judge_slowly(exchange);
  PPL_ASSERT(context.path == RequestContext::Path::kFound);
  return context.route->endpoint(services_, exchange);
}

Task<http::Response> Pipeline::judge_slowly(http::Exchange& exchange) const {
  exchange.keep();
  auto& context = exchange.context<RequestContext>();
  std::string scratch;
  const auto presented = find_credentials(exchange.request(), scratch);
  PPL_ASSERT(presented.has_value());  // admit() has read the same bytes
  context.users_version = services_.users.version();
  auto checked = co_await services_.authenticator.check_slowly(exchange.loop(), *presented, exchange.client_address());
  if (!checked) co_return refuse_head(exchange, checked.error());
  context.principal = std::move(*checked);
  context.credentials_pending = false;
  if (auto judged = judge_route(context); !judged) co_return refuse_head(exchange, judged.error());
  co_return co_await context.route->endpoint(services_, exchange);
}

}  // namespace propylon::api

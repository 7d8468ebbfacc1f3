// POST /schemas/{schema}/validate?version=: what a station with the schema would say of the message in the body. Stores
// nothing. Without a version the active one judges.
#include <string>
#include <vector>

#include "api/endpoints.h"
#include "api/judge_beside.h"
#include "api/request_context.h"
#include "api/services.h"
#include "api/violations_json.h"
#include "core/decimal.h"
#include "http/exchange.h"
#include "http/url.h"
#include "json/writer.h"
#include "schema/registry/compiled_schemas.h"

namespace propylon::api {
namespace {

// 0 when there is none. Of repeated ones the last counts; other parameters are ignored.
Result<std::uint32_t> read_version(std::string_view query) {
  std::uint32_t version = 0;
  http::QueryReader reader(query);
  while (const auto pair = reader.next()) {
    if (pair->name != "version" || pair->value.empty()) continue;
    const auto given = decimal_from_one<std::uint32_t>(pair->value);
    if (!given) return fail(ErrorCode::kInvalidRequest, "version must be a number from 1 on.", "version");
    version = *given;
  }
  return version;
}

http::Response answer(const std::vector<schema::Violation>& violations) {
  std::string body;
  json::Writer writer(body);
  writer.begin_object().key("valid").boolean(violations.empty());
  if (!violations.empty()) write_violations(writer.key("errors"), violations);
  writer.end_object();
  return {200, http::kJsonType, std::move(body)};
}

}  // namespace

Task<http::Response> validate_message(Services& services, http::Exchange& exchange) {
  const auto& context = exchange.context<RequestContext>();
  const auto version = read_version(exchange.request().query());
  if (!version) co_return refuse(services, exchange, version.error());
  exchange.offer_encoding();
  exchange.keep();
  const auto compiled =
      co_await services.compiled_schemas.load(exchange.loop(), context.principal.account(), context.schema, *version);
  if (!compiled) co_return refuse(services, exchange, compiled.error());
  const ByteView message = exchange.request().body();
  const auto violations =
      co_await judge_beside(services, exchange.loop(), message.size(),
                            [&](schema::Scratch& scratch) { return (*compiled)->violations(message, scratch); });
  if (!violations) co_return refuse(services, exchange, violations.error());
  co_return answer(*violations);
}

}  // namespace propylon::api

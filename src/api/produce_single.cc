// POST /stations/{station}/produce/single: the body, any bytes of any type, is one message.
//
// The hot path: nothing here allocates, but for a message that the station's schema refuses or that has to wait for it.
#include <optional>

#include "api/endpoints.h"
#include "api/judge_beside.h"
#include "api/produce_precondition.h"
#include "api/schema_refusal.h"
#include "api/services.h"
#include "api/station_request.h"
#include "api/station_schema.h"
#include "broker/broker.h"
#include "http/exchange.h"

namespace propylon::api {
namespace {

bool is_known_to_fit(Services& services, http::Exchange& exchange) {
  const StationSchema schema = schema_of(services, exchange, produce_rules(services, exchange));
  const ByteView message = exchange.request().body();
  return !schema.wanted || (message.size() <= kJudgedOnLoopBytes && schema.accepts(message));
}

// The answer to a message that does not fit; nothing when it does after all.
Task<std::optional<http::Response>> judge(Services& services, http::Exchange& exchange) {
  exchange.keep();
  const auto held = co_await load_schema(services, exchange);
  if (!held) co_return refuse(services, exchange, held.error());
  const ByteView message = exchange.request().body();
  if (!held->compiled) co_return std::nullopt;
  const auto violations =
      co_await judge_beside(services, exchange.loop(), message.size(),
                            [&](schema::Scratch& scratch) { return held->compiled->violations(message, scratch); });
  if (!violations) co_return refuse(services, exchange, violations.error());
  if (violations->empty()) co_return std::nullopt;
  const SchemaRefusal refusal = refusal_of(*violations, *held->compiled, held->name, violations->size());
  const broker::RefusedMessage refused{message, refusal.error.message, refusal.violations_json};
  co_await keep_refused(services, exchange, {&refused, 1});
  const std::string members = "\"errors\":" + refusal.violations_json;
  co_return refuse(services, exchange, refusal.error, {.allow = {}, .message_json = {}, .members_json = members});
}

}  // namespace

Task<http::Response> produce_single(Services& services, http::Exchange& exchange) {
  if (auto checked = check_preconditions(exchange.request()); !checked) {
    co_return refuse(services, exchange, checked.error());
  }
  if (!is_known_to_fit(services, exchange)) {
    auto refusal = co_await judge(services, exchange);
    if (refusal) co_return *std::move(refusal);
  }
  std::string& headers = services.scratch_of(exchange.loop()).header_block;
  if (auto written = services.message_headers.write(exchange.request(), headers); !written) {
    co_return refuse(services, exchange, written.error());
  }
  const ByteView payload = exchange.request().body();
  const broker::AppendRequest append{.station = station_of(exchange),
                                     .if_missing = services.if_missing(),
                                     .headers = headers,
                                     .payloads = {&payload, 1}};
  auto appended = co_await services.broker.append(exchange.loop(), append);
  if (!appended) co_return refuse(services, exchange, appended.error());
  services.counters.produced_messages.add();
  services.counters.produced_bytes.add(payload.size());
  co_return http::Response(services.stored);
}

}  // namespace propylon::api

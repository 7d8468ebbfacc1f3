#include "api/services.h"

#include "api/request_context.h"
#include "broker/broker.h"
#include "http/exchange.h"
#include "metrics/names.h"
#include "metrics/registry.h"

namespace propylon::api {
namespace {

// Bodies that wait to be judged hold their share of request_bytes_in_flight_max, so this is only a bound on the wait.
constexpr std::size_t kJudgementsQueuedMax = 256;

}  // namespace

MessageCounters::MessageCounters(metrics::Registry& registry)
    : produced_messages(registry.counter(metrics::kProducedMessages, "Messages stored for producers.")),
      produced_bytes(registry.counter(metrics::kProducedBytes, "Bytes of the messages stored for producers.")),
      consumed_messages(registry.counter(metrics::kConsumedMessages, "Messages handed to consumers.")),
      consumed_bytes(registry.counter(metrics::kConsumedBytes, "Bytes of the messages handed to consumers.")),
      refused_messages(registry.counter(metrics::kSchemaRefusedMessages, "Messages that a schema refused.")),
      dead_letters_failed(
          registry.counter(metrics::kDeadLettersFailed, "Refused messages that could not be kept as dead letters.")) {}

Services::Services(const Surroundings& surroundings, const Options& api_options, std::size_t loops)
    : broker(surroundings.broker),
      authenticator(surroundings.authenticator),
      users(surroundings.users),
      user_administration(surroundings.user_administration),
      schemas(surroundings.schemas),
      schema_administration(surroundings.schema_administration),
      compiled_schemas(surroundings.compiled_schemas),
      readiness(surroundings.readiness),
      registry(surroundings.metrics),
      clock(surroundings.clock),
      logger(surroundings.logger),
      options(api_options),
      errors(surroundings.logger),
      message_headers(api_options.stored_headers_allow, api_options.stored_headers_deny),
      stored(200, http::kJsonType, "{\"error\":null,\"success\":true}"),
      status_ok(200, http::kJsonType, "{\"status\":\"ok\"}"),
      no_messages(200, http::kJsonType, "[]"),
      counters(surroundings.metrics),
      unread_answers(api_options.unread_answer_bytes_max,
                     surroundings.metrics.gauge(metrics::kUnreadAnswerBytes,
                                                "Bytes of consumed messages and answers that clients have not taken.")),
      scratch(loops),
      judges("judge", 1, kJudgementsQueuedMax) {}

broker::IfMissing Services::if_missing() const {
  return options.auto_create_stations ? broker::IfMissing::kCreate : broker::IfMissing::kRefuse;
}

Error unread_answers_are_full() {
  return {ErrorCode::kOverloaded,
          "Clients have not taken as many bytes of answers yet as unread_answer_bytes_max allows.", "", 0};
}

http::Response refuse(const Services& services, http::Exchange& exchange, const Error& error,
                      const ErrorDetails& details) {
  return services.errors.respond(error, exchange.request_id(), exchange.context<RequestContext>().form, details);
}

}  // namespace propylon::api

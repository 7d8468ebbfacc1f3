#include "api/schema_refusal.h"

#include <algorithm>

#include "api/services.h"
#include "api/station_request.h"
#include "api/station_schema.h"
#include "api/violations_json.h"
#include "http/exchange.h"
#include "json/writer.h"

namespace propylon::api {

SchemaRefusal refusal_of(const std::vector<schema::Violation>& violations, const schema::CompiledSchema& compiled,
                         std::string_view name, std::size_t listed_max) {
  SchemaRefusal refusal;
  refusal.error = {
      ErrorCode::kSchemaViolation, "Schema validation has failed: " + compiled.sentence(violations, name), {}, 0};
  json::Writer writer(refusal.violations_json);
  write_violations(writer, std::span(violations).first(std::min(violations.size(), listed_max)));
  return refusal;
}

Task<void> keep_refused(Services& services, http::Exchange& exchange,
                        std::span<const broker::RefusedMessage> messages) {
  services.counters.refused_messages.add(messages.size());
  if (!produce_rules(services, exchange).keeps_refused) co_return;
  std::string& headers = services.scratch_of(exchange.loop()).header_block;
  Result<void> kept = services.message_headers.write(exchange.request(), headers);
  const broker::StationRef station = station_of(exchange);
  if (kept) {
    kept = co_await services.broker.add_dead_letters(exchange.loop(), station, broker::DeadLetterReason::kSchema,
                                                     headers, messages);
  }
  if (kept) co_return;
  services.counters.dead_letters_failed.add(messages.size());
  services.logger.warn("refused messages could not be kept as dead letters", {{"station", station.name},
                                                                              {"messages", messages.size()},
                                                                              {"code", to_string(kept.error().code)},
                                                                              {"reason", kept.error().message},
                                                                              {"request_id", exchange.request_id()}});
}

}  // namespace propylon::api

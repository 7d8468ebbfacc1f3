#include "api/station_request.h"

#include <string>
#include <utility>

#include "api/admin_answer.h"
#include "api/preconditions.h"
#include "api/request_context.h"
#include "api/schema_attachment.h"
#include "api/services.h"
#include "api/station_json.h"
#include "api/station_settings_body.h"
#include "http/exchange.h"

namespace propylon::api {

broker::StationRef station_of(http::Exchange& exchange) {
  const auto& context = exchange.context<RequestContext>();
  return {context.principal.account(), context.station.view()};
}

http::Response station_answer(const Services& services, std::uint16_t status, const broker::StationInfo& station) {
  std::string document;
  json::Writer writer(document);
  write_station(writer, station, services.options.message_bytes_max);
  return document_answer(status, std::move(document), station.revision);
}

void log_station_change(const Services& services, http::Exchange& exchange, std::string_view what) {
  const auto& context = exchange.context<RequestContext>();
  const LogField station("station", context.station.view());
  const LogField account("account", context.principal.account().value);
  const LogField by("by", context.principal.name());
  const LogField request_id("request_id", exchange.request_id());
  if (context.group.empty() && context.dead_letter.empty()) {
    services.logger.info(what, {station, account, by, request_id});
    return;
  }
  const LogField part =
      context.group.empty() ? LogField("dead_letter", context.dead_letter) : LogField("group", context.group);
  services.logger.info(what, {station, part, account, by, request_id});
}

Result<StationChange> read_station_change(Services& services, http::Exchange& exchange, NullMeans null_means) {
  const http::Request& request = exchange.request();
  const auto conditions = PPL_TRY(read_preconditions(request));
  const StationLimits limits{.defaults = services.broker.template_settings(),
                             .message_bytes_max = services.options.message_bytes_max};
  StationChange change{.settings = PPL_TRY(read_station_settings(request.body(), null_means, limits)),
                       .precondition = {.revision = conditions.revision, .must_not_exist = conditions.must_not_exist},
                       .must_exist = conditions.must_exist,
                       .hold = std::nullopt};
  if (const auto& schema = change.settings.schema; schema && *schema) {
    const AccountId account = exchange.context<RequestContext>().principal.account();
    change.hold.emplace(PPL_TRY(hold_schema(services, account, **schema)));
  }
  return change;
}

}  // namespace propylon::api

// PUT /stations/{station}/schema: {"name":"orders","version":2} judges the station's messages from the next one on.
#include "api/endpoints.h"
#include "api/preconditions.h"
#include "api/schema_attachment.h"
#include "api/services.h"
#include "api/station_request.h"
#include "http/exchange.h"

namespace propylon::api {
namespace {

struct Attachment {
  broker::SchemaSetting schema;
  broker::Precondition precondition;
};

Result<Attachment> read_attachment(const http::Request& request) {
  const auto conditions = PPL_TRY(read_preconditions(request));
  const auto body = PPL_TRY(AdminBody::read(request.body(), NullMeans::kAbsent, {"name", "version"}));
  return Attachment{.schema = PPL_TRY(read_schema_setting(body.fields())),
                    .precondition = {.revision = conditions.revision, .must_not_exist = conditions.must_not_exist}};
}

}  // namespace

Task<http::Response> attach_schema(Services& services, http::Exchange& exchange) {
  auto attachment = read_attachment(exchange.request());
  if (!attachment) co_return refuse(services, exchange, attachment.error());
  const broker::StationRef ref = station_of(exchange);
  const auto hold = hold_schema(services, ref.account, attachment->schema);  // until the settings are stored
  if (!hold) co_return refuse(services, exchange, hold.error());
  broker::SettingsChange change;
  change.schema.emplace(std::move(attachment->schema));
  auto put = co_await services.broker.put_station(exchange.loop(), ref, change, attachment->precondition,
                                                  broker::IfMissing::kRefuse);
  if (!put) co_return refuse(services, exchange, put.error());
  log_station_change(services, exchange, "schema attached");
  co_return station_answer(services, 200, put->info);
}

}  // namespace propylon::api

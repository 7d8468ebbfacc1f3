// What the requests of a station's administration have in common: which station they mean, and the answer with its
// document.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "api/admin_body.h"
#include "broker/broker.h"
#include "http/response.h"
#include "schema/registry/schema_holds.h"

namespace propylon::http {
class Exchange;
}

namespace propylon::api {

struct Services;

// The station of the path. Views the exchange's context, which outlives the endpoint.
broker::StationRef station_of(http::Exchange& exchange);

// The station's document with its revision as ETag.
http::Response station_answer(const Services& services, std::uint16_t status, const broker::StationInfo& station);

// Says in the log who did what to the station of the path, or to its group or dead letter there: "station deleted".
void log_station_change(const Services& services, http::Exchange& exchange, std::string_view what);

// A change of settings as a PUT or a PATCH asks for it, read from body and conditions.
struct StationChange {
  broker::SettingsChange settings;
  broker::Precondition precondition;
  bool must_exist = false;  // If-Match: *
  // Of the schema that the settings name: it stays until they are stored.
  std::optional<schema::registry::SchemaHold> hold;
};

// Errors: those of read_station_settings(), read_preconditions() and hold_schema().
Result<StationChange> read_station_change(Services& services, http::Exchange& exchange, NullMeans null_means);

}  // namespace propylon::api

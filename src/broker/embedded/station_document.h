// A station as the catalog keeps it: a JSON object with the keys of the HTTP contract.
//
// {"retention":{"type":"message_age_sec","value":604800},"durability":"os","max_message_bytes":4194304,
//  "ack_wait_ms":30000,"dead_letters":{"schema":true,"retention_sec":604800,"messages":10000},
//  "schema":{"name":"order","version":3},"created_us":1767225600000000}
//
// `schema` is there only when the station has one; version 0 follows the active one.
#pragma once
#include <string>
#include <string_view>

#include "broker/station_settings.h"
#include "core/clock.h"
#include "core/result.h"

namespace propylon::broker::embedded {

struct StationDocument {
  StationSettings settings;
  WallTime created;
  friend bool operator==(const StationDocument&, const StationDocument&) = default;
};

std::string encode_station(const StationDocument& document);
// Keys that are missing keep their defaults. Errors: kDamaged: not this form, or a value that this program does not
// know.
Result<StationDocument> decode_station(std::string_view body);

}  // namespace propylon::broker::embedded

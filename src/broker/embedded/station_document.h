// A station's settings as the catalog keeps them: a JSON object with the keys of the HTTP contract.
//
// {"retention":{"type":"message_age_sec","value":604800},"durability":"os","max_message_bytes":4194304,
//  "ack_wait_ms":30000}
#pragma once
#include <string>
#include <string_view>

#include "broker/station_settings.h"
#include "core/result.h"

namespace propylon::broker::embedded {

std::string encode_station(const StationSettings& settings);
// Keys that are missing keep their defaults. Errors: kDamaged: not this form, or a value that this program does not
// know.
Result<StationSettings> decode_station(std::string_view body);

}  // namespace propylon::broker::embedded

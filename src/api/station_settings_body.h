// A station's settings in the body of a request, read strictly.
//
// {"retention":{"type":"message_age_sec","value":604800},"durability":"os","replicas":1,"max_message_bytes":4194304,
//  "ack_wait_ms":30000,"dead_letters":{"schema":true,"retention_sec":604800,"messages":10000},
//  "schema":{"name":"orders","version":2}}
#pragma once
#include "api/admin_body.h"
#include "broker/administration.h"
#include "core/result.h"

namespace propylon::api {

// How long a delivery may be leased: at least long enough for an answer to be read, at most half a day.
inline constexpr std::uint64_t kAckWaitMsMin = 1'000;
inline constexpr std::uint64_t kAckWaitMsMax = 43'200'000;
// 100 years, as the option retention_age_s.
inline constexpr std::uint64_t kRetentionAgeSecMax = 3'153'600'000;

// A dead letter that was removed by hand costs 20 bytes of memory until those before it are gone too.
inline constexpr std::uint64_t kDeadLettersKeptMax = 1'000'000;

struct StationLimits {
  broker::StationSettings defaults;     // what a null in a PATCH goes back to
  std::uint64_t message_bytes_max = 0;  // of the server: no station takes more
};

// The settings that the body names; the others stay as they are. Retention is given whole: its type and, but for
// ack_based, its value. `body` is read during the call.
// Errors: kInvalidJson; kInvalidRequest naming the field (unknown, wrong type, out of range); kNotImplemented naming
// one that this server knows of but does not act on.
Result<broker::SettingsChange> read_station_settings(ByteView body, NullMeans null_means, const StationLimits& limits);

}  // namespace propylon::api

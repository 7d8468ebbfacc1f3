// Stations and consumer groups as their readers see them: the objects of the HTTP contract.
#pragma once
#include "broker/administration.h"
#include "core/clock.h"

namespace propylon::json {
class Writer;
}

namespace propylon::api {

// {"name":"orders","created_at":"2026-01-01T00:00:00.000Z","revision":7,
//  "retention":{"type":"message_age_sec","value":604800},"durability":"os","replicas":1,"max_message_bytes":4194304,
//  "ack_wait_ms":30000,"dead_letters":{"schema":true,"retention_sec":604800,"messages":10000},
//  "schema":{"name":"orders","version":null},"messages":2,"bytes":310,"first_seq":1,"last_seq":2,
//  "dead_letters_count":0}
// A schema's version is null where the station follows the active one; "schema" is null where it has none.
// `message_bytes_max` (the option) is shown where the station's own limit is above it: more is never taken.
void write_station(json::Writer& writer, const broker::StationInfo& station, std::uint64_t message_bytes_max);

// {"name":"billing","acked_seq":17,"pending":2,"in_flight":1,"lag":3,"oldest_unacked_age_ms":1500,
//  "consumers":[{"name":"worker-1","last_seen":"2026-01-01T00:00:00.000Z"}]}
// The age is null when everything is acknowledged, and never negative, whatever the clock does.
void write_group(json::Writer& writer, const broker::GroupInfo& group, WallTime now);

}  // namespace propylon::api

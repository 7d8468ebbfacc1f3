// The state of all stations of one log that cannot be rebuilt from their messages alone, as one checkpoint of the log.
//
//   version u32 = 2 | repeated per station:
//   id u64 | applied u64 (packed position) | last u64 | floor u64 | groups u32 | repeated per group:
//   name (u16 length, bytes) | last_used u64 (microseconds since 1970) | next u64 | ranges u32 |
//   repeated: first u64 | last u64 | deliveries u32
//
// Little endian. Each station is copied under its own lock, so the copies differ in age: `applied` says which records
// a copy includes, and replay applies only those behind it.
#pragma once
#include <string>

#include "broker/embedded/station_directory.h"

namespace propylon::broker::embedded {

struct CheckpointCopy {
  std::string blob;
  log::Position highest;  // the newest position that any copy includes
};

CheckpointCopy copy_stations(const StationDirectory& directory, StoreKind store);

// Puts the copies back; stations that the catalog no longer has are left out.
// Errors: kDamaged: not of this form.
Result<void> restore_stations(ByteView blob, const StationDirectory& directory);

}  // namespace propylon::broker::embedded

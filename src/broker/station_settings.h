// What an operator decides about a station.
#pragma once
#include <cstdint>

namespace propylon::broker {

// How long a station keeps its messages. Stored numbers: never reuse one.
enum class RetentionType : std::uint8_t {
  kMessageAgeSec = 1,  // seconds since a message was stored; 0 keeps for ever
  kMessages = 2,       // this many messages
  kBytes = 3,          // this many bytes of records; the newest record stays, however large
  kAckBased = 4,       // until every existing group has acknowledged; for ever while there is no group
};

// When a produce may be answered with success (docs/glossary.md, "stored").
enum class Durability : std::uint8_t {
  kOs = 1,      // written to the operating system: survives a crash of this process
  kDisk = 2,    // on stable storage: survives power loss
  kMemory = 3,  // gone when the process ends
};

struct Retention {
  RetentionType type = RetentionType::kMessageAgeSec;
  std::uint64_t value = 604'800;  // 7 days
  friend bool operator==(const Retention&, const Retention&) = default;
};

struct StationSettings {
  Retention retention;
  Durability durability = Durability::kOs;
  std::uint64_t max_message_bytes = 4'194'304;
  std::uint64_t ack_wait_ms = 30'000;  // how long a delivery is leased to its consumer
  friend bool operator==(const StationSettings&, const StationSettings&) = default;
};

}  // namespace propylon::broker

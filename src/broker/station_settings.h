// What an operator decides about a station.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

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

// The schema that a station's messages must fit. Whether there is one of that name is the registry's to know.
struct SchemaSetting {
  std::string name;
  std::uint32_t version = 0;  // 0: follows the schema's active version
  friend bool operator==(const SchemaSetting&, const SchemaSetting&) = default;
};

// What becomes of messages that were refused.
struct DeadLetterSettings {
  bool schema = true;                     // those that the schema refuses are kept
  std::uint64_t retention_sec = 604'800;  // for so long; 0 keeps for ever
  std::uint64_t messages = 10'000;        // and the newest so many; removed ones may count until older ones have gone
  friend bool operator==(const DeadLetterSettings&, const DeadLetterSettings&) = default;
};

struct StationSettings {
  Retention retention;
  Durability durability = Durability::kOs;
  std::uint64_t max_message_bytes = 4'194'304;
  std::uint64_t ack_wait_ms = 30'000;  // how long a delivery is leased to its consumer
  DeadLetterSettings dead_letters = {};
  std::optional<SchemaSetting> schema = {};  // none: messages may be anything
  friend bool operator==(const StationSettings&, const StationSettings&) = default;
};

// Of a station's settings, what a produce must know beforehand.
struct ProduceRules {
  std::uint64_t max_message_bytes = 0;
  std::optional<SchemaSetting> schema;
  bool keeps_refused = false;  // messages that the schema refuses become dead letters
  friend bool operator==(const ProduceRules&, const ProduceRules&) = default;
};

inline ProduceRules produce_rules_of(const StationSettings& settings) {
  return {settings.max_message_bytes, settings.schema, settings.dead_letters.schema};
}

}  // namespace propylon::broker

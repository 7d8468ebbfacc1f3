// What an administrator sees and changes: stations, their settings, their consumer groups.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/station_settings.h"
#include "core/bytes.h"
#include "core/clock.h"
#include "core/ids.h"
#include "core/page.h"
#include "core/result.h"

namespace propylon::broker {

struct DeadLetterChange {
  std::optional<bool> schema;
  std::optional<std::uint64_t> retention_sec;
  std::optional<std::uint64_t> messages;
};

// The settings to change; what is absent stays as it is, in a new station as the template has it.
struct SettingsChange {
  std::optional<Retention> retention;
  std::optional<Durability> durability;
  std::optional<std::uint64_t> max_message_bytes;
  std::optional<std::uint64_t> ack_wait_ms;
  DeadLetterChange dead_letters;
  std::optional<std::optional<SchemaSetting>> schema;  // an empty one in it: messages may be anything from now on
};

// What must hold of a station's document for a change to be made; else kPreconditionFailed.
struct Precondition {
  std::optional<std::uint64_t> revision;  // the document has this one; a missing one has none
  bool must_not_exist = false;
};

struct StationInfo {
  std::string name;
  WallTime created;
  std::uint64_t revision = 0;  // grows with every change of the settings
  StationSettings settings;
  std::uint64_t messages = 0;  // that can still be read
  // What their records take, headers and framing included; a record of several messages counts until none can be read.
  std::uint64_t bytes = 0;
  // Of the messages that can be read; first is last + 1 when there is none. `last` never goes back.
  Sequence first{1};
  Sequence last{0};
  std::uint64_t dead_letters = 0;  // that are kept
};

struct ConsumerInfo {
  std::string name;
  WallTime last_seen;
};

struct GroupInfo {
  std::string name;
  Sequence acked;               // every message up to here is acknowledged or gone
  std::uint64_t pending = 0;    // messages that wait to be handed out, those given back included
  std::uint64_t in_flight = 0;  // handed out, neither acknowledged nor given back
  // What the group is behind by. Deliveries that wait for nothing but the proof of their receipt are not in it: of an
  // automatically acknowledging consumer that is what is in flight.
  std::uint64_t lag = 0;
  std::optional<WallTime> oldest_unacknowledged;  // when that message was stored
  std::vector<ConsumerInfo> consumers;            // since the start; the most recent kConsumersKept
};
inline constexpr std::size_t kConsumersKept = 100;

// Where a group is to go on.
struct SeekTarget {
  enum class To { kSequence, kTime, kEarliest, kLatest } to = To::kEarliest;
  Sequence sequence;  // of kSequence: that message next; outside of what is stored, the nearest place in it
  WallTime time;      // of kTime: the first message stored at or after it
};

// Why a message became a dead letter. Stored numbers: never reuse one.
enum class DeadLetterReason : std::uint8_t {
  kSchema = 1,  // it did not fit the station's schema
};

// A message that was refused and kept, so that somebody can look at it.
struct DeadLetter {
  // Of a count of their own in each station; ascends, may have gaps. Never used again, but in a station whose
  // durability is `memory` after the process ended.
  Sequence id;
  DeadLetterReason reason = DeadLetterReason::kSchema;
  WallTime at;               // when it was kept; never earlier than that of a lower id
  std::string error;         // the sentence that the producer got
  std::string details_json;  // what was given with it: a JSON array of violations
  std::string headers;       // header block
  std::string payload;
};

// kDeadLetterNotFound, the same words of every backend.
inline std::unexpected<Error> no_dead_letter(std::string_view station, Sequence id) {
  return fail(ErrorCode::kDeadLetterNotFound,
              "Station " + std::string(station) + " keeps no dead letter " + std::to_string(id.value) + ".");
}

struct DeadLetterPageRequest {
  Sequence after{};                     // those with a higher id
  std::uint32_t limit = 100;            // 1..kFetchMessagesMax
  std::uint64_t max_bytes = 16 * kMiB;  // of all that a letter has; always one, however large
};

struct StationPut {
  StationInfo info;
  bool created = false;
};

}  // namespace propylon::broker

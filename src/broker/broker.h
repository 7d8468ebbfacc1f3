// The contract between the HTTP endpoints and whatever keeps the messages.
//
// A station is a named, ordered, append-only sequence of messages. A consumer group is a place in a station: its
// members share the station's messages, other groups have a place of their own. Backends: broker/embedded (one
// process, our log), later broker/jetstream; broker/memory_broker.h is the fake for tests. tests/conformance is
// the suite that each of them passes.
//
// Every call is a coroutine that runs and finishes on the given loop and never blocks it. Names are in normal form
// (core/name_rules.h); the caller has checked the caller's permission.
#pragma once
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "broker/administration.h"
#include "broker/station_settings.h"
#include "core/bytes.h"
#include "core/cancellation.h"
#include "core/clock.h"
#include "core/ids.h"
#include "core/loop.h"
#include "core/result.h"
#include "core/task.h"

namespace propylon::broker {

struct StationRef {
  AccountId account;
  std::string_view name;
};

// What to do about a station that does not exist.
enum class IfMissing {
  kCreate,  // make it with the template's settings; parallel first uses make one station
  kRefuse,  // kStationNotFound
};

struct AppendRequest {
  StationRef station;
  IfMissing if_missing = IfMissing::kRefuse;
  ByteView headers;                    // one header block (core/header_block.h), shared by all payloads
  std::span<const ByteView> payloads;  // 1..kBatchMessagesMax messages of any bytes, also empty ones
};

struct Appended {
  Sequence first;           // of the first message; the others follow without a gap
  std::uint32_t count = 0;  // as many as there were payloads
};

struct FetchRequest {
  StationRef station;
  IfMissing if_missing = IfMissing::kRefuse;
  std::string_view group;
  std::string_view consumer;
  std::uint32_t max_messages = 10;      // 1..kFetchMessagesMax
  std::uint64_t max_bytes = 16 * kMiB;  // of payloads and headers together; always one message, however large
  std::uint32_t min_messages = 1;       // wait until so many are there (1..max_messages) ...
  SteadyTime deadline;                  // ... or until then; a deadline that has passed answers with what is there
};

struct Message {
  Sequence sequence;
  WallTime time;
  std::uint32_t deliveries = 1;  // how often it was handed out in this group, this time included
  ByteView headers;              // header block
  ByteView payload;
};

// Messages handed to one member of a group. Owns the bytes that its messages view. Dropping it without settle()
// leaves the messages leased until their lease ends; then they are handed out again.
class Fetched {
 public:
  virtual ~Fetched() = default;
  // In station order; empty when nothing came in time.
  std::span<const Message> messages() const { return messages_; }

 protected:
  std::vector<Message> messages_;
};

// A message to be kept as a dead letter, of any bytes.
struct RefusedMessage {
  ByteView payload;
  std::string_view error;         // see DeadLetter
  std::string_view details_json;  // see DeadLetter
};

enum class Settlement {
  kAcknowledge,  // done with: never handed out again in this group
  kGiveBack,     // not received: handed out again at once, before newer messages
};

// What a backend can do; the conformance suite has a branch per value. What it cannot do is kNotImplemented.
struct Capabilities {
  bool survives_restart = false;
  bool durability_disk = false;  // stations of that durability
  bool durability_memory = false;
};

struct Health {
  bool accepts_messages = true;
  std::string reason;  // a sentence for /readyz when it does not
};

// Limits of the contract, checked by the endpoints and asserted by the backends.
inline constexpr std::uint32_t kBatchMessagesMax = 10'000;
inline constexpr std::uint32_t kFetchMessagesMax = 5'000;

// Thread: any loop's; each call stays on its loop.
class Broker {
 public:
  virtual ~Broker() = default;

  // Stores the messages together, all or none, as durably as the station promises, before it finishes. The views
  // in the request are read before the first suspension; the bytes may be reused then.
  // Errors: kStationNotFound, kBodyTooLarge (a payload above the station's max_message_bytes, or more than the backend
  // stores as one), kOverloaded, kStorageFull, kShuttingDown, kStoreUnavailable; for each of them nothing was stored,
  // but a station that was to be made may be there. kOutcomeUnknown: the messages may be stored, all or none.
  virtual Task<Result<Appended>> append(Loop& loop, AppendRequest request) = 0;

  // Hands out messages that no member of the group holds or has acknowledged; a new group begins at the oldest
  // stored message. The delivery is recorded before this finishes, as durably as the station promises: what comes again
  // after that is marked by Message::deliveries. `cancel` ends a wait early: with what is there when the server drains,
  // with nothing, and nothing leased, when the client has gone. The strings in the request are read before the first
  // suspension. Errors, nothing was handed out then: kStationNotFound, kOverloaded (too many waiting or too much in
  // flight), kCorruptRecord (of the first message alone; strangers read its text: station and sequence, no file),
  // kStorageFull, kStoreUnavailable (the group, or the count of a delivery, may be there all the same), kIo.
  virtual Task<Result<std::unique_ptr<Fetched>>> fetch(Loop& loop, FetchRequest request, Cancellation& cancel) = 0;

  // Ends the delivery of all messages of a fetch. One call per fetch. Errors: kStoreUnavailable, kStorageFull; the
  // messages stay leased then and are handed out again when the lease ends. kOutcomeUnknown: after a restart the
  // acknowledgement counts for all of them or for none.
  virtual Task<Result<void>> settle(Loop& loop, Fetched& fetched, Settlement settlement) = 0;

  // What a produce to the station must keep to; of one that does not exist, what the template says. No lock and no
  // allocation for a station that the loop has asked for before. The reference is good until the loop calls this again
  // or the coroutine suspends. A change of the settings is seen by every call that begins after the change finished.
  virtual const ProduceRules& produce_rules(Loop& loop, StationRef station) = 0;

  // --- administration ---
  // Strings are read before the first suspension. A change is made as durably as the station promises, and acts on
  // every request that begins after it finished, before it finishes. Errors of all, besides those named:
  // kStationNotFound, kOverloaded (too many changes wait), kStoreUnavailable, kStorageFull, kIo; nothing was changed
  // then. kOutcomeUnknown: the change may have been made, as a whole or not at all; of put_station also: the settings
  // are changed, what their retention takes away is not recorded yet.

  virtual Task<Result<StationInfo>> station(Loop& loop, StationRef station) = 0;
  virtual Task<Result<Page<StationInfo>>> stations(Loop& loop, AccountId account, PageRequest page) = 0;
  // Makes the station or changes it. A put that changes nothing keeps the revision. A shorter retention acts at once, a
  // longer one brings nothing back. Errors: kPreconditionFailed; kConflict (durability to or from `memory`, or somebody
  // else changed it meanwhile); kStationNotFound (missing, with IfMissing::kRefuse); kNotImplemented (a setting that
  // this backend cannot keep); kOverloaded (stations_max).
  virtual Task<Result<StationPut>> put_station(Loop& loop, StationRef station, SettingsChange change,
                                               Precondition precondition, IfMissing if_missing) = 0;
  // With all its messages, groups and dead letters. Waiting fetches end with kStationNotFound. A new station of that
  // name begins empty. Errors: kPreconditionFailed.
  virtual Task<Result<void>> remove_station(Loop& loop, StationRef station, Precondition precondition) = 0;
  // Takes all messages away, or those before `before`. Returns the station as it is then. Groups go on behind them. The
  // station's dead letters stay.
  virtual Task<Result<StationInfo>> purge(Loop& loop, StationRef station, std::optional<Sequence> before) = 0;

  virtual Task<Result<Page<GroupInfo>>> groups(Loop& loop, StationRef station, PageRequest page) = 0;
  // Forgets the group; deliveries that are out count for nothing any more, waiting fetches end with nothing. The next
  // fetch makes a new one. Errors: kGroupNotFound.
  virtual Task<Result<void>> remove_group(Loop& loop, StationRef station, std::string_view group) = 0;
  // Moves the group; deliveries that are out count for nothing any more. Errors: kGroupNotFound.
  virtual Task<Result<GroupInfo>> seek_group(Loop& loop, StationRef station, std::string_view group,
                                             SeekTarget target) = 0;

  // --- dead letters: messages that were refused and kept, by the rules of StationSettings::dead_letters ---
  // They are no part of the station's messages: not consumed, not counted, not purged with them. Errors of all:
  // kStationNotFound, kStoreUnavailable, kIo, kOutcomeUnknown (of a change: it may have been made).

  // Keeps messages that were refused, all with the same headers, as durably as the station promises. On failure none or
  // some are kept; ids ascend in the order given. Everything given is read before the first suspension.
  // Errors: kBodyTooLarge (one takes more than the backend stores as one; none was kept), kStorageFull, kOverloaded,
  // kShuttingDown.
  virtual Task<Result<void>> add_dead_letters(Loop& loop, StationRef station, DeadLetterReason reason, ByteView headers,
                                              std::span<const RefusedMessage> messages) = 0;
  // Oldest first. Errors: kCorruptRecord (as of fetch), kOverloaded (too much is being read).
  virtual Task<Result<Page<DeadLetter>>> dead_letters(Loop& loop, StationRef station, DeadLetterPageRequest page) = 0;
  // Errors: kDeadLetterNotFound, kOverloaded.
  virtual Task<Result<void>> remove_dead_letter(Loop& loop, StationRef station, Sequence id) = 0;

  // The names of the account's stations that have that schema in their settings, whichever version, in order; at most
  // `limit`. Costs what it gives. Thread: any loop's.
  virtual std::vector<std::string> stations_with_schema(AccountId account, std::string_view schema,
                                                        std::size_t limit) const = 0;

  // What a station has that is made without settings of its own. Thread: any.
  virtual StationSettings template_settings() const = 0;
  virtual Capabilities capabilities() const = 0;
  // Thread: any.
  virtual Health health() const = 0;
};

}  // namespace propylon::broker

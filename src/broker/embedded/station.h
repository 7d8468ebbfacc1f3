// One station: where its messages are, how far its groups have come, and who waits for more.
//
// Two locks. The log's commit mutex orders all changes; the station's own mutex guards what readers look at. A change
// is made under both (commit mutex first), a reader takes the station's alone. Nothing that may wait for a disk is
// done under the commit mutex: raising the floor there costs nothing, counting what went is catch_up()'s.
#pragma once
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "broker/administration.h"
#include "broker/consumer_group.h"
#include "broker/embedded/record_index.h"
#include "broker/embedded/station_document.h"
#include "broker/station_settings.h"
#include "core/ids.h"
#include "core/thread_annotations.h"
#include "log/position.h"

namespace propylon::broker::embedded {

class Waiter;

// Which log a station's messages are in.
enum class StoreKind : std::uint8_t { kDisk, kMemory };
StoreKind store_of(Durability durability);

// A group and the fetches that wait in it, first come first served.
struct GroupState {
  ConsumerGroup group;
  std::list<Waiter*> waiters;
  // Another one after each removal and seek: deliveries of an earlier one count for nothing.
  std::uint64_t generation = 0;
  WallTime last_used;
  std::map<std::string, WallTime, std::less<>> consumers;  // when each fetched last; at most kConsumersKept

  void seen(std::string_view consumer, WallTime now);
};

// A run of messages of one record that were picked for a fetch.
struct PickedRecord {
  RecordEntry entry;
  log::SegmentPin pin;
  std::uint32_t skip = 0;  // messages of the record before the first picked one
  std::uint32_t take = 0;
  std::uint32_t deliveries = 0;  // this time included
};

struct Picked {
  LeaseId lease;
  std::uint64_t generation = 0;  // of the group
  std::vector<PickedRecord> records;
  std::vector<SequenceRange> ranges;  // as leased
  std::uint64_t messages = 0;         // in all of them
  bool more = false;                  // the limits left some out

  bool empty() const { return records.empty(); }
};

struct PickLimits {
  std::uint32_t max_messages = 0;
  std::uint64_t max_bytes = 0;
  SteadyTime lease_end;
};

struct StationIdentity {
  StationId id;
  AccountId account;
  std::string name;
  StationId companion_of{};  // see Station
};

// The group that dead letters which were removed are acknowledged in. It needs no record that places it: it begins at
// the first message, with the first removal.
inline constexpr std::string_view kRemovedGroup = "removed";

// shared_ptr: the directory, each loop's cache of names and the requests in flight share a station.
class Station final {
 public:
  Station(StationIdentity identity, StationDocument station_document, std::uint64_t document_revision);

  const StationId id;
  const AccountId account;
  const std::string name;
  // 0 for a station that clients know. Otherwise this is a companion without a name of its own: its messages are the
  // dead letters of that station.
  const StationId companion_of;
  const WallTime created;
  const StoreKind store;

  // Whether its changes are answered only when they are durable. Takes the lock.
  bool promises_disk();

  // Under the commit mutex: the last sequence given out, written or not.
  Sequence assigned;
  // Under the commit mutex: the catalog has it no more; nothing is committed for it from then on.
  bool removed = false;

  std::mutex mutex;
  StationSettings settings GUARDED_BY(mutex);
  std::uint64_t revision GUARDED_BY(mutex);
  // What the settings say to a produce: never changed, replaced with them. shared_ptr: each loop's cache of names.
  std::shared_ptr<const ProduceRules> rules GUARDED_BY(mutex);
  // Of the newest visible message. Of a `disk` station the index may hold records behind it: written, not yet durable.
  Sequence last GUARDED_BY(mutex);
  Sequence floor GUARDED_BY(mutex);  // messages up to here are gone; never goes back
  // What floor records of the log say: a retention alone raises the floor in memory, and whatever is deleted for it has
  // to be written down first (floor_records.h).
  Sequence recorded_floor GUARDED_BY(mutex);
  RecordIndex index GUARDED_BY(mutex);
  log::Position applied GUARDED_BY(mutex);  // behind the last record that this state includes
  std::map<std::string, GroupState, std::less<>> groups GUARDED_BY(mutex);
  // Its companion; null before the first dead letter.
  std::shared_ptr<Station> dead_letters GUARDED_BY(mutex);

  bool is_companion() const { return companion_of != StationId{}; }

  // --- hold `mutex` ---
  // `revision` of the document that has them.
  void change_settings(const StationSettings& new_settings, std::uint64_t new_revision);
  // The messages of a record may be read from now on.
  void show(const RecordEntry& entry);
  // What there is of the candidates, in order, as far as the limits go. Leases nothing.
  Picked collect(const log::Log& log, const std::vector<SequenceRange>& candidates, const PickLimits& limits) const;
  // Picks what the group may have next and leases it; nothing when there are no messages (or fewer than `at_least`).
  Picked pick(const log::Log& log, GroupState& group, const PickLimits& limits, std::uint32_t at_least);
  // Wakes waiting fetches, the longest waiting first, as many as there may be messages for.
  void wake(GroupState& group);
  void wake_all_groups();
  // Waiting fetches end and look at the group no more.
  void dismiss(GroupState& group);
  // Raises the floor; never lowers it. The counts follow with catch_up().
  void raise_floor(Sequence new_floor);
  // Up to where messages are gone and not counted any more: nothing looks for them again.
  Sequence gone_through() const { return counted_floor_; }
  // Takes what lies below the floor out of the counts and the index, at most `entries_max` records at a time. Whether
  // there is more.
  bool catch_up(const log::Log& log, std::size_t entries_max);
  // Counts anew: after replay.
  void recount(const log::Log& log);
  // The floor that the settings ask for now; never below the present one. The counts are up to date.
  Sequence retained_floor(const log::Log& log, WallTime now);
  // Both together: raises the floor as the retention says, and counts. Whether there is more to do.
  bool apply_retention(const log::Log& log, WallTime now);
  // After apply_retention() has said that there is no more to do.
  StationInfo info(const log::Log& log) const;
  GroupInfo group_info(const log::Log& log, const std::string& group_name, const GroupState& group) const;

  // --- of a companion, hold `mutex` ---
  // Where dead letters are that were not removed, behind `after`; may hold sequences without a message.
  std::vector<SequenceRange> kept_letters(Sequence after) const;
  // After apply_retention() has said that there is no more to do. Costs a step for each run of letters between removed
  // ones; only where the log has left sequences out since the oldest letter, a walk over the index for each.
  std::uint64_t count_letters(const log::Log& log) const;
  // False for one that is gone or was removed, or is not there yet. Sequences without a message are not told apart.
  bool may_keep_letter(Sequence letter) const;
  void remove_letter(Sequence letter);

 private:
  Sequence floor_by(const log::Log& log, const Retention& retention, WallTime now);
  Sequence floor_by_age(const log::Log& log, WallTime oldest_kept);
  Sequence floor_by_acknowledgement() const;

  // Both count the messages in (counted_floor_, last] and their records.
  std::uint64_t messages_ GUARDED_BY(mutex) = 0;
  std::uint64_t bytes_ GUARDED_BY(mutex) = 0;
  Sequence counted_floor_ GUARDED_BY(mutex);
  WallTime oldest_time_ GUARDED_BY(mutex);  // of the first message above the floor; 0: not known
};

// The station's companion, null when it has none. Takes the lock.
std::shared_ptr<Station> dead_letters_of(Station& station);

// What a companion keeps to: the retention of `station`'s dead letters in the place of its own.
StationSettings dead_letter_settings(StationSettings station);

// As much as one look under a station's lock may cost: about 0.1 ms.
inline constexpr std::size_t kEntriesPerLook = 4096;

}  // namespace propylon::broker::embedded

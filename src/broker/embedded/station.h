// One station: where its messages are, how far its groups have come, and who waits for more.
//
// Two locks. The log's commit mutex orders all changes; the station's own mutex guards what readers look at. A change
// is made under both (commit mutex first), a reader takes the station's alone; `assigned` belongs to the commit mutex.
#pragma once
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "broker/consumer_group.h"
#include "broker/embedded/record_index.h"
#include "broker/station_settings.h"
#include "core/ids.h"
#include "core/thread_annotations.h"
#include "log/position.h"

namespace propylon::broker::embedded {

class Waiter;

// A group and the fetches that wait in it, first come first served.
struct GroupState {
  ConsumerGroup group;
  std::list<Waiter*> waiters;
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
  std::vector<PickedRecord> records;
  std::vector<SequenceRange> ranges;  // as leased

  bool empty() const { return records.empty(); }
};

struct PickLimits {
  std::uint32_t max_messages = 0;
  std::uint64_t max_bytes = 0;
  SteadyTime lease_end;
};

// shared_ptr: the directory, each loop's cache of names and the requests in flight share a station.
class Station final {
 public:
  Station(StationId station_id, AccountId station_account, std::string station_name, StationSettings station_settings)
      : id(station_id),
        account(station_account),
        name(std::move(station_name)),
        settings(station_settings),
        index(station_id) {}

  const StationId id;
  const AccountId account;
  const std::string name;
  const StationSettings settings;

  // Under the commit mutex: the last sequence given out, written or not.
  Sequence assigned;

  std::mutex mutex;
  Sequence last GUARDED_BY(mutex);   // of the newest visible message
  Sequence floor GUARDED_BY(mutex);  // messages up to here are gone; never goes back
  RecordIndex index GUARDED_BY(mutex);
  log::Position applied GUARDED_BY(mutex);  // behind the last record that this state includes
  std::map<std::string, GroupState, std::less<>> groups GUARDED_BY(mutex);

  // --- hold `mutex` ---
  // Picks what the group may have next and leases it; nothing when there are no messages (or fewer than `at_least`).
  Picked pick(const log::Log& log, GroupState& group, const PickLimits& limits, std::uint32_t at_least);
  // Wakes waiting fetches, the longest waiting first, as many as there may be messages for.
  void wake(GroupState& group);
  void wake_all_groups();
  // Raises the floor; never lowers it.
  void trim(Sequence new_floor);
};

}  // namespace propylon::broker::embedded

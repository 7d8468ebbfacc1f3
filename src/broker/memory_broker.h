// The fake of the broker contract: stations in memory, nothing survives. For tests of whatever uses a Broker.
//
// It keeps the whole contract (the conformance suite runs on it too) but for durability. Failures can be ordered.
#pragma once
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "broker/broker.h"
#include "broker/consumer_group.h"
#include "core/thread_annotations.h"

namespace propylon::broker {

// Thread: any (locks inside).
class MemoryBroker final : public Broker {
 public:
  explicit MemoryBroker(const Clock& clock, StationSettings station_template = {})
      : clock_(clock), template_(station_template) {}

  Task<Result<Appended>> append(Loop& loop, AppendRequest request) override;
  Task<Result<std::unique_ptr<Fetched>>> fetch(Loop& loop, FetchRequest request, Cancellation& cancel) override;
  Task<Result<void>> settle(Loop& loop, Fetched& fetched, Settlement settlement) override;
  std::uint64_t max_message_bytes(Loop& loop, StationRef station) override;
  Task<Result<StationInfo>> station(Loop& loop, StationRef station) override;
  Task<Result<Page<StationInfo>>> stations(Loop& loop, AccountId account, PageRequest page) override;
  Task<Result<StationPut>> put_station(Loop& loop, StationRef station, SettingsChange change, Precondition precondition,
                                       IfMissing if_missing) override;
  Task<Result<void>> remove_station(Loop& loop, StationRef station, Precondition precondition) override;
  Task<Result<StationInfo>> purge(Loop& loop, StationRef station, std::optional<Sequence> before) override;
  Task<Result<Page<GroupInfo>>> groups(Loop& loop, StationRef station, PageRequest page) override;
  Task<Result<void>> remove_group(Loop& loop, StationRef station, std::string_view group) override;
  Task<Result<GroupInfo>> seek_group(Loop& loop, StationRef station, std::string_view group,
                                     SeekTarget target) override;
  Capabilities capabilities() const override { return {}; }
  Health health() const override;

  // From now on every call fails with this error, until it is taken back with an empty one.
  void fail_with(std::optional<Error> error);
  // How many fetches wait for messages.
  std::size_t waiting() const;

 private:
  struct Stored {
    WallTime time;
    std::string headers;
    std::string payload;
  };
  struct Station {
    std::uint64_t id = 0;
    std::deque<Stored> messages;  // message n has sequence n + 1
    std::map<std::string, ConsumerGroup, std::less<>> groups;
  };
  class MemoryFetched;
  class Wait;

  std::optional<Error> ordered_failure() const;
  Result<Station*> find(const StationRef& ref, IfMissing if_missing);
  std::unique_ptr<MemoryFetched> take(const std::string& key, const std::string& group, const FetchRequest& request,
                                      std::uint32_t at_least);
  void wake_all(const std::string& key);

  const Clock& clock_;
  const StationSettings template_;
  mutable std::mutex mutex_;
  std::map<std::string, Station> stations_ GUARDED_BY(mutex_);
  std::multimap<std::string, Wait*> waits_ GUARDED_BY(mutex_);
  std::optional<Error> failure_ GUARDED_BY(mutex_);
};

}  // namespace propylon::broker

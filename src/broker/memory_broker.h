// The fake of the broker contract: stations in memory, nothing survives. For tests of whatever uses a Broker.
//
// It keeps the whole contract (the conformance suite runs on it too) but for durability: its stations are all kOs.
// Failures can be ordered.
#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "broker/broker.h"
#include "broker/memory_station.h"
#include "core/thread_annotations.h"

namespace propylon::broker {

// Thread: any (locks inside).
class MemoryBroker final : public Broker {
 public:
  explicit MemoryBroker(const Clock& clock, StationSettings station_template = {})
      : clock_(clock), template_(std::move(station_template)) {}

  Task<Result<Appended>> append(Loop& loop, AppendRequest request) override;
  Task<Result<std::unique_ptr<Fetched>>> fetch(Loop& loop, FetchRequest request, Cancellation& cancel) override;
  Task<Result<void>> settle(Loop& loop, Fetched& fetched, Settlement settlement) override;
  const ProduceRules& produce_rules(Loop& loop, StationRef station) override;
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
  Task<Result<void>> add_dead_letters(Loop& loop, StationRef station, DeadLetterReason reason, ByteView headers,
                                      std::span<const RefusedMessage> messages) override;
  Task<Result<Page<DeadLetter>>> dead_letters(Loop& loop, StationRef station, DeadLetterPageRequest page) override;
  Task<Result<void>> remove_dead_letter(Loop& loop, StationRef station, Sequence id) override;
  std::vector<std::string> stations_with_schema(AccountId account, std::string_view schema,
                                                std::size_t limit) const override;
  StationSettings template_settings() const override { return template_; }
  Capabilities capabilities() const override { return {}; }
  Health health() const override;

  // From now on every call fails with this error, until it is taken back with an empty one.
  void fail_with(std::optional<Error> error);
  // How many fetches wait for messages.
  std::size_t waiting() const;

 private:
  using Key = std::pair<AccountId, std::string>;
  class MemoryFetched;
  class Wait;
  struct Wanted;

  static Key key_of(const StationRef& ref) { return {ref.account, std::string(ref.name)}; }

  // --- hold the mutex ---
  // The station with its retention applied. Errors: the ordered failure, kStationNotFound.
  Result<MemoryStation*> find(const StationRef& ref, IfMissing if_missing = IfMissing::kRefuse);
  MemoryStation& make_station(const Key& key, const StationSettings& settings);
  Result<MemoryGroup*> find_group(MemoryStation& station, std::string_view group);
  // Where a fetch goes on; null when its group has gone. Errors: kStationNotFound.
  Result<MemoryGroup*> place_of(const Wanted& wanted);
  Result<Wanted> begin_fetch(const FetchRequest& request);
  std::unique_ptr<MemoryFetched> take(const Wanted& wanted, MemoryGroup& group, std::uint32_t at_least);
  void wake_all(const Key& key);

  const Clock& clock_;
  const StationSettings template_;
  mutable std::mutex mutex_;
  std::map<Key, MemoryStation> stations_ GUARDED_BY(mutex_);
  std::map<std::size_t, ProduceRules> rules_ GUARDED_BY(mutex_);  // that each loop was told last, by its index
  std::uint64_t last_station_id_ GUARDED_BY(mutex_) = 0;
  std::uint64_t last_revision_ GUARDED_BY(mutex_) = 0;
  std::multimap<Key, Wait*> waits_ GUARDED_BY(mutex_);
  std::optional<Error> failure_ GUARDED_BY(mutex_);
};

}  // namespace propylon::broker

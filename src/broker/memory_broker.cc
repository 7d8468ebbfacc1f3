#include "broker/memory_broker.h"

#include <algorithm>

#include "core/assert.h"

namespace propylon::broker {

// A fetch's request with strings of its own, and which station and group of these names it meant.
struct MemoryBroker::Wanted {
  Key key;
  std::string group;
  std::uint64_t station_id = 0;
  std::uint64_t group_id = 0;
  std::uint32_t max_messages = 0;
  std::uint32_t min_messages = 0;
  std::uint64_t max_bytes = 0;
};

class MemoryBroker::MemoryFetched final : public Fetched {
 public:
  Key key;
  std::string group;
  std::uint64_t station_id = 0;
  std::uint64_t group_id = 0;
  std::uint64_t epoch = 0;
  LeaseId lease;
  std::vector<SequenceRange> ranges;
  std::deque<MemoryMessage> copies;  // what the messages view

  void add(Sequence sequence, const MemoryMessage& stored, std::uint32_t deliveries) {
    const MemoryMessage& copy = copies.emplace_back(stored);
    messages_.push_back({sequence, copy.time, deliveries, copy.headers, copy.payload});
  }
};

// One suspended fetch: woken by new messages, its deadline, the end of a lease, an administrator or its cancellation,
// once.
class MemoryBroker::Wait final : public Timer, public Cancellation::Listener {
 public:
  Wait(MemoryBroker& broker, Loop& loop, Cancellation& cancel, Key key)
      : broker_(broker), loop_(loop), cancel_(cancel), key_(std::move(key)), resumption_(loop) {}

  // Locked by the caller: a message that arrives after the look and before this would be missed otherwise.
  void enlist() { broker_.waits_.emplace(key_, this); }
  auto until(SteadyTime deadline) {
    return resumption_.start([this, deadline] {
      loop_.arm(*this, deadline);
      cancel_.listen(this);
      if (cancel_.requested()) wake();
    });
  }
  void finish() {
    loop_.disarm(*this);
    cancel_.listen(nullptr);
  }
  void expired() override { wake(); }
  void cancelled() override { wake(); }
  void wake() {
    std::lock_guard lock(broker_.mutex_);
    wake_locked();
  }
  void wake_locked() {
    auto [at, end] = broker_.waits_.equal_range(key_);
    for (; at != end; ++at) {
      if (at->second != this) continue;
      broker_.waits_.erase(at);
      resumption_.resume();
      return;
    }
  }

 private:
  MemoryBroker& broker_;
  Loop& loop_;
  Cancellation& cancel_;
  const Key key_;
  LoopResumption resumption_;
};

void MemoryBroker::fail_with(std::optional<Error> error) {
  std::lock_guard lock(mutex_);
  failure_ = std::move(error);
}

Health MemoryBroker::health() const {
  std::lock_guard lock(mutex_);
  return failure_ ? Health{false, failure_->message} : Health{};
}

std::size_t MemoryBroker::waiting() const {
  std::lock_guard lock(mutex_);
  return waits_.size();
}

Result<MemoryStation*> MemoryBroker::find(const StationRef& ref, IfMissing if_missing) {
  if (failure_) return std::unexpected(*failure_);
  const Key key = key_of(ref);
  const auto found = stations_.find(key);
  if (found == stations_.end()) {
    if (if_missing == IfMissing::kCreate) return &make_station(key, template_);
    return fail(ErrorCode::kStationNotFound, "Station " + std::string(ref.name) + " does not exist.");
  }
  found->second.apply_retention(clock_.wall());
  return &found->second;
}

MemoryStation& MemoryBroker::make_station(const Key& key, const StationSettings& settings) {
  return stations_.try_emplace(key, ++last_station_id_, clock_.wall(), settings, ++last_revision_).first->second;
}

void MemoryBroker::wake_all(const Key& key) {
  for (auto at = waits_.find(key); at != waits_.end(); at = waits_.find(key)) at->second->wake_locked();
}

Task<Result<Appended>> MemoryBroker::append(Loop&, AppendRequest request) {
  PPL_ASSERT(!request.payloads.empty() && request.payloads.size() <= kBatchMessagesMax);
  std::lock_guard lock(mutex_);
  auto found = find(request.station, request.if_missing);
  if (!found) co_return std::unexpected(found.error());
  MemoryStation& station = **found;
  const std::uint64_t limit = station.settings().max_message_bytes;
  if (std::ranges::any_of(request.payloads, [&](ByteView payload) { return payload.size() > limit; })) {
    co_return fail(ErrorCode::kBodyTooLarge, "A message of this station may have " + std::to_string(limit) + " bytes.");
  }
  const Appended appended{Sequence{station.last().value + 1}, static_cast<std::uint32_t>(request.payloads.size())};
  for (const auto payload : request.payloads) {
    station.append({clock_.wall(), std::string(request.headers), std::string(payload)});
  }
  station.apply_retention(clock_.wall());
  wake_all(key_of(request.station));
  co_return appended;
}

std::unique_ptr<MemoryBroker::MemoryFetched> MemoryBroker::take(const Wanted& wanted, MemoryGroup& group,
                                                                std::uint32_t at_least) {
  auto fetched = std::make_unique<MemoryFetched>();
  const MemoryStation& station = stations_.at(wanted.key);
  if (group.place.pending_at_most(station.last()) < at_least) return fetched;
  std::uint64_t bytes = 0;
  std::vector<SequenceRange> taken;
  for (const auto& range : group.place.candidates(station.last())) {
    std::uint64_t sequence = range.first.value;
    for (; sequence <= range.last.value && fetched->messages().size() < wanted.max_messages; ++sequence) {
      const MemoryMessage& stored = station.message(Sequence{sequence});
      bytes += stored.headers.size() + stored.payload.size();
      if (bytes > wanted.max_bytes && !fetched->messages().empty()) break;
      fetched->add(Sequence{sequence}, stored, range.deliveries + 1);
    }
    if (sequence > range.first.value) taken.push_back({range.first, Sequence{sequence - 1}, range.deliveries});
    if (sequence <= range.last.value) break;
  }
  if (taken.empty()) return fetched;
  fetched->key = wanted.key;
  fetched->group = wanted.group;
  fetched->station_id = station.id();
  fetched->group_id = group.id;
  fetched->epoch = group.epoch;
  fetched->ranges = taken;
  const auto lease_end = clock_.steady() + std::chrono::milliseconds(station.settings().ack_wait_ms);
  fetched->lease = group.place.lease(taken, lease_end);
  return fetched;
}

Result<MemoryBroker::Wanted> MemoryBroker::begin_fetch(const FetchRequest& request) {
  MemoryStation* station = PPL_TRY(find(request.station, request.if_missing));
  MemoryGroup& group = station->group_for(request.group);
  note_consumer(group, request.consumer, clock_.wall());
  return Wanted{.key = key_of(request.station),
                .group = std::string(request.group),
                .station_id = station->id(),
                .group_id = group.id,
                .max_messages = request.max_messages,
                .min_messages = request.min_messages,
                .max_bytes = request.max_bytes};
}

Result<MemoryGroup*> MemoryBroker::place_of(const Wanted& wanted) {
  MemoryStation* station = PPL_TRY(find({wanted.key.first, wanted.key.second}));
  if (station->id() != wanted.station_id) {
    return fail(ErrorCode::kStationNotFound, "Station " + wanted.key.second + " was removed.");
  }
  MemoryGroup* group = station->find_group(wanted.group);
  if (!group || group->id != wanted.group_id) return nullptr;
  station->expire(*group, clock_.steady());
  return group;
}

Task<Result<std::unique_ptr<Fetched>>> MemoryBroker::fetch(Loop& loop, FetchRequest request, Cancellation& cancel) {
  Wanted wanted;
  {
    std::lock_guard lock(mutex_);
    auto begun = begin_fetch(request);
    if (!begun) co_return std::unexpected(begun.error());
    wanted = *std::move(begun);
  }
  for (;;) {
    Wait wait(*this, loop, cancel, wanted.key);
    SteadyTime until = request.deadline;
    {
      std::lock_guard lock(mutex_);
      if (cancel.reason() == Cancellation::Reason::kClientGone) co_return std::make_unique<MemoryFetched>();
      const auto group = place_of(wanted);
      if (!group) co_return std::unexpected(group.error());
      if (!*group) co_return std::make_unique<MemoryFetched>();
      const bool last_look = cancel.requested() || loop.now() >= request.deadline;
      auto fetched = take(wanted, **group, last_look ? 1 : wanted.min_messages);
      if (last_look || !fetched->messages().empty()) co_return std::move(fetched);
      until = std::min(until, (*group)->place.next_expiry());
      wait.enlist();
    }
    co_await wait.until(until);
    wait.finish();
  }
}

Task<Result<void>> MemoryBroker::settle(Loop&, Fetched& fetched, Settlement settlement) {
  auto& own = static_cast<MemoryFetched&>(fetched);
  std::lock_guard lock(mutex_);
  if (failure_) co_return std::unexpected(*failure_);
  const auto station = stations_.find(own.key);
  if (station == stations_.end() || station->second.id() != own.station_id) co_return {};
  MemoryGroup* group = station->second.find_group(own.group);
  if (!group || group->id != own.group_id || group->epoch != own.epoch) co_return {};
  if (settlement == Settlement::kAcknowledge) {
    group->place.acknowledge(own.ranges);
  } else {
    group->place.give_back(own.lease);
    group->place.trim(station->second.floor());
    wake_all(own.key);
  }
  co_return {};
}

}  // namespace propylon::broker

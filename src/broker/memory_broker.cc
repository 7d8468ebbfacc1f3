#include "broker/memory_broker.h"

#include <algorithm>

#include "core/assert.h"

namespace propylon::broker {
namespace {

std::string key_of(const StationRef& ref) { return std::to_string(ref.account.value) + "/" + std::string(ref.name); }

}  // namespace

class MemoryBroker::MemoryFetched final : public Fetched {
 public:
  std::string station_key;
  std::string group;
  LeaseId lease;
  std::vector<SequenceRange> ranges;
  std::deque<Stored> copies;  // what the messages view

  void add(Sequence sequence, const Stored& stored, std::uint32_t deliveries) {
    const Stored& copy = copies.emplace_back(stored);
    messages_.push_back({sequence, copy.time, deliveries, copy.headers, copy.payload});
  }
};

// One suspended fetch: woken by new messages, its deadline, the end of a lease or its cancellation, once.
class MemoryBroker::Wait final : public Timer, public Cancellation::Listener {
 public:
  Wait(MemoryBroker& broker, Loop& loop, Cancellation& cancel, std::string key)
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
  const std::string key_;
  LoopResumption resumption_;
};

std::optional<Error> MemoryBroker::ordered_failure() const {
  std::lock_guard lock(mutex_);
  return failure_;
}

void MemoryBroker::fail_with(std::optional<Error> error) {
  std::lock_guard lock(mutex_);
  failure_ = std::move(error);
}

Health MemoryBroker::health() const {
  const auto failure = ordered_failure();
  return failure ? Health{false, failure->message} : Health{};
}

std::size_t MemoryBroker::waiting() const {
  std::lock_guard lock(mutex_);
  return waits_.size();
}

Result<MemoryBroker::Station*> MemoryBroker::find(const StationRef& ref, IfMissing if_missing) {
  const std::string key = key_of(ref);
  auto found = stations_.find(key);
  if (found == stations_.end()) {
    if (if_missing == IfMissing::kRefuse) {
      return fail(ErrorCode::kStationNotFound, "Station " + std::string(ref.name) + " does not exist.");
    }
    found = stations_.try_emplace(key).first;
    found->second.id = stations_.size();
  }
  return &found->second;
}

void MemoryBroker::wake_all(const std::string& key) {
  for (auto at = waits_.find(key); at != waits_.end(); at = waits_.find(key)) at->second->wake_locked();
}

Task<Result<Appended>> MemoryBroker::append(Loop&, AppendRequest request) {
  PPL_ASSERT(!request.payloads.empty() && request.payloads.size() <= kBatchMessagesMax);
  if (auto failure = ordered_failure()) co_return std::unexpected(*failure);
  std::lock_guard lock(mutex_);
  auto station = find(request.station, request.if_missing);
  if (!station) co_return std::unexpected(station.error());
  auto& messages = (*station)->messages;
  const Appended appended{Sequence{messages.size() + 1}, static_cast<std::uint32_t>(request.payloads.size())};
  for (const auto payload : request.payloads) {
    messages.push_back({clock_.wall(), std::string(request.headers), std::string(payload)});
  }
  wake_all(key_of(request.station));
  co_return appended;
}

std::unique_ptr<MemoryBroker::MemoryFetched> MemoryBroker::take(const std::string& key, const std::string& group_name,
                                                                const FetchRequest& request, std::uint32_t at_least) {
  auto fetched = std::make_unique<MemoryFetched>();
  auto& station = stations_.at(key);
  auto& group = station.groups[group_name];
  group.expire(clock_.steady());
  const Sequence last{station.messages.size()};
  if (group.pending_at_most(last) < at_least) return fetched;
  std::uint64_t bytes = 0;
  std::vector<SequenceRange> taken;
  for (const auto& range : group.candidates(last)) {
    std::uint64_t sequence = range.first.value;
    for (; sequence <= range.last.value && fetched->messages().size() < request.max_messages; ++sequence) {
      const Stored& stored = station.messages[sequence - 1];
      bytes += stored.headers.size() + stored.payload.size();
      if (bytes > request.max_bytes && !fetched->messages().empty()) break;
      fetched->add(Sequence{sequence}, stored, range.deliveries + 1);
    }
    if (sequence > range.first.value) taken.push_back({range.first, Sequence{sequence - 1}, range.deliveries});
    if (sequence <= range.last.value) break;
  }
  if (taken.empty()) return fetched;
  fetched->station_key = key;
  fetched->group = group_name;
  fetched->ranges = taken;
  fetched->lease = group.lease(taken, clock_.steady() + std::chrono::milliseconds(template_.ack_wait_ms));
  return fetched;
}

Task<Result<std::unique_ptr<Fetched>>> MemoryBroker::fetch(Loop& loop, FetchRequest request, Cancellation& cancel) {
  const std::string key = key_of(request.station);
  const std::string group(request.group);
  if (auto failure = ordered_failure()) co_return std::unexpected(*failure);
  {
    std::lock_guard lock(mutex_);
    auto station = find(request.station, request.if_missing);
    if (!station) co_return std::unexpected(station.error());
  }
  for (;;) {
    Wait wait(*this, loop, cancel, key);
    SteadyTime until = request.deadline;
    {
      std::lock_guard lock(mutex_);
      if (cancel.reason() == Cancellation::Reason::kClientGone) co_return std::make_unique<MemoryFetched>();
      const bool last_look = cancel.requested() || loop.now() >= request.deadline;
      auto fetched = take(key, group, request, last_look ? 1 : request.min_messages);
      if (last_look || !fetched->messages().empty()) co_return std::move(fetched);
      until = std::min(until, stations_.at(key).groups.at(group).next_expiry());
      wait.enlist();
    }
    co_await wait.until(until);
    wait.finish();
  }
}

Task<Result<void>> MemoryBroker::settle(Loop&, Fetched& fetched, Settlement settlement) {
  auto& own = static_cast<MemoryFetched&>(fetched);
  if (auto failure = ordered_failure()) co_return std::unexpected(*failure);
  if (own.messages().empty()) co_return {};
  std::lock_guard lock(mutex_);
  auto& group = stations_.at(own.station_key).groups.at(own.group);
  if (settlement == Settlement::kAcknowledge) {
    group.acknowledge(own.ranges);
  } else {
    group.give_back(own.lease);
    wake_all(own.station_key);
  }
  co_return {};
}

}  // namespace propylon::broker

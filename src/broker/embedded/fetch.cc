// EmbeddedBroker's reading side: pick and lease, read, record the delivery, answer; later settle.
#include "broker/embedded/changes.h"
#include "broker/embedded/embedded_broker.h"
#include "broker/embedded/group_records.h"

namespace propylon::broker::embedded {

// A fetch's request with strings of its own: the caller's are gone after the first suspension.
struct EmbeddedBroker::Wanted {
  StationPtr station;
  std::string group;
  std::string consumer;
  std::uint32_t max_messages;
  std::uint32_t min_messages;
  std::uint64_t max_bytes;
  SteadyTime deadline;
};

namespace {

// Takes part in a count for as long as it lives.
class Counted final {
 public:
  explicit Counted(std::atomic<std::uint64_t>& count) : count_(count), place_(++count) {}
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  ~Counted() { --count_; }
  std::uint64_t place() const { return place_; }

 private:
  std::atomic<std::uint64_t>& count_;
  const std::uint64_t place_;
};

// The group of these deliveries, while it is still the one that gave them. Hold the station's mutex.
GroupState* group_of(Station& station, const std::string& group, std::uint64_t generation) {
  const auto found = station.groups.find(group);
  return found != station.groups.end() && found->second.generation == generation ? &found->second : nullptr;
}

// Whatever became of the record, nothing was handed out: to ask again does no harm.
Error nothing_handed_out(Error error) {
  if (error.code == ErrorCode::kOutcomeUnknown) error.code = ErrorCode::kStoreUnavailable;
  return error;
}

// False once the lease has ended, or the group is another: the messages are somebody else's to have.
bool still_leased(Station& station, const EmbeddedFetched& fetched) {
  std::lock_guard lock(station.mutex);
  const auto* state = group_of(station, fetched.group, fetched.generation);
  return state && state->group.ranges_of(fetched.lease);
}

void undo_lease(Station& station, const std::string& group, const Picked& picked) {
  std::lock_guard lock(station.mutex);
  auto* state = group_of(station, group, picked.generation);
  if (!state) return;
  state->group.undo(picked.lease);
  state->group.trim(station.floor);
  station.wake(*state);
}

}  // namespace

Task<Result<void>> EmbeddedBroker::make_group(Loop& loop, Station& station, const std::string& group) {
  (void)info_of(station);  // applies the retention: the group begins at the oldest message that is left
  PlaceChange change(station, group, {}, group_count_);
  auto made = co_await commit_durably(loop, station, change, log::RecordKind::kGroupPlaced, group);
  // Somebody else made it meanwhile: that is what was wanted.
  if (!made && made.error().code == ErrorCode::kConflict) co_return Result<void>{};
  co_return made;
}

// Nothing picked and no error: the deadline, the client or the drain ended it. kGroupNotFound: make it, then again.
Task<Result<Picked>> EmbeddedBroker::wait_and_pick(Loop& loop, const Wanted& wanted, Cancellation& cancel) {
  Station& station = *wanted.station;
  LogStore& store = store_of(station);
  const Counted counted(waiting_);
  for (;;) {
    std::optional<Waiter> waiter;
    SteadyTime until = wanted.deadline;
    {
      std::lock_guard lock(station.mutex);
      const auto found = station.groups.find(wanted.group);
      if (found == station.groups.end()) co_return fail(ErrorCode::kGroupNotFound, "The group is not there.");
      GroupState& state = found->second;
      if (cancel.reason() == Cancellation::Reason::kClientGone) {
        station.wake(state);  // what this fetch was woken for may serve the next one
        co_return Picked{};
      }
      const WallTime now = clock_.wall();
      state.seen(wanted.consumer, now);
      if (state.group.expire(clock_.steady())) state.group.trim(station.floor);
      if (state.group.lease_count() >= options_.in_flight_max) {
        co_return fail(ErrorCode::kOverloaded,
                       "The group holds as many unacknowledged deliveries as in_flight_max allows.");
      }
      station.apply_retention(store.log(), now);
      const bool last_look = cancel.requested() || loop.now() >= wanted.deadline;
      const PickLimits limits{wanted.max_messages, wanted.max_bytes,
                              clock_.steady() + std::chrono::milliseconds(station.settings.ack_wait_ms)};
      auto picked = station.pick(store.log(), state, limits, last_look ? 1 : wanted.min_messages);
      if (last_look || !picked.empty()) co_return picked;
      if (counted.place() > options_.waiters_max) {
        co_return fail(ErrorCode::kOverloaded, "As many fetches wait for messages as waiters_max allows.");
      }
      until = std::min(until, state.group.next_expiry());
      waiter.emplace(loop, station, state, wanted.min_messages, wanted.max_messages);
      waiter->enlist();
    }
    co_await waiter->wait(until, cancel);
    waiter->finish();
    if (waiter->dismissed()) co_return Picked{};
  }
}

// Reads what was picked and records the delivery, of a `disk` station durably. `fetched` stays empty when the messages
// are somebody else's to have. kGroupNotFound: the group was removed or moved meanwhile.
Task<Result<void>> EmbeddedBroker::deliver(Loop& loop, const Wanted& wanted, const Picked& picked,
                                           EmbeddedFetched& fetched) {
  Station& station = *wanted.station;
  fetched.station = wanted.station;
  fetched.group = wanted.group;
  fetched.generation = picked.generation;
  fetched.lease = picked.lease;
  auto read = co_await read_messages(loop, store_of(station).log(), cold_readers_, picked, wanted.max_bytes, fetched);
  if (!read || fetched.messages().empty()) co_return read;
  {
    std::lock_guard lock(station.mutex);
    auto* state = group_of(station, wanted.group, picked.generation);
    if (!state) co_return fail(ErrorCode::kGroupNotFound, "The group was removed or moved.");
    state->group.shorten(picked.lease, fetched.messages().back().sequence);
    state->group.trim(station.floor);
    const auto* leased = state->group.ranges_of(picked.lease);
    // The read took longer than the lease.
    if (!leased) {
      fetched.forget();
      co_return Result<void>{};
    }
    fetched.ranges = *leased;
  }
  const std::string body = encode_group_record(wanted.group, fetched.ranges);
  const GroupChange::Of of{wanted.group, picked.generation};
  GroupChange change(station, GroupChange::What::kDelivered, of, fetched.ranges);
  auto recorded = co_await commit(loop, station, change, log::RecordKind::kDelivered, body);
  if (!recorded) co_return std::unexpected(nothing_handed_out(std::move(recorded).error()));
  if (!station.promises_disk()) co_return recorded;
  // A message that has left must come again marked also after a power cut.
  auto durable = co_await store_of(station).waits().wait(loop, change.end());
  if (!durable) co_return std::unexpected(nothing_handed_out(std::move(durable).error()));
  if (!still_leased(station, fetched)) fetched.forget();
  co_return Result<void>{};
}

Task<Result<std::unique_ptr<Fetched>>> EmbeddedBroker::fetch(Loop& loop, FetchRequest request, Cancellation& cancel) {
  const std::string name(request.station.name);
  const AccountId account = request.station.account;
  Wanted wanted{nullptr,
                std::string(request.group),
                std::string(request.consumer),
                request.max_messages,
                request.min_messages,
                request.max_bytes,
                request.deadline};
  auto station = co_await station_for(loop, {account, name}, request.if_missing);
  if (!station) co_return std::unexpected(std::move(station).error());
  wanted.station = *station;
  for (;;) {
    auto fetched = std::make_unique<EmbeddedFetched>(fetched_bytes_);
    auto picked = co_await wait_and_pick(loop, wanted, cancel);
    if (picked && picked->empty()) {
      auto still_there = existing(loop, {account, name});
      if (!still_there) co_return std::unexpected(std::move(still_there).error());
      co_return std::move(fetched);
    }
    auto done = picked ? Result<void>{} : Result<void>(std::unexpected(picked.error()));
    if (picked) {
      done = co_await deliver(loop, wanted, *picked, *fetched);
      if (!done || fetched->messages().empty()) undo_lease(*wanted.station, wanted.group, *picked);
    }
    if (done) co_return std::move(fetched);
    if (done.error().code != ErrorCode::kGroupNotFound) co_return std::unexpected(std::move(done).error());
    auto made = co_await make_group(loop, *wanted.station, wanted.group);
    if (!made) co_return std::unexpected(nothing_handed_out(std::move(made).error()));
  }
}

Task<Result<void>> EmbeddedBroker::settle(Loop& loop, Fetched& fetched, Settlement settlement) {
  auto& own = static_cast<EmbeddedFetched&>(fetched);
  if (own.messages().empty()) co_return Result<void>{};
  if (settlement == Settlement::kAcknowledge) {
    const std::string body = encode_group_record(own.group, own.ranges);
    const GroupChange::Of of{own.group, own.generation};
    GroupChange change(*own.station, GroupChange::What::kAcknowledged, of, own.ranges);
    auto settled = co_await commit_durably(loop, *own.station, change, log::RecordKind::kAcked, body);
    const bool gone = !settled && (settled.error().code == ErrorCode::kGroupNotFound ||
                                   settled.error().code == ErrorCode::kStationNotFound);
    if (gone) co_return Result<void>{};  // there is nothing left that it could count for
    co_return settled;
  }
  // A give-back needs no record: after a restart the delivery counts as ended all the same.
  std::lock_guard lock(own.station->mutex);
  auto* state = group_of(*own.station, own.group, own.generation);
  if (!state) co_return Result<void>{};
  state->group.give_back(own.lease);
  state->group.trim(own.station->floor);
  own.station->wake(*state);
  co_return Result<void>{};
}

}  // namespace propylon::broker::embedded

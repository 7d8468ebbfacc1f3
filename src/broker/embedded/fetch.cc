// EmbeddedBroker's reading side: pick and lease, read, record the delivery, answer; later settle.
#include "broker/embedded/changes.h"
#include "broker/embedded/embedded_broker.h"
#include "broker/embedded/group_records.h"

namespace propylon::broker::embedded {

// A fetch's request with strings of its own: the caller's are gone after the first suspension.
struct EmbeddedBroker::Wanted {
  StationPtr station;
  std::string group;
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

void undo_lease(Station& station, const std::string& group, LeaseId lease) {
  std::lock_guard lock(station.mutex);
  auto& state = station.groups.at(group);
  state.group.undo(lease);
  station.wake(state);
}

}  // namespace

// Hold the station's mutex.
Result<GroupState*> EmbeddedBroker::group_of(Station& station, const std::string& name) {
  const auto found = station.groups.find(name);
  if (found != station.groups.end()) return &found->second;
  if (groups_.load() >= options_.groups_max) {
    return fail(ErrorCode::kOverloaded, "The server has as many consumer groups as groups_max allows (" +
                                            std::to_string(options_.groups_max) + ").");
  }
  ++groups_;
  auto& made = station.groups[name];
  made.group.trim(station.floor);
  return &made;
}

Task<Result<Picked>> EmbeddedBroker::wait_and_pick(Loop& loop, const Wanted& wanted, Cancellation& cancel) {
  Station& station = *wanted.station;
  const Counted counted(waiting_);
  for (;;) {
    std::optional<Waiter> waiter;
    SteadyTime until = wanted.deadline;
    {
      std::lock_guard lock(station.mutex);
      auto state = group_of(station, wanted.group);
      if (!state) co_return std::unexpected(state.error());
      auto& group = (*state)->group;
      if (cancel.reason() == Cancellation::Reason::kClientGone) {
        station.wake(**state);  // what this fetch was woken for may serve the next one
        co_return Picked{};
      }
      group.expire(clock_.steady());
      if (group.lease_count() >= options_.in_flight_max) {
        co_return fail(ErrorCode::kOverloaded,
                       "The group holds as many unacknowledged deliveries as in_flight_max allows.");
      }
      const bool last_look = cancel.requested() || loop.now() >= wanted.deadline;
      const PickLimits limits{wanted.max_messages, wanted.max_bytes,
                              clock_.steady() + std::chrono::milliseconds(station.settings.ack_wait_ms)};
      auto picked = station.pick(*log_, **state, limits, last_look ? 1 : wanted.min_messages);
      if (last_look || !picked.empty()) co_return picked;
      if (counted.place() > options_.waiters_max) {
        co_return fail(ErrorCode::kOverloaded, "As many fetches wait for messages as waiters_max allows.");
      }
      until = std::min(until, group.next_expiry());
      waiter.emplace(loop, station, **state, wanted.min_messages, wanted.max_messages);
      waiter->enlist();
    }
    co_await waiter->wait(until, cancel);
    waiter->finish();
  }
}

Task<Result<void>> EmbeddedBroker::record_group(Loop& loop, Station& station, bool delivered, const std::string& group,
                                                const std::vector<SequenceRange>& ranges) {
  const std::string body = encode_group_record(group, ranges);
  auto& turn = *turns_[loop.index()];
  const auto kind = delivered ? log::RecordKind::kDelivered : log::RecordKind::kAcked;
  const std::size_t record = turn.group_for(body.size() + log::kRecordHeaderBytes).add(kind, station.id, body);
  const auto what = delivered ? GroupChange::What::kDelivered : GroupChange::What::kAcknowledged;
  GroupChange change(station, what, group, ranges);
  auto committed = co_await turn.commit(change, record);
  co_return committed;
}

Task<Result<std::unique_ptr<Fetched>>> EmbeddedBroker::fetch(Loop& loop, FetchRequest request, Cancellation& cancel) {
  Wanted wanted{
      nullptr,         std::string(request.group), request.max_messages, request.min_messages, request.max_bytes,
      request.deadline};
  const std::string name(request.station.name);
  auto station = co_await station_for(loop, {request.station.account, name}, request.if_missing);
  if (!station) co_return std::unexpected(std::move(station).error());
  wanted.station = *station;
  auto fetched = std::make_unique<EmbeddedFetched>();
  auto picked = co_await wait_and_pick(loop, wanted, cancel);
  if (!picked) co_return std::unexpected(std::move(picked).error());
  if (picked->empty()) co_return std::move(fetched);

  fetched->station = wanted.station;
  fetched->group = wanted.group;
  fetched->lease = picked->lease;
  auto read = co_await read_messages(loop, *log_, cold_readers_, *picked, wanted.max_bytes, *fetched);
  if (!read || fetched->messages().empty()) {
    undo_lease(*wanted.station, wanted.group, picked->lease);
    if (!read) co_return std::unexpected(std::move(read).error());
    co_return std::move(fetched);
  }
  {
    std::lock_guard lock(wanted.station->mutex);
    auto& state = wanted.station->groups.at(wanted.group);
    state.group.shorten(picked->lease, fetched->messages().back().sequence);
    const auto* leased = state.group.ranges_of(picked->lease);
    // The read took longer than the lease: the messages are somebody else's to have.
    if (!leased) co_return std::make_unique<EmbeddedFetched>();
    fetched->ranges = *leased;
  }
  auto recorded = co_await record_group(loop, *wanted.station, true, wanted.group, fetched->ranges);
  if (!recorded) {
    undo_lease(*wanted.station, wanted.group, picked->lease);
    co_return std::unexpected(std::move(recorded).error());
  }
  co_return std::move(fetched);
}

Task<Result<void>> EmbeddedBroker::settle(Loop& loop, Fetched& fetched, Settlement settlement) {
  auto& own = static_cast<EmbeddedFetched&>(fetched);
  if (own.messages().empty()) co_return Result<void>{};
  if (settlement == Settlement::kAcknowledge) {
    co_return co_await record_group(loop, *own.station, false, own.group, own.ranges);
  }
  // A give-back needs no record: after a restart the delivery counts as ended all the same.
  std::lock_guard lock(own.station->mutex);
  auto& state = own.station->groups.at(own.group);
  state.group.give_back(own.lease);
  own.station->wake(state);
  co_return Result<void>{};
}

}  // namespace propylon::broker::embedded

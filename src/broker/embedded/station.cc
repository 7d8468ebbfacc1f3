#include "broker/embedded/station.h"

#include <algorithm>

#include "broker/embedded/waiter.h"

namespace propylon::broker::embedded {

StoreKind store_of(Durability durability) {
  switch (durability) {
    case Durability::kOs:
    case Durability::kDisk: return StoreKind::kDisk;
    case Durability::kMemory: return StoreKind::kMemory;
  }
  return StoreKind::kDisk;
}

void GroupState::seen(std::string_view consumer, WallTime now) {
  last_used = now;
  if (const auto found = consumers.find(consumer); found != consumers.end()) {
    found->second = now;
    return;
  }
  if (consumers.size() >= kConsumersKept) {
    consumers.erase(std::ranges::min_element(consumers, {}, [](const auto& each) { return each.second; }));
  }
  consumers.emplace(consumer, now);
}

Station::Station(StationIdentity identity, StationDocument station_document, std::uint64_t document_revision)
    : id(identity.id),
      account(identity.account),
      name(std::move(identity.name)),
      companion_of(identity.companion_of),
      created(station_document.created),
      store(store_of(station_document.settings.durability)),
      settings(station_document.settings),
      revision(document_revision),
      rules(std::make_shared<const ProduceRules>(produce_rules_of(settings))),
      index(identity.id) {}

bool Station::promises_disk() {
  std::lock_guard lock(mutex);
  return settings.durability == Durability::kDisk;
}

void Station::change_settings(const StationSettings& new_settings, std::uint64_t new_revision) {
  settings = new_settings;
  revision = new_revision;
  rules = std::make_shared<const ProduceRules>(produce_rules_of(settings));
}

void Station::show(const RecordEntry& entry) {
  last = std::max(last, entry.last());
  if (entry.last() <= counted_floor_) return;
  messages_ += entry.last().value - std::max(entry.first.value, counted_floor_.value + 1) + 1;
  bytes_ += entry.bytes;
}

Picked Station::collect(const log::Log& log, const std::vector<SequenceRange>& candidates,
                        const PickLimits& limits) const {
  Picked picked;
  std::uint64_t& messages = picked.messages;
  std::uint64_t bytes = 0;
  bool full = false;
  for (const auto& candidate : candidates) {
    if (full) break;
    const Sequence from = std::max(candidate.first, Sequence{floor.value + 1});
    index.for_each(log, from, [&](const RecordEntry& entry, const log::SegmentPin& pin) {
      const Sequence first = std::max(from, entry.first);
      if (first > candidate.last) return false;
      const std::uint64_t there = std::min(candidate.last, entry.last()).value - first.value + 1;
      const std::uint64_t take = std::min<std::uint64_t>(there, limits.max_messages - messages);
      // Of a record that is taken in part only its share counts; the reader cuts exactly.
      const std::uint64_t share = entry.bytes * take / entry.count;
      full = take == 0 || (messages > 0 && bytes + share > limits.max_bytes);
      if (full) return false;
      picked.records.push_back({entry, pin, static_cast<std::uint32_t>(first.value - entry.first.value),
                                static_cast<std::uint32_t>(take), candidate.deliveries + 1});
      const SequenceRange range{first, Sequence{first.value + take - 1}, candidate.deliveries};
      const bool joins = !picked.ranges.empty() && picked.ranges.back().last.value + 1 == first.value &&
                         picked.ranges.back().deliveries == range.deliveries;
      joins ? void(picked.ranges.back().last = range.last) : picked.ranges.push_back(range);
      messages += take;
      bytes += share;
      full = take < there;
      return !full;
    });
  }
  picked.more = full;
  return picked;
}

Picked Station::pick(const log::Log& log, GroupState& state, const PickLimits& limits, std::uint32_t at_least) {
  Picked picked = collect(log, state.group.candidates(last), limits);
  if (picked.empty() || picked.messages < at_least) return {};
  picked.lease = state.group.lease(picked.ranges, limits.lease_end);
  picked.generation = state.generation;
  picked.ranges = *state.group.ranges_of(picked.lease);
  return picked;
}

void Station::wake(GroupState& state) {
  if (state.waiters.empty()) return;
  std::uint64_t available = state.group.pending_at_most(last);
  for (auto at = state.waiters.begin(); at != state.waiters.end() && available > 0;) {
    Waiter& waiter = **at++;
    if (waiter.min_messages() > available) continue;
    available -= std::min<std::uint64_t>(available, waiter.max_messages());
    waiter.wake_enlisted();
  }
}

void Station::wake_all_groups() {
  for (auto& [group_name, state] : groups) wake(state);
}

void Station::dismiss(GroupState& state) {
  while (!state.waiters.empty()) state.waiters.front()->dismiss_enlisted();
}

void Station::raise_floor(Sequence new_floor) {
  if (new_floor <= floor) return;
  floor = new_floor;
  oldest_time_ = {};
  for (auto& [group_name, state] : groups) state.group.trim(floor);
}

bool Station::catch_up(const log::Log& log, std::size_t entries_max) {
  if (counted_floor_ == floor) return false;
  if (floor >= last) {
    messages_ = bytes_ = 0;
    counted_floor_ = floor;
  } else {
    const auto gone = index.count(log, {counted_floor_.value + 1}, floor, entries_max);
    messages_ -= gone.messages;
    bytes_ -= gone.bytes;
    counted_floor_ = gone.through;
  }
  if (counted_floor_ < floor) return true;
  index.drop_through(floor);
  return false;
}

void Station::recount(const log::Log& log) {
  index.drop_through(floor);
  const auto all = index.count(log, {floor.value + 1}, last, SIZE_MAX);
  messages_ = all.messages;
  bytes_ = all.bytes;
  counted_floor_ = floor;
}

}  // namespace propylon::broker::embedded

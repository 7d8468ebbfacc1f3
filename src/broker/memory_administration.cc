// MemoryBroker's administration of stations and groups.
#include "broker/memory_broker.h"
#include "broker/settings_change.h"

namespace propylon::broker {
namespace {

std::unexpected<Error> changed_meanwhile(std::string_view name, std::optional<std::uint64_t> revision) {
  if (!revision) return fail(ErrorCode::kPreconditionFailed, "Station " + std::string(name) + " does not exist.");
  return fail(ErrorCode::kPreconditionFailed, "Station " + std::string(name) + " has revision " +
                                                  std::to_string(*revision) + " by now; read it again.");
}

// The names of a page, in order: fills it from `items`, a map whose iterators `begin`..`end` are in name order.
template <class Item, class Iterator, class NameOf, class Describe>
Page<Item> page_of(Iterator begin, Iterator end, const PageRequest& request, NameOf name_of, Describe describe) {
  Page<Item> page;
  for (auto at = begin; at != end; ++at) {
    const std::string_view name = name_of(*at);
    if (!name.starts_with(request.prefix) || (!request.after.empty() && name <= request.after)) continue;
    page.more = page.items.size() == request.limit;
    if (page.more) break;
    page.items.push_back(describe(*at));
  }
  return page;
}

}  // namespace

const ProduceRules& MemoryBroker::produce_rules(Loop& loop, StationRef ref) {
  std::lock_guard lock(mutex_);
  const auto found = stations_.find(key_of(ref));
  return rules_[loop.index()] = produce_rules_of(found == stations_.end() ? template_ : found->second.settings());
}

std::vector<std::string> MemoryBroker::stations_with_schema(AccountId account, std::string_view schema,
                                                            std::size_t limit) const {
  std::lock_guard lock(mutex_);
  std::vector<std::string> names;
  for (auto at = stations_.lower_bound(Key{account, ""}); at != stations_.end() && at->first.first == account; ++at) {
    const auto& setting = at->second.settings().schema;
    if (names.size() < limit && setting && setting->name == schema) names.push_back(at->first.second);
  }
  return names;
}

Task<Result<StationInfo>> MemoryBroker::station(Loop&, StationRef ref) {
  std::lock_guard lock(mutex_);
  const auto found = find(ref);
  if (!found) co_return std::unexpected(found.error());
  co_return (*found)->info(ref.name);
}

Task<Result<Page<StationInfo>>> MemoryBroker::stations(Loop&, AccountId account, PageRequest request) {
  std::lock_guard lock(mutex_);
  if (failure_) co_return std::unexpected(*failure_);
  const auto describe = [&](auto& entry) {
    entry.second.apply_retention(clock_.wall());
    return entry.second.info(entry.first.second);
  };
  const auto name_of = [](const auto& entry) -> std::string_view { return entry.first.second; };
  co_return page_of<StationInfo>(stations_.lower_bound(Key{account, ""}),
                                 stations_.lower_bound(Key{AccountId{account.value + 1}, ""}), request, name_of,
                                 describe);
}

Task<Result<StationPut>> MemoryBroker::put_station(Loop&, StationRef ref, SettingsChange change,
                                                   Precondition precondition, IfMissing if_missing) {
  std::lock_guard lock(mutex_);
  const auto found = find(ref);
  const bool missing = !found && found.error().code == ErrorCode::kStationNotFound;
  if (!found && !(missing && if_missing == IfMissing::kCreate)) co_return std::unexpected(found.error());
  const std::optional<std::uint64_t> revision = missing ? std::nullopt : std::optional((*found)->revision());
  if (precondition.must_not_exist && !missing) {
    co_return fail(ErrorCode::kPreconditionFailed,
                   "Station " + std::string(ref.name) + " exists, with revision " + std::to_string(*revision) + ".");
  }
  if (precondition.revision && precondition.revision != revision) co_return changed_meanwhile(ref.name, revision);
  if (change.durability && *change.durability != Durability::kOs) {
    co_return fail(ErrorCode::kNotImplemented, "Stations in memory have durability os.", "durability");
  }
  MemoryStation& station = missing ? make_station(key_of(ref), with(template_, change)) : **found;
  const StationSettings settings = with(station.settings(), change);
  if (settings != station.settings()) station.change_settings(settings, ++last_revision_);
  station.apply_retention(clock_.wall());
  co_return StationPut{station.info(ref.name), missing};
}

Task<Result<void>> MemoryBroker::remove_station(Loop&, StationRef ref, Precondition precondition) {
  std::lock_guard lock(mutex_);
  const auto found = find(ref);
  if (!found) co_return std::unexpected(found.error());
  const std::uint64_t revision = (*found)->revision();
  const bool other_revision = precondition.revision && precondition.revision != revision;
  if (precondition.must_not_exist || other_revision) co_return changed_meanwhile(ref.name, revision);
  stations_.erase(key_of(ref));
  wake_all(key_of(ref));
  co_return {};
}

Task<Result<StationInfo>> MemoryBroker::purge(Loop&, StationRef ref, std::optional<Sequence> before) {
  std::lock_guard lock(mutex_);
  const auto found = find(ref);
  if (!found) co_return std::unexpected(found.error());
  MemoryStation& station = **found;
  const Sequence end{station.last().value + 1};
  station.trim(Sequence{std::max<std::uint64_t>(before.value_or(end).value, 1) - 1});
  co_return station.info(ref.name);
}

Task<Result<Page<GroupInfo>>> MemoryBroker::groups(Loop&, StationRef ref, PageRequest request) {
  std::lock_guard lock(mutex_);
  const auto found = find(ref);
  if (!found) co_return std::unexpected(found.error());
  MemoryStation& station = **found;
  const auto describe = [&](const auto& entry) {
    station.expire(*station.find_group(entry.first), clock_.steady());
    return station.info(entry.first, entry.second);
  };
  const auto name_of = [](const auto& entry) -> std::string_view { return entry.first; };
  co_return page_of<GroupInfo>(station.groups().begin(), station.groups().end(), request, name_of, describe);
}

Task<Result<void>> MemoryBroker::remove_group(Loop&, StationRef ref, std::string_view group) {
  std::lock_guard lock(mutex_);
  const auto found = find(ref);
  if (!found) co_return std::unexpected(found.error());
  const auto removed = find_group(**found, group);
  if (!removed) co_return std::unexpected(removed.error());
  (*found)->remove_group(group);
  wake_all(key_of(ref));
  co_return {};
}

Task<Result<GroupInfo>> MemoryBroker::seek_group(Loop&, StationRef ref, std::string_view name, SeekTarget target) {
  std::lock_guard lock(mutex_);
  const auto found = find(ref);
  if (!found) co_return std::unexpected(found.error());
  const auto group = find_group(**found, name);
  if (!group) co_return std::unexpected(group.error());
  (*found)->seek(**group, target);
  (*found)->apply_retention(clock_.wall());
  wake_all(key_of(ref));
  co_return (*found)->info(name, **group);
}

Result<MemoryGroup*> MemoryBroker::find_group(MemoryStation& station, std::string_view name) {
  if (MemoryGroup* found = station.find_group(name)) return found;
  return fail(ErrorCode::kGroupNotFound, "The station has no consumer group " + std::string(name) + ".");
}

}  // namespace propylon::broker

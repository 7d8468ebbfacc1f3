#include "broker/embedded/checkpoint.h"

#include <algorithm>

#include "broker/embedded/byte_codec.h"

namespace propylon::broker::embedded {
namespace {

constexpr std::uint32_t kVersion = 2;

void put_group(std::string& out, std::string_view name, const GroupState& state) {
  const auto ranges = state.group.unacknowledged();
  put_text(out, name);
  put(out, static_cast<std::uint64_t>(state.last_used.time_since_epoch().count()));
  put(out, state.group.next().value);
  put(out, static_cast<std::uint32_t>(ranges.size()));
  for (const auto& range : ranges) {
    put(out, range.first.value);
    put(out, range.last.value);
    put(out, range.deliveries);
  }
}

void get_group(ByteReader& in, Station* station) {
  const std::string name(in.text());
  const WallTime last_used(std::chrono::microseconds(in.get<std::uint64_t>()));
  const Sequence next{in.get<std::uint64_t>()};
  const auto count = in.get<std::uint32_t>();
  std::vector<SequenceRange> ranges;
  for (std::uint32_t i = 0; i < count && in.good(); ++i) {
    const Sequence first{in.get<std::uint64_t>()};
    const Sequence last{in.get<std::uint64_t>()};
    ranges.push_back({first, last, in.get<std::uint32_t>()});
  }
  if (!station || !in.good()) return;
  auto& state = station->groups[name];
  state.group.restore(next, ranges);
  state.last_used = last_used;
}

void get_station(ByteReader& in, const StationDirectory& directory) {
  const auto station = directory.by_id(StationId{in.get<std::uint64_t>()});
  const auto applied = log::Position::unpack(in.get<std::uint64_t>());
  const Sequence last{in.get<std::uint64_t>()};
  const Sequence floor{in.get<std::uint64_t>()};
  const auto groups = in.get<std::uint32_t>();
  if (station && in.good()) {
    station->applied = applied;
    station->last = station->assigned = std::max(last, floor);
    station->floor = floor;
  }
  for (std::uint32_t i = 0; i < groups && in.good(); ++i) get_group(in, station.get());
}

}  // namespace

CheckpointCopy copy_stations(const StationDirectory& directory, StoreKind store) {
  CheckpointCopy copy;
  put(copy.blob, kVersion);
  for (const auto& station : directory.all(store)) {
    std::lock_guard lock(station->mutex);
    put(copy.blob, station->id.value);
    put(copy.blob, station->applied.packed());
    put(copy.blob, station->last.value);
    put(copy.blob, station->floor.value);
    put(copy.blob, static_cast<std::uint32_t>(station->groups.size()));
    for (const auto& [name, state] : station->groups) put_group(copy.blob, name, state);
    copy.highest = std::max(copy.highest, station->applied);
  }
  return copy;
}

Result<void> restore_stations(ByteView blob, const StationDirectory& directory) {
  ByteReader in(blob);
  if (in.get<std::uint32_t>() != kVersion)
    return fail(ErrorCode::kDamaged, "The checkpoint was written by another version.");
  while (in.good() && !in.at_end()) get_station(in, directory);
  if (!in.good()) return fail(ErrorCode::kDamaged, "The checkpoint is cut short though its checksum is good.");
  return {};
}

}  // namespace propylon::broker::embedded

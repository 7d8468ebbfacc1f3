#include "broker/embedded/segment_rewriting.h"

#include <algorithm>
#include <ranges>
#include <unordered_map>

#include "broker/embedded/floor_records.h"
#include "log/limits.h"

namespace propylon::broker::embedded {
namespace {

// A segment takes part when less than this share of a full one is wanted.
constexpr std::uint64_t kWantedShare = 4;
// A run is rewritten when all but this share of it comes back, or when it makes one file of so many. What was rewritten
// is all wanted at first, so neither holds for it again until more has died or more neighbours have come.
constexpr std::uint64_t kKeptShare = 4;
constexpr std::size_t kMergedMin = 4;

std::uint64_t with_framing(std::uint64_t record_bytes, std::uint64_t records) {
  return record_bytes + records * log::kGroupHeaderBytes;  // at worst each record is in a group of its own
}

}  // namespace

SegmentRewriting::SegmentRewriting(log::Log& log, const StationDirectory& directory, const Logger& logger)
    : log_(log), directory_(directory), logger_(logger) {}

void SegmentRewriting::run_some() {
  if (rest_ > 0) {
    --rest_;
    return;
  }
  const auto segments = log_.segments();
  const std::uint64_t end = log_.oldest_replay_start().segment;
  auto at = std::ranges::lower_bound(segments, next_, {}, &log::SegmentInfo::id);
  for (std::size_t looks = 0; looks < kLooksPerCall; ++looks, ++at) {
    if (at == segments.end() || at->id >= end) {
      next_ = 0;
      end_run();
      return;
    }
    next_ = at->id + 1;
    const auto part = look_at(*at);
    const bool rewrote = (!part || !fits_run(*part)) && end_run();
    if (part) run_.push_back(*part);
    if (rewrote) return;
  }
}

std::optional<SegmentRewriting::Part> SegmentRewriting::look_at(const log::SegmentInfo& segment) const {
  const auto index = log_.sealed(segment.id).index;
  if (!index || refused_.contains(segment.id)) return std::nullopt;
  const std::uint64_t few = log_.segment_bytes() / kWantedShare;
  const std::uint64_t wanted = wanted_bytes(*index, few);
  if (wanted >= few) return std::nullopt;
  return Part{segment.id, segment.bytes, wanted, index->first_time(), index->last_time()};
}

std::uint64_t SegmentRewriting::wanted_bytes(const log::SegmentIndex& index, std::uint64_t enough) const {
  std::uint64_t bytes = 0;
  for (const auto& share : index.stations()) {
    const Sequence gone = gone_through(share.id());
    if (share.last_sequence <= gone.value) continue;
    if (share.first_sequence > gone.value) {
      bytes += with_framing(share.bytes, share.records);
    } else {
      const std::size_t first = index.lower_bound(share, Sequence{gone.value + 1});
      for (const auto& entry : index.entries(share).subspan(first)) bytes += with_framing(entry.bytes, 1);
    }
    if (bytes >= enough) break;
  }
  return bytes;
}

Sequence SegmentRewriting::gone_through(StationId id) const {
  const auto station = directory_.by_id(id);
  if (!station) return Sequence{UINT64_MAX};
  std::lock_guard lock(station->mutex);
  return station->gone_through();
}

bool SegmentRewriting::fits_run(const Part& part) const {
  if (run_.empty()) return true;
  std::uint64_t wanted = log::kSegmentHeaderBytes + part.wanted_bytes;
  for (const auto& other : run_) wanted += other.wanted_bytes;
  return run_.size() < kRunSegmentsMax && wanted <= log_.segment_bytes() &&
         part.last_time - run_.front().first_time <= std::chrono::milliseconds(log::kSegmentAgeMsMax);
}

bool SegmentRewriting::worth_it() const {
  std::uint64_t bytes = 0;
  std::uint64_t wanted = log::kSegmentHeaderBytes;
  for (const auto& part : run_) {
    bytes += part.bytes;
    wanted += part.wanted_bytes;
  }
  return run_.size() >= kMergedMin || (!run_.empty() && wanted <= bytes / kKeptShare);
}

bool SegmentRewriting::end_run() {
  // Some may have been removed since they were looked at.
  std::erase_if(run_, [&](const Part& part) { return !log_.pin(part.segment); });
  const bool rewrites = worth_it();
  if (rewrites) {
    const auto rewritten = rewrite_run();
    if (rewritten) {
      logger_.info("segments rewritten", {{"first", run_.front().segment},
                                          {"last", run_.back().segment},
                                          {"segments", rewritten->segments},
                                          {"bytes_before", rewritten->bytes_before},
                                          {"bytes_after", rewritten->bytes_after}});
    } else {
      logger_.warn(
          "segments could not be rewritten",
          {{"first", run_.front().segment}, {"last", run_.back().segment}, {"reason", rewritten.error().message}});
      const bool stays =
          rewritten.error().code == ErrorCode::kDamaged || rewritten.error().code == ErrorCode::kConflict;
      if (stays) {
        for (const auto& part : run_) refused_.insert(part.segment);
      } else {
        rest_ = kRestCalls;
      }
    }
  }
  run_.clear();
  return rewrites;
}

Result<log::Rewritten> SegmentRewriting::rewrite_run() {
  std::set<std::uint64_t> stations;
  std::unordered_map<std::uint64_t, Sequence> gone;  // asked once: a station's records are many
  DeletedThrough deleted;
  for (const auto& part : run_) {
    const auto index = log_.sealed(part.segment).index;
    for (const auto& share : index->stations()) {
      const auto [known, asked_now] = gone.try_emplace(share.station);
      if (asked_now) known->second = gone_through(share.id());
      Sequence& through = deleted[share.id()];
      through = std::max(through, std::min(known->second, Sequence{share.last_sequence}));
      stations.insert(share.station);
    }
  }
  PPL_CHECK(record_floors(log_, directory_, deleted));
  const auto keep = [&](StationId station, Sequence, Sequence last) {
    const auto known = gone.find(station.value);
    return known == gone.end() || last > known->second;
  };
  auto rewritten = PPL_TRY(log_.rewrite(run_.front().segment, run_.back().segment, keep));
  tell_stations(stations, *rewritten.index);
  return rewritten;
}

void SegmentRewriting::tell_stations(const std::set<std::uint64_t>& stations, const log::SegmentIndex& index) {
  const std::uint64_t first = run_.front().segment;
  for (const std::uint64_t id : stations) {
    const auto station = directory_.by_id(StationId{id});
    if (!station) continue;
    const auto* share = index.find(StationId{id});
    std::lock_guard lock(station->mutex);
    station->index.replaced(first, index.segment(),
                            share ? std::optional(Sequence{share->first_sequence}) : std::nullopt);
  }
  log_.forget_replaced(first, index.segment());
}

}  // namespace propylon::broker::embedded

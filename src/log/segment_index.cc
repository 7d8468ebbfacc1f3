#include "log/segment_index.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <optional>

#include "log/crc32c.h"
#include "log/little_endian.h"

// Index header (96 bytes):
//   0  magic           8    kIndexMagic
//   8  version         u32  kFormatVersion
//  12  crc             u32  crc32c of bytes 0..11, 16..95 and the station table
//  16  segment_id      u64
//  24  store_uuid      16
//  40  first_group     u64
//  48  last_group      u64
//  56  first_time_us   u64
//  64  last_time_us    u64
//  72  end             u32  where the last group of the segment ends
//  76  entries_crc     u32  crc32c of all entries
//  80  station_count   u32
//  84  entry_count     u32
//  88  segment_crc     u32  the checksum in the segment's header: a rewritten segment has the id of an earlier file
//  92  reserved        u32  0

namespace propylon::log {
namespace {

constexpr std::string_view kIndexMagic = "PPLINDEX";
constexpr std::size_t kIndexHeaderBytes = 96;

template <class Item>
std::span<const Item> items(const char* at, std::uint32_t count) {
  return {reinterpret_cast<const Item*>(at), count};
}

template <class Item>
ByteView bytes_of(std::span<const Item> of) {
  return {reinterpret_cast<const char*>(of.data()), of.size_bytes()};
}

std::uint32_t header_crc(const char* header, ByteView table) {
  return crc32c(crc32c(crc32c(0, {header, 12}), {header + 16, kIndexHeaderBytes - 16}), table);
}

// Whether ids ascend, each station's entries lie within the entries, and none is of no message: lookups rely on it.
bool table_holds(std::span<const StationShare> stations, std::span<const IndexEntry> entries) {
  std::uint64_t before = 0;
  for (const auto& share : stations) {
    if (share.station <= before && before != 0) return false;
    if (std::uint64_t{share.first_entry} + share.records > entries.size()) return false;
    before = share.station;
  }
  return std::ranges::find(entries, 0u, &IndexEntry::count) == entries.end();
}

// Of the file's bytes from `offset` on, read and not mapped: a sector that the disk has lost is an error here and would
// end the process there. Nothing when they cannot be read.
std::optional<std::uint32_t> crc_from(const File& file, std::uint64_t offset) {
  constexpr std::size_t kStepBytes = 256 * kKiB;
  const auto buffer = std::make_unique_for_overwrite<char[]>(kStepBytes);
  for (std::uint32_t crc = 0;;) {
    const auto read = file.read_at({buffer.get(), kStepBytes}, offset);
    if (!read) return std::nullopt;
    if (*read == 0) return crc;
    crc = crc32c(crc, {buffer.get(), *read});
    offset += *read;
  }
}

}  // namespace

Result<std::shared_ptr<const SegmentIndex>> SegmentIndex::open(FileLayer& files, const std::string& path,
                                                               const StoreUuid& store, const SegmentHeader& segment) {
  const auto file = PPL_TRY(files.open(path));
  std::shared_ptr<SegmentIndex> index(new SegmentIndex);
  index->mapping_ = PPL_TRY(file->map());
  const ByteView bytes = index->mapping_->bytes();
  const auto damaged = [&] { return fail(ErrorCode::kDamaged, fmt::format("{} is no index of its segment.", path)); };
  if (bytes.size() < kIndexHeaderBytes || !bytes.starts_with(kIndexMagic)) return damaged();
  const char* const at = bytes.data();
  const auto station_count = load<std::uint32_t>(at + 80);
  const auto entry_count = load<std::uint32_t>(at + 84);
  const std::uint64_t table_bytes = std::uint64_t{station_count} * sizeof(StationShare);
  if (bytes.size() != kIndexHeaderBytes + table_bytes + std::uint64_t{entry_count} * sizeof(IndexEntry)) {
    return damaged();
  }
  index->stations_ = items<StationShare>(at + kIndexHeaderBytes, station_count);
  index->entries_ = items<IndexEntry>(at + kIndexHeaderBytes + table_bytes, entry_count);
  if (load<std::uint32_t>(at + 12) != header_crc(at, bytes_of(index->stations_)) ||
      load<std::uint32_t>(at + 8) != kFormatVersion || load<std::uint64_t>(at + 16) != segment.segment ||
      load<std::uint32_t>(at + 88) != segment.crc || std::memcmp(at + 24, store.data(), store.size()) != 0 ||
      load<std::uint32_t>(at + 76) != crc_from(*file, kIndexHeaderBytes + table_bytes) ||
      !table_holds(index->stations_, index->entries_)) {
    return damaged();
  }
  index->segment_ = segment.segment;
  index->first_group_ = load<std::uint64_t>(at + 40);
  index->last_group_ = load<std::uint64_t>(at + 48);
  index->first_time_ = WallTime(std::chrono::microseconds(load<std::int64_t>(at + 56)));
  index->last_time_ = WallTime(std::chrono::microseconds(load<std::int64_t>(at + 64)));
  index->end_ = load<std::uint32_t>(at + 72);
  return index;
}

const StationShare* SegmentIndex::find(StationId station) const {
  const auto found = std::ranges::lower_bound(stations_, station.value, {}, &StationShare::station);
  return found != stations_.end() && found->station == station.value ? &*found : nullptr;
}

std::size_t SegmentIndex::lower_bound(const StationShare& share, Sequence sequence) const {
  const auto of_station = entries(share);
  const auto found = std::ranges::partition_point(
      of_station, [&](const IndexEntry& entry) { return entry.first_sequence + entry.count <= sequence.value; });
  return static_cast<std::size_t>(found - of_station.begin());
}

std::size_t SegmentIndex::lower_bound(const StationShare& share, WallTime wanted) const {
  const auto of_station = entries(share);
  const auto millisecond = std::chrono::milliseconds(1);
  const auto found = std::ranges::partition_point(
      of_station, [&](const IndexEntry& entry) { return time(entry) + millisecond <= wanted; });
  return static_cast<std::size_t>(found - of_station.begin());
}

void SegmentIndexBuilder::add_group(std::uint64_t group_number, Position end) {
  if (first_group_ == 0) first_group_ = group_number;
  last_group_ = group_number;
  end_ = end.offset;
}

void SegmentIndexBuilder::add(const RecordHeader& header, std::uint32_t offset) {
  const std::int64_t time_us = header.time.time_since_epoch().count();
  if (time_us > 0) {
    first_time_us_ = first_time_us_ == 0 ? time_us : std::min(first_time_us_, time_us);
    last_time_us_ = std::max(last_time_us_, time_us);
  }
  if (header.kind != RecordKind::kMessage) return;
  const IndexEntry entry{.first_sequence = header.first.value,
                         .offset = offset,
                         .time_ms = 0,
                         .count = header.count,
                         .bytes = header.length};
  station(header.station.value).records.push_back({entry, time_us});
}

SegmentIndexBuilder::Station& SegmentIndexBuilder::station(std::uint64_t id) {
  if (latest_ < stations_.size() && stations_[latest_].id == id) return stations_[latest_];
  const auto [known, fresh] = station_of_id_.emplace(id, stations_.size());
  if (fresh) stations_.push_back({.id = id, .records = {}});
  latest_ = known->second;
  return stations_[latest_];
}

std::vector<const SegmentIndexBuilder::Station*> SegmentIndexBuilder::by_id() const {
  std::vector<const Station*> sorted;
  sorted.reserve(stations_.size());
  for (const Station& station : stations_) sorted.push_back(&station);
  std::ranges::sort(sorted, {}, &Station::id);
  return sorted;
}

StationShare SegmentIndexBuilder::share(const Station& station, std::uint32_t first_entry) {
  StationShare share{.station = station.id,
                     .first_sequence = station.records.front().entry.first_sequence,
                     .first_entry = first_entry,
                     .records = static_cast<std::uint32_t>(station.records.size())};
  const IndexEntry& last = station.records.back().entry;
  share.last_sequence = last.first_sequence + last.count - 1;
  for (const auto& [entry, time_us] : station.records) {
    share.messages += entry.count;
    share.bytes += entry.bytes;
  }
  return share;
}

void SegmentIndexBuilder::append_entries(const Station& station, std::string& out) const {
  for (auto [entry, time_us] : station.records) {
    const std::int64_t since_ms = std::max<std::int64_t>(0, time_us - first_time_us_) / 1000;
    entry.time_ms = static_cast<std::uint32_t>(std::min<std::int64_t>(since_ms, UINT32_MAX));
    out.append(bytes_of(std::span<const IndexEntry>(&entry, 1)));
  }
}

std::string SegmentIndexBuilder::encode(const StoreUuid& store_uuid, const SegmentHeader& segment) const {
  const auto sorted = by_id();
  std::vector<StationShare> table;
  std::uint32_t entries = 0;
  for (const Station* const station : sorted) {
    table.push_back(share(*station, entries));
    entries += table.back().records;
  }
  std::string out(kIndexHeaderBytes, '\0');
  out.reserve(kIndexHeaderBytes + table.size() * sizeof(StationShare) + entries * sizeof(IndexEntry));
  out.append(bytes_of(std::span<const StationShare>(table)));
  for (const Station* const station : sorted) append_entries(*station, out);
  char* const at = out.data();
  const ByteView stored_table = ByteView(out).substr(kIndexHeaderBytes, table.size() * sizeof(StationShare));
  std::memcpy(at, kIndexMagic.data(), kIndexMagic.size());
  store<std::uint32_t>(at + 8, kFormatVersion);
  store<std::uint64_t>(at + 16, segment.segment);
  std::memcpy(at + 24, store_uuid.data(), store_uuid.size());
  store<std::uint64_t>(at + 40, first_group_);
  store<std::uint64_t>(at + 48, last_group_);
  store<std::int64_t>(at + 56, first_time_us_);
  store<std::int64_t>(at + 64, last_time_us_);
  store<std::uint32_t>(at + 72, end_);
  store<std::uint32_t>(at + 76, crc32c(0, ByteView(out).substr(kIndexHeaderBytes + stored_table.size())));
  store<std::uint32_t>(at + 80, static_cast<std::uint32_t>(table.size()));
  store<std::uint32_t>(at + 84, entries);
  store<std::uint32_t>(at + 88, segment.crc);
  store<std::uint32_t>(at + 12, header_crc(at, stored_table));
  return out;
}

}  // namespace propylon::log

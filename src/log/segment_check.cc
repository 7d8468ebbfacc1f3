#include "log/segment_check.h"

#include <fmt/format.h>

#include <filesystem>

namespace propylon::log {
namespace {

// One place after another is written down; a file that is garbage all over needs no more than this.
constexpr std::uint64_t kDamagedPlacesMax = 100;

}  // namespace

void SegmentWalk::note(const Segment& segment, std::uint64_t offset, std::string what, OnOpen on_open) {
  report_.findings.push_back({.file = std::filesystem::path(segment.path).filename(),
                              .offset = offset,
                              .what = std::move(what),
                              .on_open = on_open});
}

Result<WalkedSegment> SegmentWalk::walk(const Segment& segment, const std::function<void(std::uint64_t)>& progress) {
  WalkedSegment walked;
  auto scanner = PPL_TRY(GroupScanner::begin(segment));
  follows_ = follows_ && segment.id == end_.segment + 1;
  for (std::uint64_t places = 0;;) {
    if (const ScannedGroup* const group = PPL_TRY(scanner.next(0))) {
      take_group(segment, *group, walked);
      progress(scanner.at());
    } else if (++places > kDamagedPlacesMax || !PPL_TRY(pass_damage(segment, scanner, walked))) {
      break;
    }
  }
  if (segment.header.rewritten()) check_rewritten(segment, scanner, walked);
  follows_ = last_group_ != 0 && walked.whole;
  return walked;
}

Result<bool> SegmentWalk::pass_damage(const Segment& segment, GroupScanner& scanner, WalkedSegment& walked) {
  const std::uint64_t at = scanner.at();
  const Remnant remnant = PPL_TRY(examine_remnant(segment, at));
  if (remnant.bytes == 0) return false;
  const std::string reach = remnant.groups == 0
                                ? fmt::format("No whole group follows in the {} bytes behind it.", remnant.bytes)
                                : fmt::format("The next whole group begins at {}.", remnant.first_group);
  note(segment, at, fmt::format("{} {}", scanner.obstacle(), reach), OnOpen::kMiss);
  walked.whole = false;
  follows_ = false;
  if (remnant.groups == 0) return false;
  scanner.skip_to(remnant.first_group);
  return true;
}

void SegmentWalk::check_rewritten(const Segment& segment, const GroupScanner& scanner, WalkedSegment& walked) {
  const SegmentHeader& header = segment.header;
  if (walked.whole && (scanner.at() != header.end || last_group_ > header.last_group)) {
    note(segment, scanner.at(), "The rewritten segment does not end as its header says.", OnOpen::kMiss);
    walked.whole = false;
  }
  last_group_ = std::max(last_group_, header.last_group);
  end_ = {.segment = segment.id, .offset = scanner.at()};
}

void SegmentWalk::check_number(const Segment& segment, const ScannedGroup& group) {
  const std::uint64_t number = group.header.group_number;
  if (number <= last_group_) {
    note(segment, group.offset, fmt::format("Group {} stands behind group {}.", number, last_group_), OnOpen::kMiss);
  } else if (follows_ && !segment.header.rewritten() && number != last_group_ + 1) {
    note(segment, group.offset, fmt::format("Groups {} to {} are missing before it.", last_group_ + 1, number - 1),
         OnOpen::kMiss);
  }
}

void SegmentWalk::take_group(const Segment& segment, const ScannedGroup& group, WalkedSegment& walked) {
  check_number(segment, group);
  follows_ = true;
  last_group_ = group.header.group_number;
  end_ = {.segment = segment.id, .offset = group.end()};
  ++walked.groups;
  ++report_.groups;
  report_.group_bytes += group.header.length;
  walked.index.add_group(last_group_, end_);
  for (const auto& [offset, record] : group.records) {
    walked.index.add(record.header(), offset);
    take_record(segment, offset, record);
  }
}

void SegmentWalk::take_record(const Segment& segment, std::uint32_t offset, const RecordView& record) {
  ++report_.records;
  if (!is_known(record.kind())) {
    if (!record.header().skippable()) {
      note(segment, offset, "A newer version wrote a record that this one does not know.", OnOpen::kMiss);
    }
    return;
  }
  if (record.time() != WallTime{} && record.time() < last_time_) {
    note(segment, offset, "The record's time is before that of the record in front of it.", OnOpen::kNothing);
  }
  last_time_ = std::max(last_time_, record.time());
  if (record.station().value == 0) return;
  StationContents& station = report_.stations[record.station().value];
  if (station.first_at == Position{}) station.first_at = {.segment = segment.id, .offset = offset};
  if (record.kind() == RecordKind::kMessage) take_messages(segment, offset, record);
}

void SegmentWalk::take_messages(const Segment& segment, std::uint32_t offset, const RecordView& record) {
  StationContents& station = report_.stations[record.station().value];
  if (record.first() <= station.last) {
    note(segment, offset,
         fmt::format("Sequence {} of station {} stands behind its sequence {}.", record.first().value,
                     record.station().value, station.last.value),
         OnOpen::kNothing);
  }
  if (station.records++ == 0) station.first = record.first();
  station.last = std::max(station.last, record.last());
  station.messages += record.count();
  station.bytes += record.bytes();
  report_.messages += record.count();
}

}  // namespace propylon::log

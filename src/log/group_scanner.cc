#include "log/group_scanner.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "log/crc32c.h"
#include "log/little_endian.h"

namespace propylon::log {
namespace {

constexpr std::uint64_t kWindowBytes = kMiB;

}  // namespace

Result<void> decode_group(ByteView bytes, std::uint32_t offset, SegmentSeed seed, ScannedGroup& group) {
  group.header = PPL_TRY(GroupHeader::decode(bytes));
  group.offset = offset;
  group.records.clear();
  const GroupHeader& header = group.header;
  if (header.length > bytes.size()) return fail(ErrorCode::kCorruptRecord, "The group is cut off.");
  bytes = bytes.substr(0, header.length);
  // The group's checksum covers its header and the checksums of the records' headers; those cover the bodies.
  std::uint32_t crc = group_crc_begin(seed, bytes.data());
  std::uint32_t at = kGroupHeaderBytes;
  for (std::uint32_t i = 0; i < header.record_count; ++i) {
    const auto record = RecordView::decode(bytes.substr(at), seed);
    if (!record) {
      return fail(ErrorCode::kCorruptRecord,
                  fmt::format("{} (record {} of the group, offset {})", record.error().message, i + 1, offset + at));
    }
    group.records.push_back({.offset = offset + at, .record = *record});
    crc = crc32c(crc, bytes.substr(at, 4));
    at += record->bytes();
  }
  if (at != header.length) return fail(ErrorCode::kCorruptRecord, "The group is longer than its records.");
  if (crc != header.crc) return fail(ErrorCode::kCorruptRecord, "The group fails its checksum.");
  return {};
}

Result<GroupScanner> GroupScanner::begin(const Segment& segment) {
  return GroupScanner(segment, PPL_TRY(segment.file->size()));
}

Result<ByteView> GroupScanner::window(std::uint64_t wanted) {
  wanted = std::min(wanted, file_bytes_ > at_ ? file_bytes_ - at_ : 0);
  if (at_ < buffer_at_ || at_ + wanted > buffer_at_ + buffer_.size()) {
    const std::uint64_t bytes = std::min(std::max(wanted, kWindowBytes), file_bytes_ > at_ ? file_bytes_ - at_ : 0);
    buffer_.resize(bytes);
    buffer_at_ = at_;
    buffer_.resize(PPL_TRY(segment_->file->read_at(buffer_, at_)));
    wanted = std::min<std::uint64_t>(wanted, buffer_.size());
  }
  return ByteView(buffer_.data() + (at_ - buffer_at_), wanted);
}

const ScannedGroup* GroupScanner::stop(std::string obstacle) {
  obstacle_ = std::move(obstacle);
  return nullptr;
}

Result<const ScannedGroup*> GroupScanner::next(std::uint64_t expected) {
  const auto header = GroupHeader::decode(PPL_TRY(window(kGroupHeaderBytes)));
  if (!header) return stop(header.error().message);
  if (expected != 0 && header->group_number != expected) {
    return stop(fmt::format("Group {} stands where group {} has to be.", header->group_number, expected));
  }
  const auto decoded = decode_group(PPL_TRY(window(header->length)), at_, segment_->seed, group_);
  if (!decoded) return stop(decoded.error().message);
  at_ = group_.end();
  return &group_;
}

Result<Remnant> examine_remnant(const Segment& segment, std::uint64_t from) {
  Remnant remnant;
  const std::uint64_t size = PPL_TRY(segment.file->size());
  from = PPL_TRY(segment.file->next_data(from));
  if (from >= size) return remnant;
  std::string bytes(size - from, '\0');
  bytes.resize(PPL_TRY(segment.file->read_at(bytes, from)));
  const std::size_t last = bytes.find_last_not_of('\0');
  if (last == std::string::npos) return remnant;
  remnant.bytes = last + 1;
  ScannedGroup group;
  char magic[4];
  store<std::uint32_t>(magic, kGroupMagic);
  const ByteView all(bytes);
  for (std::size_t at = all.find({magic, 4}); at != ByteView::npos; at = all.find({magic, 4}, at)) {
    if (!decode_group(all.substr(at), static_cast<std::uint32_t>(from + at), segment.seed, group)) {
      ++at;
      continue;
    }
    if (remnant.groups++ == 0) remnant.first_group = group.offset;
    remnant.durable = std::max(remnant.durable, group.header.durable);
    at += group.header.length;
  }
  return remnant;
}

}  // namespace propylon::log

#include "log/format.h"

#include <cstring>

#include "log/crc32c.h"
#include "log/limits.h"
#include "log/little_endian.h"

namespace propylon::log {

SegmentSeed segment_seed(const StoreUuid& store, std::uint64_t segment) {
  char bytes[24];
  std::memcpy(bytes, store.data(), store.size());
  log::store<std::uint64_t>(bytes + 16, segment);
  return crc32c(0, {bytes, sizeof bytes});
}

void GroupHeader::encode(char* out) const {
  store<std::uint32_t>(out, kGroupMagic);
  store<std::uint32_t>(out + 4, crc);
  store<std::uint32_t>(out + 8, length);
  store<std::uint32_t>(out + 12, record_count);
  store<std::uint64_t>(out + 16, group_number);
  store<std::uint64_t>(out + 24, durable.segment);
  store<std::uint32_t>(out + 32, durable.offset);
  store<std::uint32_t>(out + 36, 0);
}

Result<GroupHeader> GroupHeader::decode(ByteView bytes) {
  if (bytes.size() < kGroupHeaderBytes || load<std::uint32_t>(bytes.data()) != kGroupMagic ||
      load<std::uint32_t>(bytes.data() + 36) != 0) {
    return fail(ErrorCode::kCorruptRecord, "There is no group of records here.");
  }
  const char* at = bytes.data();
  GroupHeader header{.crc = load<std::uint32_t>(at + 4),
                     .length = load<std::uint32_t>(at + 8),
                     .record_count = load<std::uint32_t>(at + 12),
                     .group_number = load<std::uint64_t>(at + 16),
                     .durable = {.segment = load<std::uint64_t>(at + 24), .offset = load<std::uint32_t>(at + 32)}};
  if (header.record_count == 0 || header.length > kGroupBytesMax ||
      header.length < kGroupHeaderBytes + std::uint64_t{header.record_count} * kRecordHeaderBytes) {
    return fail(ErrorCode::kCorruptRecord, "The group's length is impossible.");
  }
  return header;
}

std::uint32_t group_crc_begin(SegmentSeed seed, const char* encoded_header) {
  return crc32c(crc32c(seed, {encoded_header, 4}), {encoded_header + 8, kGroupHeaderBytes - 8});
}

void encode_segment_header(char* out, const StoreUuid& store_uuid, SegmentHeader& header) {
  std::memset(out, 0, kSegmentHeaderBytes);
  std::memcpy(out, kSegmentMagic.data(), kSegmentMagic.size());
  store<std::uint32_t>(out + 8, kFormatVersion);
  store<std::uint64_t>(out + 16, header.segment);
  std::memcpy(out + 24, store_uuid.data(), store_uuid.size());
  store<std::uint64_t>(out + 40, header.first_replaced);
  store<std::uint64_t>(out + 48, header.last_group);
  store<std::uint32_t>(out + 56, header.generation);
  store<std::uint32_t>(out + 60, header.end);
  header.crc = crc32c(crc32c(0, {out, 12}), {out + 16, kSegmentHeaderBytes - 16});
  store<std::uint32_t>(out + 12, header.crc);
}

SegmentHeaderFault read_segment_header(ByteView bytes, const StoreUuid& store_uuid, std::uint64_t segment,
                                       SegmentHeader& header) {
  if (bytes.size() < kSegmentHeaderBytes || !bytes.starts_with(kSegmentMagic)) return SegmentHeaderFault::kNotThere;
  const char* at = bytes.data();
  const SegmentHeader found{.segment = load<std::uint64_t>(at + 16),
                            .first_replaced = load<std::uint64_t>(at + 40),
                            .last_group = load<std::uint64_t>(at + 48),
                            .generation = load<std::uint32_t>(at + 56),
                            .end = load<std::uint32_t>(at + 60),
                            .crc = load<std::uint32_t>(at + 12)};
  if (found.crc != crc32c(crc32c(0, {at, 12}), {at + 16, kSegmentHeaderBytes - 16})) {
    return SegmentHeaderFault::kNotThere;
  }
  if (load<std::uint32_t>(at + 8) != kFormatVersion) return SegmentHeaderFault::kOtherVersion;
  if (std::memcmp(at + 24, store_uuid.data(), store_uuid.size()) != 0) return SegmentHeaderFault::kOtherStore;
  if (found.segment != segment) return SegmentHeaderFault::kOtherSegment;
  const bool possible = found.rewritten() ? found.first_replaced <= segment && found.last_group > 0 &&
                                                found.generation > 0 && found.end >= kSegmentHeaderBytes
                                          : found.last_group == 0 && found.generation == 0 && found.end == 0;
  if (!possible) return SegmentHeaderFault::kOtherVersion;
  header = found;
  return SegmentHeaderFault::kNone;
}

}  // namespace propylon::log

// Group and segment headers: what stands around the records. docs/log-format.md describes every file byte by byte.
//
// Group header (little endian, 40 bytes), followed by its records without padding:
//   0  magic            u32  kGroupMagic
//   4  crc              u32  crc32c of bytes 0..3, 8..39 and then of each record's header_crc (4 bytes), in order,
//                            seeded with the segment's seed
//   8  length           u32  of the whole group, this header included
//  12  record_count     u32  at least 1
//  16  group_number     u64  one more than that of the group before it; in a rewritten segment only higher
//  24  durable_segment  u64  \ everything before this position was known to be on disk
//  32  durable_offset   u32  / when the group was written
//  36  reserved         u32  0
//
// Segment header (64 bytes), at the start of a segment file:
//   0  magic            8    kSegmentMagic
//   8  version          u32  kFormatVersion
//  12  crc              u32  crc32c of bytes 0..11 and 16..63
//  16  segment_id       u64
//  24  store_uuid       16
//  40  first_replaced   u64  0: an ordinary segment; else it was rewritten, and takes the place of all segments from
//                            this id up to its own
//  48  last_group       u64  of a rewritten segment: the number of the last group that the replaced ones had
//  56  generation       u32  of a rewritten segment: one more than the highest of the replaced ones
//  60  end              u32  of a rewritten segment: where its last group ends, which is also the file's end
// The last four are 0 in an ordinary segment.
#pragma once
#include <array>
#include <cstdint>

#include "core/bytes.h"
#include "core/result.h"
#include "log/position.h"
#include "log/record.h"

namespace propylon::log {

// What ties the log and the catalog of one store together; random, so no client can know it.
using StoreUuid = std::array<unsigned char, 16>;

inline constexpr std::uint32_t kFormatVersion = 1;
inline constexpr std::uint32_t kGroupMagic = 0x50524750;  // "PGRP" in the file
inline constexpr std::string_view kSegmentMagic = "PPLSEGMT";
inline constexpr std::uint32_t kGroupHeaderBytes = 40;
inline constexpr std::uint32_t kSegmentHeaderBytes = 64;

// The seed of all header checksums in a segment: crc32c of store_uuid and segment id. Bytes of another segment, of
// another store or made up by a client do not pass for a group.
SegmentSeed segment_seed(const StoreUuid& store, std::uint64_t segment);

struct GroupHeader {
  std::uint32_t crc = 0;
  std::uint32_t length = 0;
  std::uint32_t record_count = 0;
  std::uint64_t group_number = 0;
  Position durable;

  // Writes kGroupHeaderBytes; `crc` is not computed here.
  void encode(char* out) const;
  // Reads a header whose checksum is not known to be good yet. Errors: kCorruptRecord: too short, no magic, or
  // numbers that cannot be.
  static Result<GroupHeader> decode(ByteView bytes);
};

// The checksum of a group: first over its encoded header (the crc field left out), then over each header_crc.
std::uint32_t group_crc_begin(SegmentSeed seed, const char* encoded_header);

// What the header of a segment says beside its store.
struct SegmentHeader {
  std::uint64_t segment = 0;
  std::uint64_t first_replaced = 0;  // 0: an ordinary segment
  std::uint64_t last_group = 0;
  std::uint32_t generation = 0;
  std::uint32_t end = 0;
  std::uint32_t crc = 0;  // differs from that of the file that had the id before

  bool rewritten() const { return first_replaced != 0; }
};

// Writes kSegmentHeaderBytes and sets `header.crc`.
void encode_segment_header(char* out, const StoreUuid& store, SegmentHeader& header);

enum class SegmentHeaderFault : std::uint8_t {
  kNone,
  kNotThere,      // too short or no such header: the file was never finished, or was overwritten
  kOtherVersion,  // a newer program's
  kOtherStore,
  kOtherSegment,  // the file was renamed
};
// Reads the header of what should be `segment`; `header` is set when there is no fault.
SegmentHeaderFault read_segment_header(ByteView bytes, const StoreUuid& store, std::uint64_t segment,
                                       SegmentHeader& header);

}  // namespace propylon::log

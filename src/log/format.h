// Group and segment headers: what stands around the records. docs/log-format.md describes every file byte by byte.
//
// Group header (little endian, 40 bytes), followed by its records without padding:
//   0  magic            u32  kGroupMagic
//   4  crc              u32  crc32c of bytes 0..3, 8..39 and then of each record's header_crc (4 bytes), in order,
//                            seeded with the segment's seed
//   8  length           u32  of the whole group, this header included
//  12  record_count     u32  at least 1
//  16  group_number     u64  one more than that of the group before it
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
//  40  reserved         24   0
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

// Writes kSegmentHeaderBytes.
void encode_segment_header(char* out, const StoreUuid& store, std::uint64_t segment);

enum class SegmentHeaderFault : std::uint8_t {
  kNone,
  kNotThere,      // too short or no such header: the file was never finished, or was overwritten
  kOtherVersion,  // a newer program's
  kOtherStore,
  kOtherSegment,  // the file was renamed
};
SegmentHeaderFault check_segment_header(ByteView bytes, const StoreUuid& store, std::uint64_t segment);

}  // namespace propylon::log

// One record of the log: a request's messages for one station, or one change of a station's state.
//
// Layout (little endian, no padding; docs/log-format.md has a worked example):
//   0  header_crc     u32  crc32c of bytes 4..47, seeded with the segment's seed
//   4  length         u32  of the whole record, header included
//   8  body_crc       u32  crc32c of the body, seed 0
//  12  kind           u8   RecordKind
//  13  flags          u8   bit 0: a reader that does not know the kind may skip the record; other bits 0
//  14  reserved       u16  0
//  16  station        u64
//  24  first_sequence u64
//  32  time_us        u64  microseconds since 1970
//  40  count          u32  messages in it; other kinds: as their writer defines
//  44  headers_bytes  u32
//  48  body: message: header block | u32 lengths[count] | payloads; other kinds: any bytes
#pragma once
#include <cstdint>
#include <optional>

#include "core/bytes.h"
#include "core/clock.h"
#include "core/ids.h"
#include "core/result.h"

namespace propylon::log {

// Stored; a number never changes its meaning. What the bodies of all but kMessage and kGap hold is the owner's.
enum class RecordKind : std::uint8_t {
  kMessage = 1,
  kFloor = 2,
  kDelivered = 3,
  kAcked = 4,
  kReleased = 5,
  kIdempotency = 6,
  kDeadLetter = 7,
  kCommit = 8,
  // first_sequence is by how much the last sequence of each station up to `station` grows here; station 0, as earlier
  // versions wrote it: of each that has stored a message before.
  kGap = 9,
  kGroupPlaced = 10,
  kGroupRemoved = 11,
};
// False: a newer program wrote it.
bool is_known(RecordKind kind);

inline constexpr std::uint8_t kSkippable = 1;
inline constexpr std::uint32_t kRecordHeaderBytes = 48;

// Makes the checksums of a segment's headers its own, see segment_seed() in log/format.h.
using SegmentSeed = std::uint32_t;

// The fixed part of a record.
struct RecordHeader {
  std::uint32_t header_crc = 0;
  std::uint32_t length = 0;
  std::uint32_t body_crc = 0;
  RecordKind kind = RecordKind::kMessage;
  std::uint8_t flags = 0;
  StationId station;
  Sequence first;
  WallTime time;
  std::uint32_t count = 0;
  std::uint32_t headers_bytes = 0;

  bool skippable() const { return (flags & kSkippable) != 0; }

  // Reads the header at the start of `bytes`, which may end anywhere after it. Checks its checksum and that its
  // numbers agree with each other; not that the body is there or whole, and not that the kind is known.
  // Errors: kCorruptRecord.
  static Result<RecordHeader> decode(ByteView bytes, SegmentSeed seed);
};

// A record whose bytes somebody else owns. Thread: as the bytes.
class RecordView {
 public:
  RecordView() = default;
  // Reads the record at the start of `bytes`; what follows it is not looked at. Checks both checksums and every
  // length. Errors: kCorruptRecord; it also stands for a record that is cut off.
  static Result<RecordView> decode(ByteView bytes, SegmentSeed seed);

  const RecordHeader& header() const { return header_; }
  RecordKind kind() const { return header_.kind; }
  StationId station() const { return header_.station; }
  Sequence first() const { return header_.first; }
  // Of the last message; only of a message record.
  Sequence last() const { return {header_.first.value + header_.count - 1}; }
  WallTime time() const { return header_.time; }
  std::uint32_t count() const { return header_.count; }
  // Of the whole record.
  std::uint32_t bytes() const { return header_.length; }

  // Everything behind the fixed header.
  ByteView body() const { return body_; }
  // The header block that all messages share; empty for other kinds.
  ByteView headers() const { return body_.substr(0, header_.headers_bytes); }
  // The payload of message `index` (< count); takes time in proportion to the index: go through many with payloads().
  ByteView payload(std::uint32_t index) const;

  // Goes through the payloads from the first to the last.
  class Payloads {
   public:
    std::optional<ByteView> next();

   private:
    friend class RecordView;
    Payloads(ByteView lengths, ByteView bytes) : lengths_(lengths), bytes_(bytes) {}
    ByteView lengths_;
    ByteView bytes_;
  };
  Payloads payloads() const;

 private:
  RecordHeader header_;
  ByteView body_;
};

}  // namespace propylon::log

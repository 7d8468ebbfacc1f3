// Frames the records of one group into one run of bytes, before the log's lock is held.
//
// A loop has one, fills it while its turn runs (payloads are copied and their checksums computed here), and under the
// lock only stamps sequences and times and hands it to Log::write(). Thread: caller serialises.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/bytes.h"
#include "core/clock.h"
#include "core/ids.h"
#include "log/format.h"
#include "log/limits.h"
#include "log/position.h"
#include "log/record.h"

namespace propylon::log {

// What a group asks of a disk that is full, from the least to the most. Segments are prepared: the last one is a
// reserve.
enum class SpaceClaim : std::uint8_t {
  kFrees,   // makes room: floors, removals. May use all of the reserve
  kServes,  // deliveries, acknowledgements: all of it but kFreeingShare, so that consuming leaves what emptying needs
  kStores,  // messages: none of it
};

class GroupBuffer final {
 public:
  GroupBuffer() = default;
  GroupBuffer(const GroupBuffer&) = delete;
  GroupBuffer& operator=(const GroupBuffer&) = delete;

  // How many bytes a message record will take.
  static std::uint64_t message_bytes(ByteView headers, std::span<const ByteView> payloads);
  // Whether a record of so many bytes (its header included) still fits kGroupBytesMax.
  bool fits(std::uint64_t record_bytes) const { return bytes_used() + record_bytes <= kGroupBytesMax; }

  // Adds one request's messages: 1 or more payloads that share a header block (at most kHeaderBlockBytesMax). Copies
  // everything. Returns the record's index, which stays valid until clear(). The record must fit (asserted).
  // stamp() it before the write.
  std::size_t add_message(StationId station, ByteView headers, std::span<const ByteView> payloads);

  // The same for any other kind; what its `count` and `flags` say is the caller's to define. First and time are 0
  // unless stamped.
  struct Marks {
    std::uint32_t count = 0;
    std::uint8_t flags = 0;
  };
  std::size_t add(RecordKind kind, StationId station, ByteView body, SpaceClaim claim, Marks marks);
  std::size_t add(RecordKind kind, StationId station, ByteView body, SpaceClaim claim = SpaceClaim::kServes) {
    return add(kind, station, body, claim, Marks{});
  }

  // A record of a segment, as it is there, its sequence and time included. It was checked when it was read.
  std::size_t add_copy(const RecordView& record);

  // Sets what is known only under the log's lock. Use the time that Log::stamp_time() gave.
  void stamp(std::size_t index, Sequence first, WallTime time);

  // Takes a refused record out; later ones move up. Its index is dead then, the others stay valid.
  void drop(std::size_t index);

  // Where the record begins, counted from the start of the group: add it to Written::start. Its record's length.
  // Both change when an earlier record is dropped.
  std::uint32_t offset(std::size_t index) const { return records_[index].offset; }
  std::uint32_t length(std::size_t index) const { return records_[index].length; }

  // Live records: those added and not dropped.
  std::size_t records() const { return live_; }
  bool empty() const { return live_ == 0; }
  // The largest of its live records.
  SpaceClaim claim() const;
  // What the group takes in the log, its own header included.
  std::uint64_t bytes_used() const { return used_; }

  // Forgets everything; keeps the memory for the next group, up to kGroupBufferKeptBytes.
  void clear();

  // --- for Log::write ---
  // Fills in the group header and all header checksums. May be called again with other values.
  void seal(SegmentSeed seed, std::uint64_t group_number, Position durable);
  // The whole group; valid after seal() and until the next change.
  ByteView bytes() const { return {buffer_.get(), used_}; }
  // The latest time that was stamped; 0 when none was.
  WallTime latest_time() const { return latest_time_; }

 private:
  struct Slot {
    std::uint32_t offset;
    std::uint32_t length;  // 0: dropped
    SpaceClaim claim;
  };
  // Makes room for a record at the end and writes what is known of its header; returns where its body goes.
  char* begin_record(const RecordHeader& header, SpaceClaim claim);
  std::size_t end_record(std::uint32_t body_crc);
  void reserve(std::size_t bytes);

  std::unique_ptr<char[]> buffer_;
  std::size_t capacity_ = 0;
  std::size_t used_ = kGroupHeaderBytes;
  std::vector<Slot> records_;
  std::size_t live_ = 0;
  std::array<std::uint32_t, 3> claims_{};  // how many live records have each
  WallTime latest_time_;
};

}  // namespace propylon::log

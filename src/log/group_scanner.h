// Walks through the groups of a segment file from front to back, checking everything.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "core/bytes.h"
#include "core/result.h"
#include "log/file_layer.h"
#include "log/format.h"
#include "log/record.h"
#include "log/segment.h"

namespace propylon::log {

// One whole group whose checksums are all good. Views live as long as the bytes it was read from.
struct ScannedGroup {
  struct Item {
    std::uint32_t offset = 0;  // of the record, in the segment
    RecordView record;
  };
  std::uint32_t offset = 0;  // of the group, in the segment
  GroupHeader header;
  std::vector<Item> records;

  std::uint32_t end() const { return offset + header.length; }
};

// Reads the group at the start of `bytes`, which lie at `offset` of their segment, into `group`.
// Errors: kCorruptRecord: it is cut off, a checksum (of group, header or body) is wrong, or its records do not fill it.
Result<void> decode_group(ByteView bytes, std::uint32_t offset, SegmentSeed seed, ScannedGroup& group);

// Thread: caller serialises. Memory: the largest group read, at least 1 MiB.
class GroupScanner {
 public:
  // The segment outlives the scanner; groups begin behind its header. Errors: kIo.
  static Result<GroupScanner> begin(const Segment& segment);

  // The next group, which must carry number `expected` (0: any); null when there is no such group here, be it the end
  // or damage. It lives until the next call. Errors: kIo.
  Result<const ScannedGroup*> next(std::uint64_t expected);
  // Why the last next() gave null, as a sentence.
  const std::string& obstacle() const { return obstacle_; }
  // Goes on behind damage, with a group that is known to begin there (Remnant::first_group).
  void skip_to(std::uint32_t offset) { at_ = offset; }
  // Where the next group has to begin.
  std::uint32_t at() const { return at_; }

 private:
  GroupScanner(const Segment& segment, std::uint64_t file_bytes) : segment_(&segment), file_bytes_(file_bytes) {}
  // The file's bytes from at() on: `wanted` of them, or as many as there are.
  Result<ByteView> window(std::uint64_t wanted);
  const ScannedGroup* stop(std::string obstacle);

  const Segment* segment_;
  std::uint64_t file_bytes_;
  std::uint32_t at_ = kSegmentHeaderBytes;
  std::vector<char> buffer_;
  ScannedGroup group_;
  std::string obstacle_;
  std::uint64_t buffer_at_ = 0;  // the offset in the file of the buffer's first byte
};

// What a segment file holds from some offset on, where no group follows any more.
struct Remnant {
  std::uint64_t bytes = 0;        // up to the last byte that is not zero
  std::uint64_t groups = 0;       // whole groups among them
  std::uint32_t first_group = 0;  // where the first of those begins
  Position durable;               // the highest durable position that they name
};
// Errors: kIo.
Result<Remnant> examine_remnant(const Segment& segment, std::uint64_t from);

}  // namespace propylon::log

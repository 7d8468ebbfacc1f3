#include "log/inventory.h"

#include <algorithm>

#include "log/group_scanner.h"

namespace propylon::log {

Inventory take_inventory(const std::vector<std::string>& names) {
  Inventory inventory;
  for (const auto& name : names) {
    const FileName file = parse_file_name(name);
    switch (file.sort) {
      case FileSort::kSegment: inventory.segments.push_back(file.number); break;
      case FileSort::kIndex: inventory.indexes.insert(file.number); break;
      case FileSort::kCheckpoint: inventory.checkpoints.push_back(file.number); break;
      case FileSort::kTemporary: inventory.temporaries.push_back(name); break;
      case FileSort::kOther:
        if (name == kStateName) {
          inventory.state = true;
        } else {
          inventory.others.push_back(name);
        }
        break;
    }
  }
  return inventory;
}

std::vector<std::uint64_t> missing_segments(std::span<const std::uint64_t> segments,
                                            std::optional<std::uint64_t> replay_segment) {
  if (segments.empty() && !replay_segment) return {};
  const std::uint64_t from = replay_segment.value_or(1);
  const std::uint64_t to = std::max(from, segments.empty() ? 0 : segments.back());
  std::vector<std::uint64_t> missing;
  for (std::uint64_t id = from; id <= to && missing.size() < kMissingToldMax; ++id) {
    if (!std::ranges::binary_search(segments, id)) missing.push_back(id);
  }
  return missing;
}

Result<SegmentHeaderFault> examine_header(const Place& place, Segment& segment) {
  char header[kSegmentHeaderBytes];
  const std::size_t n = PPL_TRY(segment.file->read_at(header, 0));
  return read_segment_header({header, n}, place.store, segment.id, segment.header);
}

Result<bool> is_unfinished(const Segment& segment) {
  return PPL_TRY(examine_remnant(segment, kSegmentHeaderBytes)).bytes == 0;
}

std::string_view explain(SegmentHeaderFault fault) {
  switch (fault) {
    case SegmentHeaderFault::kNone: return "";
    case SegmentHeaderFault::kNotThere: return "The header of the segment is damaged.";
    case SegmentHeaderFault::kOtherVersion:
      return "The segment has a format that this version does not know; start the newer one.";
    case SegmentHeaderFault::kOtherStore:
      return "The segment belongs to another store; put log and catalog of one store together.";
    case SegmentHeaderFault::kOtherSegment: return "The file is another segment's; give it its name back.";
  }
  return "";
}

}  // namespace propylon::log

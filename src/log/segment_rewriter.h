// Writes what is still wanted of some segments into one new file, which does not have its name yet.
#pragma once
#include <cstdint>
#include <memory>
#include <span>

#include "core/result.h"
#include "log/segment.h"
#include "log/segment_index.h"
#include "log/segment_table.h"

namespace propylon::log {

// A segment and its index, both complete and on disk under temporary names. `segment->path` is the name to be.
struct Draft {
  std::shared_ptr<Segment> segment;
  std::shared_ptr<const SegmentIndex> index;
  std::uint64_t bytes = 0;  // of the segment's file
};

// Copies the message records for which `keep` says yes, in their order and within their groups, into a draft with the
// id of the last source. All sources are sealed and indexed; ascending, at least one.
// Errors; no draft is left on disk then: kDamaged: a source is not what it was when it was indexed; kConflict: the
// draft would be larger than `bytes_max`; kStorageFull, kIo.
Result<Draft> write_draft(const Place& place, std::span<const SegmentTable::Row> sources, const KeepRecord& keep,
                          std::uint64_t bytes_max);
// Deletes what there is of it.
void delete_draft(const Place& place, std::uint64_t segment);

}  // namespace propylon::log

// How much of the disk the log may take, and the segments that fit it.
#pragma once
#include <string>

#include "broker/embedded/options.h"
#include "core/logger.h"
#include "core/result.h"
#include "log/file_layer.h"
#include "log/options.h"

namespace propylon::broker::embedded {

// Segments for a small disk: large enough for the largest group.
inline constexpr std::uint64_t kSmallSegmentBytes = 32 * kMiB;
// What a log needs at least: one segment in use, two prepared, and room for one to be indexed and freed.
inline constexpr std::uint64_t kSegmentsMin = 5;

struct DiskRoom {
  std::uint64_t bytes_max = 0;      // of the log's files; UINT64_MAX: no limit
  std::uint64_t segment_bytes = 0;  // that new segments are made with
};

// What data_bytes_max says, or four fifths of the file system that `directory`, which is there, lies on. A file system
// that reports no size (FUSE and some network ones) gives no limit, and a warning. A limit in which kSegmentsMin of the
// log's segments do not fit makes them smaller.
// Errors: kInvalidConfig: too small for small segments too; names data_bytes_max and the size that is needed. kIo.
Result<DiskRoom> disk_room(const Options& options, const log::Options& log_options, log::FileLayer& files,
                           const std::string& directory, const Logger& logger);

}  // namespace propylon::broker::embedded

#include "broker/embedded/disk_room.h"

#include <algorithm>

namespace propylon::broker::embedded {
namespace {

// As data_bytes_max 0 promises.
std::uint64_t share_of(std::uint64_t file_system_bytes) { return file_system_bytes / 5 * 4; }

std::unexpected<Error> too_small(const std::string& what, std::uint64_t needed) {
  return fail(ErrorCode::kInvalidConfig,
              what + "; the log sets files aside before the first message and needs " + std::to_string(needed) +
                  " bytes (data_bytes_max), on a file system of " + std::to_string(needed / 4 * 5) + " or more.",
              "data_bytes_max");
}

}  // namespace

Result<DiskRoom> disk_room(const Options& options, const log::Options& log_options, log::FileLayer& files,
                           const std::string& directory, const Logger& logger) {
  DiskRoom room{.bytes_max = options.data_bytes_max, .segment_bytes = log_options.segment_bytes};
  std::string what = "data_bytes_max is " + std::to_string(room.bytes_max);
  if (options.data_bytes_max == 0) {
    const std::uint64_t total = PPL_TRY(files.space(directory)).total_bytes;
    if (total == 0) {
      logger.warn("the file system does not say how large it is: set data_bytes_max, or the log grows until it is full",
                  {{"directory", directory}});
      room.bytes_max = UINT64_MAX;
      return room;
    }
    room.bytes_max = share_of(total);
    what = "The file system of " + directory + " has " + std::to_string(total) + " bytes, four fifths of them are " +
           std::to_string(room.bytes_max);
  }
  if (room.bytes_max >= kSegmentsMin * room.segment_bytes) return room;
  room.segment_bytes = std::min(room.segment_bytes, kSmallSegmentBytes);
  const std::uint64_t needed = kSegmentsMin * room.segment_bytes;
  if (room.bytes_max < needed) return too_small(what, needed);
  return room;
}

}  // namespace propylon::broker::embedded

// A segment file, and the names of all files of a log.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "log/file_layer.h"
#include "log/format.h"

namespace propylon::log {

// An open segment; it may outlive its name. Thread: any.
struct Segment {
  std::uint64_t id = 0;
  SegmentSeed seed = 0;
  std::string path;
  std::unique_ptr<File> file;
  SegmentHeader header;  // as far as it has been read or written

  // What GroupScanner::next() has to expect behind a group: in a rewritten segment groups are missing.
  std::uint64_t number_after(std::uint64_t group) const { return header.rewritten() ? 0 : group + 1; }
};

// "000000000001.seg", "000000000001.idx", "checkpoint-000000000001"; what is not finished yet has kTemporarySuffix.
std::string segment_name(std::uint64_t id);
std::string index_name(std::uint64_t id);
std::string checkpoint_name(std::uint64_t number);
inline constexpr std::string_view kStateName = "state";
inline constexpr std::string_view kTemporarySuffix = ".tmp";

// What a file in the directory is, by its name.
enum class FileSort : std::uint8_t { kSegment, kIndex, kCheckpoint, kTemporary, kOther };
struct FileName {
  FileSort sort = FileSort::kOther;
  std::uint64_t number = 0;  // of segment, index, checkpoint
};
FileName parse_file_name(std::string_view name);

// Where a log lives and whose it is.
struct Place {
  FileLayer& files;
  std::string directory;
  StoreUuid store;

  std::string path(std::string_view name) const { return directory + "/" + std::string(name); }
};

// Makes a segment file with its header, preallocated and durable under its name; what an earlier attempt left is
// replaced. Errors: kStorageFull, kIo; no file is left then, unless deleting it failed as well.
Result<std::shared_ptr<Segment>> create_segment(const Place& place, std::uint64_t id, std::uint64_t bytes);

// Opens the file without looking into it; its header is not filled in. Errors: kIo.
Result<std::shared_ptr<Segment>> open_segment(const Place& place, std::uint64_t id);

}  // namespace propylon::log

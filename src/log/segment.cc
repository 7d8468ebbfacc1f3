#include "log/segment.h"

#include <fmt/format.h>

#include <charconv>

namespace propylon::log {
namespace {

constexpr std::string_view kCheckpointPrefix = "checkpoint-";
constexpr std::size_t kDigits = 12;
constexpr std::uint64_t kSegmentIdMax = UINT32_MAX;  // see Position

std::optional<std::uint64_t> parse_number(std::string_view digits) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size() || digits.size() != kDigits || number == 0) {
    return std::nullopt;
  }
  return number;
}

std::shared_ptr<Segment> make_segment(const Place& place, std::uint64_t id, const std::string& path,
                                      std::unique_ptr<File> file) {
  return std::make_shared<Segment>(Segment{.id = id,
                                           .seed = segment_seed(place.store, id),
                                           .path = path,
                                           .file = std::move(file),
                                           .header = {.segment = id}});
}

Result<void> fill_segment(const Place& place, Segment& segment, std::uint64_t bytes) {
  char header[kSegmentHeaderBytes];
  encode_segment_header(header, place.store, segment.header);
  PPL_CHECK(segment.file->allocate(bytes));
  PPL_CHECK(segment.file->write_at({header, sizeof header}, 0));
  PPL_CHECK(segment.file->sync());
  return place.files.sync_directory(place.directory);
}

}  // namespace

std::string segment_name(std::uint64_t id) { return fmt::format("{:012}.seg", id); }
std::string index_name(std::uint64_t id) { return fmt::format("{:012}.idx", id); }
std::string checkpoint_name(std::uint64_t number) { return fmt::format("{}{:012}", kCheckpointPrefix, number); }

FileName parse_file_name(std::string_view name) {
  if (name.ends_with(kTemporarySuffix)) return {.sort = FileSort::kTemporary};
  std::optional<std::uint64_t> number;
  FileSort sort = FileSort::kOther;
  if (name.starts_with(kCheckpointPrefix)) {
    number = parse_number(name.substr(kCheckpointPrefix.size()));
    sort = FileSort::kCheckpoint;
  } else if (name.ends_with(".seg") || name.ends_with(".idx")) {
    number = parse_number(name.substr(0, name.size() - 4));
    sort = name.ends_with(".seg") ? FileSort::kSegment : FileSort::kIndex;
    if (number && *number > kSegmentIdMax) number.reset();
  }
  if (!number) return {};
  return {.sort = sort, .number = *number};
}

Result<std::shared_ptr<Segment>> create_segment(const Place& place, std::uint64_t id, std::uint64_t bytes) {
  const std::string path = place.path(segment_name(id));
  (void)place.files.unlink(path);  // an attempt that failed, and whose file could not be deleted then
  auto segment = make_segment(place, id, path, PPL_TRY(place.files.create(path)));
  if (auto filled = fill_segment(place, *segment, bytes); !filled) {
    (void)place.files.unlink(path);
    return std::unexpected(std::move(filled).error());
  }
  return segment;
}

Result<std::shared_ptr<Segment>> open_segment(const Place& place, std::uint64_t id) {
  const std::string path = place.path(segment_name(id));
  return make_segment(place, id, path, PPL_TRY(place.files.open(path)));
}

}  // namespace propylon::log

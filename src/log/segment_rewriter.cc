#include "log/segment_rewriter.h"

#include <fmt/format.h>

#include <algorithm>

#include "log/group_buffer.h"
#include "log/group_scanner.h"

namespace propylon::log {
namespace {

constexpr std::size_t kWriteBytes = kMiB;

std::string temporary_path(const Place& place, const std::string& name) {
  return place.path(name + std::string(kTemporarySuffix));
}

SegmentHeader header_for(std::span<const SegmentTable::Row> sources) {
  const Segment& first = *sources.front().segment;
  const SegmentTable::Row& last = sources.back();
  SegmentHeader header{
      .segment = last.segment->id,
      .first_replaced = first.header.rewritten() ? first.header.first_replaced : first.id,
      .last_group = last.segment->header.rewritten() ? last.segment->header.last_group : last.index->last_group()};
  for (const auto& source : sources) header.generation = std::max(header.generation, source.segment->header.generation);
  ++header.generation;
  return header;
}

// The draft's file while it is written; groups are collected into large writes.
class DraftFile {
 public:
  DraftFile(std::shared_ptr<Segment> segment, std::uint64_t bytes_max)
      : segment_(std::move(segment)), bytes_max_(bytes_max) {}

  // Copies what is wanted of a source. Errors: as write_draft().
  Result<void> copy_segment(const SegmentTable::Row& source, const KeepRecord& keep) {
    auto scanner = PPL_TRY(GroupScanner::begin(*source.segment));
    std::uint64_t expected = 0;
    while (scanner.at() < source.index->end()) {
      const ScannedGroup* group = PPL_TRY(scanner.next(expected));
      if (group == nullptr) {
        return fail(ErrorCode::kDamaged,
                    fmt::format("{}, offset {}: no group of records.", source.segment->path, scanner.at()));
      }
      PPL_CHECK(copy_group(*group, keep));
      expected = source.segment->number_after(group->header.group_number);
    }
    return {};
  }

  // Writes what is left and the header, and waits until all of it is on disk.
  Result<void> finish(const Place& place) {
    PPL_CHECK(flush());
    segment_->header.end = static_cast<std::uint32_t>(end_);
    char header[kSegmentHeaderBytes];
    encode_segment_header(header, place.store, segment_->header);
    PPL_CHECK(segment_->file->write_at({header, sizeof header}, 0));
    return segment_->file->sync();
  }

  const SegmentIndexBuilder& index() const { return index_; }
  std::uint64_t bytes() const { return end_; }

 private:
  Result<void> copy_group(const ScannedGroup& group, const KeepRecord& keep) {
    group_.clear();
    for (const auto& [offset, record] : group.records) {
      if (record.kind() != RecordKind::kMessage || !keep(record.station(), record.first(), record.last())) continue;
      const std::size_t copy = group_.add_copy(record);
      index_.add(record.header(), static_cast<std::uint32_t>(end_ + group_.offset(copy)));
    }
    if (group_.empty()) return {};
    if (end_ + group_.bytes_used() > bytes_max_) {
      return fail(ErrorCode::kConflict, "What is wanted of the segments does not fit into one.");
    }
    group_.seal(segment_->seed, group.header.group_number, group.header.durable);
    waiting_ += group_.bytes();
    end_ += group_.bytes_used();
    index_.add_group(group.header.group_number, {.segment = segment_->id, .offset = static_cast<std::uint32_t>(end_)});
    return waiting_.size() < kWriteBytes ? Result<void>{} : flush();
  }

  Result<void> flush() {
    PPL_CHECK(segment_->file->write_at(waiting_, end_ - waiting_.size()));
    waiting_.clear();
    return {};
  }

  const std::shared_ptr<Segment> segment_;  // shared with the draft
  const std::uint64_t bytes_max_;
  std::uint64_t end_ = kSegmentHeaderBytes;
  std::string waiting_;  // the last bytes before end_, not written yet
  GroupBuffer group_;
  SegmentIndexBuilder index_;
};

Result<std::shared_ptr<const SegmentIndex>> write_index(const Place& place, const SegmentHeader& segment,
                                                        const SegmentIndexBuilder& builder) {
  const std::string path = temporary_path(place, index_name(segment.segment));
  const auto file = PPL_TRY(place.files.create(path));
  PPL_CHECK(file->write_at(builder.encode(place.store, segment), 0));
  PPL_CHECK(file->sync());
  return SegmentIndex::open(place.files, path, place.store, segment);
}

Result<Draft> try_draft(const Place& place, std::span<const SegmentTable::Row> sources, const KeepRecord& keep,
                        std::uint64_t bytes_max) {
  const std::uint64_t id = sources.back().segment->id;
  auto segment = std::make_shared<Segment>();
  segment->id = id;
  segment->seed = segment_seed(place.store, id);
  segment->path = place.path(segment_name(id));
  segment->file = PPL_TRY(place.files.create(temporary_path(place, segment_name(id))));
  segment->header = header_for(sources);
  DraftFile file(segment, bytes_max);
  for (const auto& source : sources) PPL_CHECK(file.copy_segment(source, keep));
  PPL_CHECK(file.finish(place));
  auto index = PPL_TRY(write_index(place, segment->header, file.index()));
  return Draft{.segment = std::move(segment), .index = std::move(index), .bytes = file.bytes()};
}

}  // namespace

Result<Draft> write_draft(const Place& place, std::span<const SegmentTable::Row> sources, const KeepRecord& keep,
                          std::uint64_t bytes_max) {
  const std::uint64_t id = sources.back().segment->id;
  delete_draft(place, id);  // an attempt that failed, and whose files could not be deleted then
  auto draft = try_draft(place, sources, keep, bytes_max);
  if (!draft) delete_draft(place, id);
  return draft;
}

void delete_draft(const Place& place, std::uint64_t segment) {
  for (const std::string& name : {segment_name(segment), index_name(segment)}) {
    (void)place.files.unlink(temporary_path(place, name));
  }
}

}  // namespace propylon::log

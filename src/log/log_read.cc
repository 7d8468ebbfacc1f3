// Reading records: any thread, no lock.
#include <fmt/format.h>

#include <algorithm>

#include "log/limits.h"
#include "log/log.h"
#include "log/log_state.h"

namespace propylon::log {
namespace {

std::unexpected<Error> corrupt(const Segment& segment, std::uint32_t offset, std::string_view what) {
  return fail(ErrorCode::kCorruptRecord, fmt::format("{}, offset {}: {}", segment.path, offset, what));
}

Result<ReadOutcome> read_bytes(const Segment& segment, std::uint32_t offset, std::span<char> into, ReadMode mode) {
  std::size_t n = 0;
  if (mode == ReadMode::kCached) {
    const auto cached = PPL_TRY(segment.file->read_cached(into, offset));
    if (!cached) return ReadOutcome::kWouldBlock;
    n = *cached;
  } else {
    n = PPL_TRY(segment.file->read_at(into, offset));
  }
  if (n < into.size()) return corrupt(segment, offset, "The segment ends before the record does.");
  return ReadOutcome::kDone;
}

// libstdc++ 12 gives the capacity to the callback, not the size that was asked for.
void resize_unfilled(std::string& buffer, std::size_t bytes) {
  buffer.resize_and_overwrite(bytes, [bytes](char*, std::size_t) { return bytes; });
}

}  // namespace

Result<ReadOutcome> Log::read_range(const SegmentPin& pin, std::uint32_t offset, std::span<char> into,
                                    ReadMode mode) const {
  return read_bytes(*pin, offset, into, mode);
}

Result<RecordRead> Log::read(const SegmentPin& pin, std::uint32_t offset, std::uint32_t record_bytes,
                             std::string& buffer, ReadMode mode) const {
  if (record_bytes == 0) {
    resize_unfilled(buffer, kRecordHeaderBytes);
    const auto outcome = PPL_TRY(read_bytes(*pin, offset, buffer, mode));
    if (outcome != ReadOutcome::kDone) return RecordRead{.outcome = outcome, .record = {}};
    const auto header = RecordHeader::decode(buffer, pin->seed);
    if (!header) return corrupt(*pin, offset, header.error().message);
    record_bytes = header->length;
  }
  if (record_bytes > kGroupBytesMax) return corrupt(*pin, offset, "The record's length is impossible.");
  resize_unfilled(buffer, record_bytes);
  const auto outcome = PPL_TRY(read_bytes(*pin, offset, buffer, mode));
  if (outcome != ReadOutcome::kDone) return RecordRead{.outcome = outcome, .record = {}};
  const auto record = RecordView::decode(buffer, pin->seed);
  if (!record) return corrupt(*pin, offset, record.error().message);
  return RecordRead{.outcome = ReadOutcome::kDone, .record = *record};
}

Result<RecordView> Log::decode(const SegmentPin& pin, ByteView bytes) const {
  return RecordView::decode(bytes, pin->seed);
}

}  // namespace propylon::log

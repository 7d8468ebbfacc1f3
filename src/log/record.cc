#include "log/record.h"

#include "core/assert.h"
#include "log/crc32c.h"
#include "log/little_endian.h"

namespace propylon::log {
namespace {

// Whether the numbers of a header whose checksum is good agree with each other.
bool consistent(const RecordHeader& header) {
  if (header.length < kRecordHeaderBytes) return false;
  const std::uint64_t body = header.length - kRecordHeaderBytes;
  if (header.kind != RecordKind::kMessage) return header.headers_bytes == 0;
  const std::uint64_t framing = std::uint64_t{header.headers_bytes} + std::uint64_t{header.count} * 4;
  const bool sequences_fit = header.first.value > 0 && header.first.value + header.count - 1 >= header.first.value;
  return header.count > 0 && framing <= body && sequences_fit;
}

}  // namespace

bool is_known(RecordKind kind) {
  switch (kind) {
    case RecordKind::kMessage:
    case RecordKind::kFloor:
    case RecordKind::kDelivered:
    case RecordKind::kAcked:
    case RecordKind::kReleased:
    case RecordKind::kIdempotency:
    case RecordKind::kDeadLetter:
    case RecordKind::kCommit:
    case RecordKind::kGap:
    case RecordKind::kGroupPlaced:
    case RecordKind::kGroupRemoved: return true;
  }
  return false;
}

Result<RecordHeader> RecordHeader::decode(ByteView bytes, SegmentSeed seed) {
  if (bytes.size() < kRecordHeaderBytes) return fail(ErrorCode::kCorruptRecord, "The record is cut off.");
  const char* at = bytes.data();
  RecordHeader header;
  header.header_crc = load<std::uint32_t>(at);
  if (header.header_crc != crc32c(seed, bytes.substr(4, kRecordHeaderBytes - 4))) {
    return fail(ErrorCode::kCorruptRecord, "The record's header fails its checksum.");
  }
  header.length = load<std::uint32_t>(at + 4);
  header.body_crc = load<std::uint32_t>(at + 8);
  header.kind = static_cast<RecordKind>(load<std::uint8_t>(at + 12));
  header.flags = load<std::uint8_t>(at + 13);
  header.station = {load<std::uint64_t>(at + 16)};
  header.first = {load<std::uint64_t>(at + 24)};
  header.time = WallTime(std::chrono::microseconds(load<std::int64_t>(at + 32)));
  header.count = load<std::uint32_t>(at + 40);
  header.headers_bytes = load<std::uint32_t>(at + 44);
  const bool reserved_clear = load<std::uint16_t>(at + 14) == 0 && (header.flags & ~kSkippable) == 0;
  if (!reserved_clear || !consistent(header)) {
    return fail(ErrorCode::kCorruptRecord, "The record's header contradicts itself.");
  }
  return header;
}

Result<RecordView> RecordView::decode(ByteView bytes, SegmentSeed seed) {
  RecordView view;
  view.header_ = PPL_TRY(RecordHeader::decode(bytes, seed));
  if (view.header_.length > bytes.size()) return fail(ErrorCode::kCorruptRecord, "The record is cut off.");
  view.body_ = bytes.substr(kRecordHeaderBytes, view.header_.length - kRecordHeaderBytes);
  if (crc32c(0, view.body_) != view.header_.body_crc) {
    return fail(ErrorCode::kCorruptRecord, "The record's body fails its checksum.");
  }
  if (view.header_.kind == RecordKind::kMessage) {
    std::uint64_t left = view.body_.size() - view.header_.headers_bytes - std::uint64_t{view.header_.count} * 4;
    const char* lengths = view.body_.data() + view.header_.headers_bytes;
    for (std::uint32_t i = 0; i < view.header_.count; ++i) {
      const auto length = load<std::uint32_t>(lengths + std::size_t{i} * 4);
      if (length > left) return fail(ErrorCode::kCorruptRecord, "The record's payloads are longer than the record.");
      left -= length;
    }
    if (left != 0) return fail(ErrorCode::kCorruptRecord, "The record is longer than its payloads.");
  }
  return view;
}

ByteView RecordView::payload(std::uint32_t index) const {
  PPL_ASSERT(header_.kind == RecordKind::kMessage && index < header_.count);
  auto payloads = this->payloads();
  for (; index > 0; --index) payloads.next();
  return *payloads.next();
}

RecordView::Payloads RecordView::payloads() const {
  if (header_.kind != RecordKind::kMessage) return {{}, {}};
  const std::size_t lengths = std::size_t{header_.count} * 4;
  return {body_.substr(header_.headers_bytes, lengths), body_.substr(header_.headers_bytes + lengths)};
}

std::optional<ByteView> RecordView::Payloads::next() {
  if (lengths_.empty()) return std::nullopt;
  const auto length = load<std::uint32_t>(lengths_.data());
  const ByteView payload = bytes_.substr(0, length);
  lengths_.remove_prefix(4);
  bytes_.remove_prefix(length);
  return payload;
}

}  // namespace propylon::log

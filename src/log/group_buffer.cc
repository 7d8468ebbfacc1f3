#include "log/group_buffer.h"

#include <algorithm>
#include <cstring>

#include "core/assert.h"
#include "log/crc32c.h"
#include "log/little_endian.h"

namespace propylon::log {

std::uint64_t GroupBuffer::message_bytes(ByteView headers, std::span<const ByteView> payloads) {
  std::uint64_t bytes = kRecordHeaderBytes + headers.size() + payloads.size() * 4;
  for (const ByteView payload : payloads) bytes += payload.size();
  return bytes;
}

std::size_t GroupBuffer::add_message(StationId station, ByteView headers, std::span<const ByteView> payloads) {
  PPL_ASSERT(!payloads.empty() && headers.size() <= kHeaderBlockBytesMax);
  const std::uint64_t length = message_bytes(headers, payloads);
  PPL_ASSERT(fits(length));
  char* const body = begin_record({.length = static_cast<std::uint32_t>(length),
                                   .kind = RecordKind::kMessage,
                                   .station = station,
                                   .first = {},
                                   .time = {},
                                   .count = static_cast<std::uint32_t>(payloads.size()),
                                   .headers_bytes = static_cast<std::uint32_t>(headers.size())},
                                  SpaceClaim::kStores);
  char* at = std::copy_n(headers.data(), headers.size(), body);
  for (const ByteView payload : payloads) {
    store<std::uint32_t>(at, static_cast<std::uint32_t>(payload.size()));
    at += 4;
  }
  for (const ByteView payload : payloads) at = std::copy_n(payload.data(), payload.size(), at);
  return end_record(crc32c(0, {body, length - kRecordHeaderBytes}));
}

std::size_t GroupBuffer::add(RecordKind kind, StationId station, ByteView body, SpaceClaim claim, Marks marks) {
  PPL_ASSERT(kind != RecordKind::kMessage && fits(kRecordHeaderBytes + body.size()));
  char* const at = begin_record({.length = static_cast<std::uint32_t>(kRecordHeaderBytes + body.size()),
                                 .kind = kind,
                                 .flags = marks.flags,
                                 .station = station,
                                 .first = {},
                                 .time = {},
                                 .count = marks.count},
                                claim);
  std::copy_n(body.data(), body.size(), at);
  return end_record(crc32c(0, body));
}

std::size_t GroupBuffer::add_copy(const RecordView& record) {
  PPL_ASSERT(fits(record.bytes()));
  std::copy_n(record.body().data(), record.body().size(), begin_record(record.header(), SpaceClaim::kStores));
  // The checksum goes along with the body: a copy that went wrong shows like any other damage.
  const std::size_t index = end_record(record.header().body_crc);
  stamp(index, record.first(), record.time());
  return index;
}

char* GroupBuffer::begin_record(const RecordHeader& header, SpaceClaim claim) {
  reserve(used_ + header.length);
  char* const at = buffer_.get() + used_;
  std::memset(at, 0, kRecordHeaderBytes);
  store<std::uint32_t>(at + 4, header.length);
  store<std::uint8_t>(at + 12, std::to_underlying(header.kind));
  store<std::uint8_t>(at + 13, header.flags);
  store<std::uint64_t>(at + 16, header.station.value);
  store<std::uint32_t>(at + 40, header.count);
  store<std::uint32_t>(at + 44, header.headers_bytes);
  records_.push_back({.offset = static_cast<std::uint32_t>(used_), .length = header.length, .claim = claim});
  return at + kRecordHeaderBytes;
}

std::size_t GroupBuffer::end_record(std::uint32_t body_crc) {
  const Slot& slot = records_.back();
  store<std::uint32_t>(buffer_.get() + slot.offset + 8, body_crc);
  used_ += slot.length;
  ++live_;
  ++claims_[std::to_underlying(slot.claim)];
  return records_.size() - 1;
}

void GroupBuffer::stamp(std::size_t index, Sequence first, WallTime time) {
  char* const at = buffer_.get() + records_[index].offset;
  store<std::uint64_t>(at + 24, first.value);
  store<std::int64_t>(at + 32, time.time_since_epoch().count());
  latest_time_ = std::max(latest_time_, time);
}

void GroupBuffer::drop(std::size_t index) {
  const Slot dropped = records_[index];
  PPL_ASSERT(dropped.length != 0);
  char* const at = buffer_.get() + dropped.offset;
  std::memmove(at, at + dropped.length, used_ - dropped.offset - dropped.length);
  for (std::size_t later = index + 1; later < records_.size(); ++later) records_[later].offset -= dropped.length;
  records_[index].length = 0;
  used_ -= dropped.length;
  --live_;
  --claims_[std::to_underlying(dropped.claim)];
}

SpaceClaim GroupBuffer::claim() const {
  if (claims_[std::to_underlying(SpaceClaim::kStores)] != 0) return SpaceClaim::kStores;
  return claims_[std::to_underlying(SpaceClaim::kServes)] != 0 ? SpaceClaim::kServes : SpaceClaim::kFrees;
}

void GroupBuffer::clear() {
  records_.clear();
  live_ = 0;
  claims_ = {};
  used_ = kGroupHeaderBytes;
  latest_time_ = {};
  if (capacity_ > kGroupBufferKeptBytes) {
    buffer_.reset();
    capacity_ = 0;
  }
}

void GroupBuffer::seal(SegmentSeed seed, std::uint64_t group_number, Position durable) {
  PPL_ASSERT(live_ > 0);
  char* const group = buffer_.get();
  GroupHeader header{.length = static_cast<std::uint32_t>(used_),
                     .record_count = static_cast<std::uint32_t>(live_),
                     .group_number = group_number,
                     .durable = durable};
  header.encode(group);
  header.crc = group_crc_begin(seed, group);
  for (const Slot& slot : records_) {
    if (slot.length == 0) continue;
    char* const at = group + slot.offset;
    store<std::uint32_t>(at, crc32c(seed, {at + 4, kRecordHeaderBytes - 4}));
    header.crc = crc32c(header.crc, {at, 4});
  }
  store<std::uint32_t>(group + 4, header.crc);
}

void GroupBuffer::reserve(std::size_t bytes) {
  if (bytes <= capacity_) return;
  const std::size_t capacity = std::max({bytes, capacity_ * 2, std::size_t{16 * kKiB}});
  auto larger = std::make_unique_for_overwrite<char[]>(capacity);
  if (buffer_) std::memcpy(larger.get(), buffer_.get(), used_);
  buffer_ = std::move(larger);
  capacity_ = capacity;
}

}  // namespace propylon::log

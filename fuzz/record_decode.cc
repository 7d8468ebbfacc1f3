// Records and groups of any bytes: decoded strictly or refused, never read out of bounds.
//
// No fuzzer guesses a checksum, so the input's first record also gets good ones before it is tried again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "log/crc32c.h"
#include "log/group_scanner.h"
#include "log/little_endian.h"
#include "log/record.h"

namespace {

using namespace propylon;
using namespace propylon::log;

constexpr SegmentSeed kSeed = 1;

// Touches every byte that the view shows; what it shows must fill the record.
void use(const RecordView& record) {
  std::size_t bytes = kRecordHeaderBytes + record.headers().size();
  std::uint32_t count = 0;
  auto payloads = record.payloads();
  while (const auto payload = payloads.next()) {
    bytes += 4 + payload->size();
    if (crc32c(0, *payload) != crc32c(0, record.payload(count))) std::abort();
    if (++count == 100) return;  // payload(i) takes time in proportion to i
  }
  if (record.kind() == RecordKind::kMessage && (bytes != record.bytes() || count != record.count())) std::abort();
}

void reseal_record(std::string& bytes, std::size_t at) {
  if (bytes.size() - at < kRecordHeaderBytes) return;
  const auto length = load<std::uint32_t>(bytes.data() + at + 4);
  const ByteView body = ByteView(bytes).substr(at + kRecordHeaderBytes);
  const std::size_t body_bytes = length < kRecordHeaderBytes ? 0 : length - kRecordHeaderBytes;
  store<std::uint32_t>(bytes.data() + at + 8, crc32c(0, body.substr(0, body_bytes)));
  store<std::uint32_t>(bytes.data() + at, crc32c(kSeed, ByteView(bytes).substr(at + 4, kRecordHeaderBytes - 4)));
}

// Gives every record that can be walked to, and the group, the checksum that it needs.
void reseal_group(std::string& bytes) {
  if (bytes.size() < kGroupHeaderBytes) return;
  store<std::uint32_t>(bytes.data(), kGroupMagic);
  std::uint32_t crc = group_crc_begin(kSeed, bytes.data());
  std::size_t at = kGroupHeaderBytes;
  while (bytes.size() - at >= kRecordHeaderBytes) {
    reseal_record(bytes, at);
    crc = crc32c(crc, ByteView(bytes).substr(at, 4));
    const auto length = load<std::uint32_t>(bytes.data() + at + 4);
    if (length < kRecordHeaderBytes || length > bytes.size() - at) break;
    at += length;
  }
  store<std::uint32_t>(bytes.data() + 4, crc);
}

void decode_both(const std::string& bytes) {
  if (const auto record = RecordView::decode(bytes, kSeed)) use(*record);
  ScannedGroup group;
  if (decode_group(bytes, 0, kSeed, group)) {
    for (const auto& item : group.records) use(item.record);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string input(reinterpret_cast<const char*>(data), size);
  decode_both(input);
  std::string record = input;
  reseal_record(record, 0);
  decode_both(record);
  std::string group = input;
  reseal_group(group);
  decode_both(group);
  return 0;
}

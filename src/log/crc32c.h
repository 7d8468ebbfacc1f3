// CRC-32C (Castagnoli), the checksum of everything in the log.
#pragma once
#include <cstdint>

#include "core/bytes.h"

namespace propylon::log {

// The checksum of `bytes` appended to bytes whose checksum is `seed` (0: none): crc32c(crc32c(0, a), b) equals
// crc32c(0, ab). Uses the processor's instruction where it has one, else a table. Thread: any.
// Check value (RFC 3720 B.4): crc32c(0, "123456789") is 0xe3069283.
std::uint32_t crc32c(std::uint32_t seed, ByteView bytes);

// The same by table, whatever the processor can; for the test that compares both.
std::uint32_t crc32c_by_table(std::uint32_t seed, ByteView bytes);

}  // namespace propylon::log

// Where a record or a group begins in the log.
#pragma once
#include <compare>
#include <cstdint>

namespace propylon::log {

// A byte of one segment file. Positions compare in the order in which bytes are written. The default is before
// everything. Segment ids start at 1 and stay below 2^32 (256 EiB of segments), so that a position fits a word.
struct Position {
  std::uint64_t segment = 0;
  std::uint32_t offset = 0;  // from the start of the segment file

  friend auto operator<=>(const Position&, const Position&) = default;

  // The same as one ordered number, for atomics and compact tables.
  constexpr std::uint64_t packed() const { return segment << 32 | offset; }
  static constexpr Position unpack(std::uint64_t word) {
    return {.segment = word >> 32, .offset = static_cast<std::uint32_t>(word)};
  }
};

}  // namespace propylon::log

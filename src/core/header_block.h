// The headers of a message as one block of bytes, the form in which they are stored.
//
//   repeated:  name_bytes u16 | value_bytes u32 | name | value        (little endian, no padding)
//
// Example: {"A":"xy"} is 01 00 02 00 00 00 41 78 79. Names are in canonical form (Content-Type) and unique; names
// and values are UTF-8. An empty block is a message without headers. A block holds at most kHeaderBlockBytesMax.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "core/bytes.h"

namespace propylon {

inline constexpr std::size_t kHeaderBlockBytesMax = 256 * kKiB;

// Appends one header to a block. The caller keeps the rules above (name below 64 KiB, UTF-8, unique).
void append_header(std::string& block, std::string_view name, std::string_view value);

struct HeaderView {
  std::string_view name;
  std::string_view value;
};

// Reads a block from front to back. A block from disk has passed its checksum, so a fault here is our own; next()
// then ends early and well_formed() says so. Views live as long as the block.
class HeaderReader {
 public:
  explicit HeaderReader(ByteView block) : rest_(block) {}
  std::optional<HeaderView> next();
  bool well_formed() const { return !broken_; }

 private:
  ByteView rest_;
  bool broken_ = false;
};

}  // namespace propylon

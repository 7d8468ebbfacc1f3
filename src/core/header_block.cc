#include "core/header_block.h"

#include <cstring>

namespace propylon {
namespace {
constexpr std::size_t kPrefixBytes = 6;
}

void append_header(std::string& block, std::string_view name, std::string_view value) {
  char prefix[kPrefixBytes];
  const auto name_bytes = static_cast<std::uint16_t>(name.size());
  const auto value_bytes = static_cast<std::uint32_t>(value.size());
  std::memcpy(prefix, &name_bytes, 2);
  std::memcpy(prefix + 2, &value_bytes, 4);
  block.append(prefix, kPrefixBytes);
  block.append(name);
  block.append(value);
}

std::optional<HeaderView> HeaderReader::next() {
  if (rest_.empty()) return std::nullopt;
  std::uint16_t name_bytes = 0;
  std::uint32_t value_bytes = 0;
  if (rest_.size() >= kPrefixBytes) {
    std::memcpy(&name_bytes, rest_.data(), 2);
    std::memcpy(&value_bytes, rest_.data() + 2, 4);
  }
  if (rest_.size() < kPrefixBytes || rest_.size() - kPrefixBytes < std::size_t{name_bytes} + value_bytes) {
    broken_ = true;
    rest_ = {};
    return std::nullopt;
  }
  const HeaderView header{rest_.substr(kPrefixBytes, name_bytes), rest_.substr(kPrefixBytes + name_bytes, value_bytes)};
  rest_.remove_prefix(kPrefixBytes + name_bytes + value_bytes);
  return header;
}

}  // namespace propylon

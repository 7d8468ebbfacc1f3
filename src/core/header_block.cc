#include "core/header_block.h"

#include <algorithm>
#include <cstring>

namespace propylon {
namespace {
constexpr std::size_t kPrefixBytes = 6;
}

void append_header(std::string& block, std::string_view name, std::string_view value) {
  const auto name_bytes = static_cast<std::uint16_t>(name.size());
  const auto value_bytes = static_cast<std::uint32_t>(value.size());
  const std::size_t before = block.size();
  const std::size_t after = before + kPrefixBytes + name.size() + value.size();
  // The size that the function is given may be larger than what was asked for.
  block.resize_and_overwrite(after, [&](char* data, std::size_t) {
    char* at = data + before;
    std::memcpy(at, &name_bytes, 2);
    std::memcpy(at + 2, &value_bytes, 4);
    at = std::copy_n(name.data(), name.size(), at + kPrefixBytes);
    std::copy_n(value.data(), value.size(), at);
    return after;
  });
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

#include "log/store_uuid.h"

#include <algorithm>

#include "log/little_endian.h"

namespace propylon::log {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";
constexpr std::size_t kStoreAt = 24;  // in a segment header, see format.h

}  // namespace

std::string to_text(const StoreUuid& store) {
  std::string text;
  for (std::size_t i = 0; i < store.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text.push_back('-');
    text.push_back(kDigits[store[i] >> 4]);
    text.push_back(kDigits[store[i] & 15]);
  }
  return text;
}

std::optional<StoreUuid> parse_store_uuid(std::string_view text) {
  StoreUuid store{};
  std::size_t digits = 0;
  for (const char c : text) {
    if (c == '-') continue;
    const std::size_t value = kDigits.find(c);
    if (value == std::string_view::npos || digits == 2 * store.size()) return std::nullopt;
    store[digits / 2] = static_cast<unsigned char>(store[digits / 2] * 16u + value);
    ++digits;
  }
  return digits == 2 * store.size() ? std::optional(store) : std::nullopt;
}

std::optional<StoreUuid> store_of_segment_header(ByteView header) {
  if (header.size() < kSegmentHeaderBytes) return std::nullopt;
  StoreUuid store;
  std::ranges::copy(header.substr(kStoreAt, store.size()), store.begin());
  const auto id = load<std::uint64_t>(header.data() + 16);
  SegmentHeader read;
  return read_segment_header(header, store, id, read) == SegmentHeaderFault::kNone ? std::optional(store)
                                                                                   : std::nullopt;
}

}  // namespace propylon::log

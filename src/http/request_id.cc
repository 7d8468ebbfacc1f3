#include "http/request_id.h"

#include <algorithm>
#include <cstring>

#include "http/characters.h"

namespace propylon::http {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";
constexpr std::size_t kPrefixBytes = 12;

}  // namespace

bool is_fit_request_id(std::string_view id) {
  return !id.empty() && id.size() <= 128 && std::ranges::all_of(id, is_visible);
}

RequestIds::RequestIds(std::uint64_t random) {
  next_.fill('0');
  for (std::size_t i = 0; i < kPrefixBytes; ++i, random >>= 4) next_[i] = kDigits[random & 15];
}

void RequestIds::make(char* out) {
  // Counting in the text itself: one digit changes almost always.
  for (std::size_t i = kBytes; i-- > kPrefixBytes;) {
    char& digit = next_[i];
    digit = digit == '9' ? 'a' : digit == 'f' ? '0' : static_cast<char>(digit + 1);
    if (digit != '0') break;
  }
  std::memcpy(out, next_.data(), kBytes);
}

}  // namespace propylon::http

// Little-endian numbers and counted strings, for record bodies and checkpoints.
#pragma once
#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "core/bytes.h"

namespace propylon::broker::embedded {

static_assert(std::endian::native == std::endian::little, "stored numbers are little endian");

template <std::unsigned_integral Number>
void put(std::string& out, Number number) {
  out.append(reinterpret_cast<const char*>(&number), sizeof number);
}
// At most 65,535 bytes.
inline void put_text(std::string& out, std::string_view text) {
  put(out, static_cast<std::uint16_t>(text.size()));
  out.append(text);
}

// Takes from the front; after the first thing that is not there, everything is absent.
class ByteReader final {
 public:
  explicit ByteReader(ByteView bytes) : rest_(bytes) {}

  template <std::unsigned_integral Number>
  Number get() {
    Number number{};
    const ByteView bytes = take(sizeof number);
    if (!bytes.empty()) std::memcpy(&number, bytes.data(), sizeof number);
    return number;
  }
  std::string_view text() { return take(get<std::uint16_t>()); }
  ByteView bytes(std::size_t count) { return take(count); }
  // What has not been taken; after the first thing that was not there, nothing.
  ByteView rest() const { return rest_; }
  // Nothing was missing so far.
  bool good() const { return good_; }
  bool at_end() const { return rest_.empty(); }

 private:
  ByteView take(std::size_t bytes) {
    if (!good_ || rest_.size() < bytes) {
      good_ = false;
      rest_ = {};
      return {};
    }
    const ByteView taken = rest_.substr(0, bytes);
    rest_.remove_prefix(bytes);
    return taken;
  }
  ByteView rest_;
  bool good_ = true;
};

}  // namespace propylon::broker::embedded

// A station's name in normal form, kept without an allocation: what the produce path carries.
#pragma once
#include <array>
#include <cstdint>
#include <string_view>

#include "core/name_rules.h"
#include "core/result.h"

namespace propylon::api {

// Thread: caller serialises.
class StationName final {
 public:
  // Takes the name as it stood in the path. Same rules, same result and same texts as
  // normalize_name(NameKind::kStation, ...); allocates only to refuse. Errors: kInvalidName.
  Result<void> assign(std::string_view name);
  // Empty before a successful assign(). Lives as long as this object.
  std::string_view view() const { return {characters_.data(), size_}; }

 private:
  std::array<char, kNameBytesMax> characters_;
  std::uint8_t size_ = 0;
};

}  // namespace propylon::api

// Sizes with a unit, and views of raw bytes.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace propylon {

// Bytes that somebody else owns; any values, not necessarily text. The comment where it is handed over says how
// long it lives.
using ByteView = std::string_view;

inline constexpr std::uint64_t kKiB = 1024;
inline constexpr std::uint64_t kMiB = 1024 * kKiB;
inline constexpr std::uint64_t kGiB = 1024 * kMiB;

}  // namespace propylon

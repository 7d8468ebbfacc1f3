// Numbers that must not be mistaken for each other.
#pragma once
#include <compare>
#include <cstdint>
#include <functional>

namespace propylon {

// A number with a meaning: two different Tags do not convert into each other.
template <class Tag>
struct Id {
  std::uint64_t value = 0;
  friend auto operator<=>(Id, Id) = default;
};

// Tenant. 1 is the first and the default; 0 means "none given".
using AccountId = Id<struct AccountTag>;
// A station's number: made by the catalog, never used again, what the log knows a station by. Starts at 1.
using StationId = Id<struct StationTag>;
// A message's place in its station. The first message of a station is 1; numbers only grow; gaps may occur.
using Sequence = Id<struct SequenceTag>;

inline constexpr AccountId kDefaultAccount{1};

}  // namespace propylon

template <class Tag>
struct std::hash<propylon::Id<Tag>> {
  std::size_t operator()(propylon::Id<Tag> id) const noexcept { return std::hash<std::uint64_t>{}(id.value); }
};

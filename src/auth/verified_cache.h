// Remembers credentials that were found good, so that the next request with them costs a comparison.
//
// Four-way set associative and of fixed size; nothing is allocated to look up. An entry is found by a keyed hash of its
// last 32 bytes and then compared whole: of a signed token those bytes are the signature, so that nobody can aim at a
// set without holding tokens that are valid, and nobody learns a token from how long the comparison takes.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "auth/user.h"
#include "core/clock.h"

namespace propylon::auth {

struct VerifiedEntry {
  std::string key{};                   // a token, or the keyed digest of a name and password; empty: unused
  std::shared_ptr<const User> user{};  // shared with the requests in flight
  std::uint64_t directory_version = 0;
  SteadyTime recheck_at{};        // from then on the wall clock is asked again
  std::int64_t expires_at_s = 0;  // wall clock
};

// Thread: caller serialises (one per loop, or under a lock).
class VerifiedCache final {
 public:
  // `entries_max` is rounded up to a power of two, at least 4.
  explicit VerifiedCache(std::size_t entries_max);

  // Null when it is not there. The pointer is good until the next call of insert() or erase().
  VerifiedEntry* find(std::string_view key);
  // Takes the place of the same key, of an empty one, or of one of its set, but never of the last one used.
  VerifiedEntry& insert(std::string_view key);
  void erase(VerifiedEntry& entry);

 private:
  static constexpr std::size_t kWays = 4;
  struct Set {
    std::array<std::uint64_t, kWays> hashes{};  // together in front: a look-up touches one line, then one entry
    std::array<VerifiedEntry, kWays> ways;
    std::size_t recent = kWays - 1;
  };
  std::uint64_t hash_of(std::string_view key) const;
  Set& set_of(std::uint64_t hash) { return sets_[hash & mask_]; }

  std::array<std::uint64_t, 2> seed_;
  std::vector<Set> sets_;
  std::uint64_t mask_;
};

}  // namespace propylon::auth

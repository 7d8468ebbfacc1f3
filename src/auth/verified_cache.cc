#include "auth/verified_cache.h"

#include <sodium.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "core/assert.h"

namespace propylon::auth {
namespace {

constexpr std::size_t kHashedBytes = 32;

// Both halves of the product: every bit of the input reaches every bit of the result.
std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

}  // namespace

VerifiedCache::VerifiedCache(std::size_t entries_max)
    : sets_(std::bit_ceil(std::max<std::size_t>(entries_max, 2)) / 2), mask_(sets_.size() - 1) {
  PPL_ASSERT(sodium_init() >= 0);
  randombytes_buf(seed_.data(), sizeof seed_);
  seed_[1] |= 1;
}

std::uint64_t VerifiedCache::hash_of(std::string_view key) const {
  std::array<std::uint64_t, kHashedBytes / 8> words{};
  const std::string_view tail = key.substr(key.size() - std::min(key.size(), kHashedBytes));
  if (!tail.empty()) std::memcpy(words.data(), tail.data(), tail.size());
  std::uint64_t hash = seed_[0] ^ key.size();
  for (const std::uint64_t word : words) hash = mix(hash ^ word, seed_[1]);
  return hash;
}

VerifiedEntry* VerifiedCache::find(std::string_view key) {
  const std::uint64_t hash = hash_of(key);
  Set& set = set_of(hash);
  for (std::uint8_t way = 0; way < set.ways.size(); ++way) {
    VerifiedEntry& entry = set.ways[way];
    if (entry.hash == hash && entry.key == key && !key.empty()) {
      set.recent = way;
      return &entry;
    }
  }
  return nullptr;
}

VerifiedEntry& VerifiedCache::insert(std::string_view key) {
  PPL_ASSERT(!key.empty());
  if (VerifiedEntry* const same = find(key)) return *same;
  const std::uint64_t hash = hash_of(key);
  Set& set = set_of(hash);
  auto way = static_cast<std::uint8_t>(1 - set.recent);
  if (set.ways[set.recent].key.empty()) way = set.recent;
  set.recent = way;
  set.ways[way] = VerifiedEntry{.hash = hash, .key = std::string(key)};
  return set.ways[way];
}

void VerifiedCache::erase(VerifiedEntry& entry) { entry = VerifiedEntry{}; }

}  // namespace propylon::auth

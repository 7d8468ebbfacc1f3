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
    : sets_(std::bit_ceil(std::max(entries_max, kWays)) / kWays), mask_(sets_.size() - 1) {
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
  for (std::size_t way = 0; way < kWays; ++way) {
    if (set.hashes[way] != hash || set.ways[way].key != key || key.empty()) continue;
    set.recent = way;
    return &set.ways[way];
  }
  return nullptr;
}

VerifiedEntry& VerifiedCache::insert(std::string_view key) {
  PPL_ASSERT(!key.empty());
  if (VerifiedEntry* const same = find(key)) return *same;
  const std::uint64_t hash = hash_of(key);
  Set& set = set_of(hash);
  const auto empty = std::ranges::find_if(set.ways, [](const VerifiedEntry& entry) { return entry.key.empty(); });
  set.recent = empty != set.ways.end() ? static_cast<std::size_t>(empty - set.ways.begin()) : (set.recent + 1) % kWays;
  set.hashes[set.recent] = hash;
  set.ways[set.recent] = VerifiedEntry{.key = std::string(key)};
  return set.ways[set.recent];
}

void VerifiedCache::erase(VerifiedEntry& entry) { entry = VerifiedEntry{}; }

}  // namespace propylon::auth

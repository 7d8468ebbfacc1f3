#include "http/known_fields.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "http/characters.h"

namespace propylon::http {
namespace {

constexpr std::size_t kLongest = std::ranges::max(kKnownFieldNames, {}, &std::string_view::size).size();

// A name in lower case.
struct Entry {
  std::array<char, kLongest> lower{};
  std::uint8_t size = 0;
  KnownField field{};
};

// Ordered by length, so that a name meets only those of its own length.
constexpr auto kEntries = [] {
  std::array<Entry, kKnownFields> entries;
  for (std::size_t i = 0; i < kKnownFields; ++i) {
    std::ranges::transform(kKnownFieldNames[i], entries[i].lower.begin(), to_lower);
    entries[i].size = static_cast<std::uint8_t>(kKnownFieldNames[i].size());
    entries[i].field = static_cast<KnownField>(i);
  }
  std::ranges::sort(entries, {}, &Entry::size);
  return entries;
}();

// first_of_size[n] is the first entry whose name has at least n characters.
constexpr auto kFirstOfSize = [] {
  std::array<std::uint8_t, kLongest + 2> first{};
  for (std::size_t size = 0; size < first.size(); ++size) {
    std::size_t entry = 0;
    while (entry < kEntries.size() && kEntries[entry].size < size) ++entry;
    first[size] = static_cast<std::uint8_t>(entry);
  }
  return first;
}();

// Of token characters only letters differ from another one in the case bit and become a letter or a hyphen by it, so
// that setting it in every byte is enough.
static_assert(std::ranges::all_of(kKnownFieldNames, [](std::string_view name) {
  return name.size() >= 4 &&
         std::ranges::all_of(name, [](char c) { return c == '-' || (to_lower(c) >= 'a' && to_lower(c) <= 'z'); });
}));

template <class Word>
bool same_at(std::string_view name, const Entry& entry, std::size_t at) {
  constexpr auto kCaseBits = static_cast<Word>(0x2020202020202020);
  Word a;
  Word b;
  std::memcpy(&a, name.data() + at, sizeof a);
  std::memcpy(&b, entry.lower.data() + at, sizeof b);
  return (a | kCaseBits) == b;
}

bool same(std::string_view name, const Entry& entry) {
  const std::size_t size = name.size();
  if (size < 8) return same_at<std::uint32_t>(name, entry, 0) && same_at<std::uint32_t>(name, entry, size - 4);
  for (std::size_t at = 0; at + 8 < size; at += 8) {
    if (!same_at<std::uint64_t>(name, entry, at)) return false;
  }
  return same_at<std::uint64_t>(name, entry, size - 8);
}

}  // namespace

KnownField find_known_field(std::string_view name) {
  if (name.size() > kLongest) return KnownField::kOther;
  for (std::size_t i = kFirstOfSize[name.size()]; i < kFirstOfSize[name.size() + 1]; ++i) {
    if (same(name, kEntries[i])) return kEntries[i].field;
  }
  return KnownField::kOther;
}

}  // namespace propylon::http

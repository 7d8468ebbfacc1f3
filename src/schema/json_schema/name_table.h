// Finds a member's name among the names that an object's schema knows: a few nanoseconds, whatever their number.
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "schema/json_schema/tape.h"

namespace propylon::schema::json_schema {

// A text is looked up as it lies on a tape (tape.h), its length in front of it: length and first twelve bytes are two
// words, which tell names apart; only longer ones are compared as a whole. Each name has a value beside it.
// Thread: any, after build().
template <class Value>
class NameTable final {
  struct Head {
    std::uint64_t first = 0;   // the length, four bytes
    std::uint64_t second = 0;  // eight bytes
  };

 public:
  struct Entry {
    Head head, mask;
    Value value;
  };

  // Fills the table: names[i], which are different, with values[i].
  void build(const std::vector<std::string>& names, const std::vector<Value>& values) {
    names_ = names;
    entries_.clear();
    std::size_t size = 4;
    while (size < 2 * names.size()) size *= 2;
    slots_.assign(size, kNone);
    for (std::uint32_t i = 0; i < names.size(); ++i) {
      const auto length = static_cast<std::uint32_t>(names[i].size());
      std::string text(sizeof(length), '\0');
      std::memcpy(text.data(), &length, sizeof(length));
      text.append(names[i]).append(kTextPadding, '\0');
      const Head mask = mask_of(length);
      entries_.push_back({masked(head(text.data()), mask), mask, values[i]});
      std::size_t at = slot_of(entries_.back().head, text.data());
      while (slots_[at] != kNone) at = (at + 1) & (slots_.size() - 1);
      slots_[at] = i;
    }
    entries_.push_back(kNoEntry);
  }

  // That of the first name, and behind it the others in order; behind the last is one that is like no text.
  const Entry* first() const { return entries_.data(); }
  std::size_t index_of(const Entry* entry) const { return static_cast<std::size_t>(entry - entries_.data()); }

  // Whether a text is the name of that entry; `text` is where its length stands. Worth a look before find(): most
  // messages have their members in the order of the schema.
  bool is(const Entry* entry, const char* text) const { return is(*entry, head(text), text); }

  // The entry of a text, or null.
  [[gnu::noinline]] const Entry* find(const char* text) const {
    const Head there = head(text);
    for (std::size_t at = slot_of(masked(there, mask_of(length_of(there))), text);;
         at = (at + 1) & (slots_.size() - 1)) {
      if (slots_[at] == kNone) return nullptr;
      const Entry& entry = entries_[slots_[at]];
      if (is(entry, there, text)) return &entry;
    }
  }

 private:
  static constexpr std::uint32_t kNone = UINT32_MAX;
  static constexpr Entry kNoEntry = {{~std::uint64_t{0}, 0}, {~std::uint64_t{0}, 0}, {}};  // longer than any name

  static std::uint64_t load(const char* at) {
    std::uint64_t word;
    std::memcpy(&word, at, sizeof(word));
    return word;
  }
  static Head head(const char* text) { return {load(text), load(text + sizeof(std::uint64_t))}; }
  static std::uint32_t length_of(const Head& head) { return static_cast<std::uint32_t>(head.first); }
  static Head masked(const Head& head, const Head& mask) {
    return {head.first & mask.first, head.second & mask.second};
  }
  // What belongs to a text of that length.
  static const Head& mask_of(std::uint32_t length) {
    static constexpr auto kMasks = [] {
      std::array<Head, kTextPadding + 1> masks{};
      for (std::size_t i = 0; i <= kTextPadding; ++i) {
        masks[i].first = i >= 4 ? ~std::uint64_t{0} : (std::uint64_t{1} << (32 + 8 * i)) - 1;
        masks[i].second = i >= kTextPadding ? ~std::uint64_t{0} : i <= 4 ? 0 : (std::uint64_t{1} << 8 * (i - 4)) - 1;
      }
      return masks;
    }();
    return kMasks[std::min<std::size_t>(length, kTextPadding)];
  }

  bool is(const Entry& entry, const Head& there, const char* text) const {
    const std::uint64_t different = ((there.first ^ entry.head.first) & entry.mask.first) |
                                    ((there.second ^ entry.head.second) & entry.mask.second);
    return different == 0 && (length_of(there) <= kTextPadding || is_rest(entry, text));
  }
  // The lengths are equal and more than kTextPadding.
  bool is_rest(const Entry& entry, const char* text) const {
    const std::string& name = names_[index_of(&entry)];
    return std::memcmp(name.data() + kTextPadding, text + sizeof(std::uint32_t) + kTextPadding,
                       name.size() - kTextPadding) == 0;
  }
  std::size_t slot_of(const Head& head, const char* text) const {
    const std::uint32_t length = length_of(head);
    // The last eight bytes of the text.
    const std::uint64_t tail = length > kTextPadding ? load(text + length - sizeof(length)) : 0;
    const std::uint64_t mixed = (head.first + 0x632BE59BD9B4E019 * (head.second ^ tail)) * 0x9E3779B97F4A7C15;
    return static_cast<std::size_t>(mixed >> 40) & (slots_.size() - 1);
  }

  std::vector<std::string> names_;
  std::vector<Entry> entries_ = {kNoEntry};     // in the order of the names, and one that is like no text
  std::vector<std::uint32_t> slots_ = {kNone};  // places in entries_, by hash
};

}  // namespace propylon::schema::json_schema

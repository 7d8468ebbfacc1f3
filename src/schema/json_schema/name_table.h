// Finds a member's name among the names that an object's schema knows: a few nanoseconds, whatever their number.
#pragma once
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace propylon::schema::json_schema {

// Names are told apart by length and first eight bytes; only longer ones are compared as a whole.
// Thread: any, after the last add().
class NameTable final {
 public:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  // Fills the table: names[i] is found as i. They are different.
  void build(const std::vector<std::string>& names) {
    names_ = names;
    in_order_.clear();
    std::size_t size = 4;
    while (size < 2 * names.size()) size *= 2;
    slots_.assign(size, Slot{});
    for (std::uint32_t i = 0; i < names.size(); ++i) {
      std::string padded = names[i] + std::string(kPadding, '\0');
      const std::string_view name(padded.data(), names[i].size());
      std::size_t at = slot_of(name);
      while (slots_[at].index != kNone) at = (at + 1) & (slots_.size() - 1);
      slots_[at] = {head(name), static_cast<std::uint32_t>(name.size()), i};
      in_order_.push_back(slots_[at]);
    }
  }

  // The index of a name that lies on a tape (behind which kPadding bytes may be read), or kNone. `likely` is looked at
  // first: most messages have their members in the order of the schema.
  std::uint32_t find(std::string_view name, std::uint32_t likely = kNone) const {
    if (names_.empty()) return kNone;
    const std::uint64_t first = head(name);
    if (likely < in_order_.size() && is(in_order_[likely], first, name)) return likely;
    for (std::size_t at = slot_of(name);; at = (at + 1) & (slots_.size() - 1)) {
      const Slot& slot = slots_[at];
      if (slot.index == kNone) return kNone;
      if (is(slot, first, name)) return slot.index;
    }
  }

  static constexpr std::size_t kPadding = 8;

 private:
  struct Slot {
    std::uint64_t head = 0;
    std::uint32_t length = 0;
    std::uint32_t index = kNone;
  };

  bool is(const Slot& slot, std::uint64_t first, std::string_view name) const {
    return slot.head == first && slot.length == name.size() &&
           (name.size() <= 8 || std::memcmp(names_[slot.index].data() + 8, name.data() + 8, name.size() - 8) == 0);
  }
  static std::uint64_t load(const char* at) {
    std::uint64_t word;
    std::memcpy(&word, at, sizeof(word));
    return word;
  }
  // The first eight bytes; zeros for what a shorter name lacks.
  static std::uint64_t head(std::string_view name) {
    const std::uint64_t word = load(name.data());
    return name.size() >= 8 ? word : word & ((std::uint64_t{1} << 8 * name.size()) - 1);
  }
  std::size_t slot_of(std::string_view name) const {
    const std::uint64_t tail = name.size() > 8 ? load(name.data() + name.size() - 8) : 0;
    const std::uint64_t mixed = (head(name) + 0x632BE59BD9B4E019 * tail + name.size()) * 0x9E3779B97F4A7C15;
    return static_cast<std::size_t>(mixed >> 40) & (slots_.size() - 1);
  }

  std::vector<std::string> names_;
  std::vector<Slot> slots_;
  std::vector<Slot> in_order_;  // by index
};

}  // namespace propylon::schema::json_schema

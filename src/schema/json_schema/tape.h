// A parsed JSON text as one array of 64-bit words: what messages and definitions are judged and compiled from.
//
// The words are those of simdjson's DOM (its doc/tape.md), so that a message which simdjson parsed is read where it
// lies; tape_builder.h writes the same form, and one tag more. High 8 bits: the tag; low 56: the payload.
//
//   'n' 't' 'f'  null, true, false
//   'l' 'u' 'd'  a number in the word that follows: int64, uint64 (only above int64), double
//   'N'          (ours) a number that none of these holds; payload: where its text starts in `strings`
//   '"'          a string; payload: where it starts in `strings`
//   '{' '['      payload: low 32 bits the position behind the closing word, then 24 bits the number of members or
//   items,
//                which stops counting at 0xFFFFFF
//   '}' ']'      payload: the position of the opening word
//
// In `strings` a text is its length as uint32 in the machine's order, its bytes, and a NUL; twelve bytes may be
// read from the start of any. The members of an object are
// key, value, key, value. Example: {"a":[1]} is  '{' -> 7, 1 member;  '"' 0;  '[' -> 6, 1 item;  'l'; 1;  ']' -> 2; '}'
// -> 0.
#pragma once
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace propylon::schema::json_schema {

inline constexpr std::size_t kTextPadding = 12;  // bytes that may be read from the start of any text

using Position = std::uint32_t;  // an index into the words

// Bits, so that a set of types is one byte. An integer is also a number.
enum TypeBit : std::uint8_t {
  kNullBit = 1,
  kBooleanBit = 2,
  kNumberBit = 4,
  kStringBit = 8,
  kArrayBit = 16,
  kObjectBit = 32,
  kIntegerBit = 64,
};

inline constexpr auto kTypeOfTag = [] {
  std::array<std::uint8_t, 256> types{};
  types['{'] = kObjectBit;
  types['['] = kArrayBit;
  types['"'] = kStringBit;
  types['t'] = types['f'] = kBooleanBit;
  types['n'] = kNullBit;
  types['l'] = types['u'] = types['d'] = types['N'] = kNumberBit;
  return types;
}();
// How many words a value with this tag takes; 0 for those that say themselves where they end.
inline constexpr auto kWordsOfTag = [] {
  std::array<std::uint8_t, 256> words{};
  words['"'] = words['t'] = words['f'] = words['n'] = words['N'] = 1;
  words['l'] = words['u'] = words['d'] = 2;
  return words;
}();

// Views words and strings that somebody else owns. Positions must be those of values (or keys).
class Tape final {
 public:
  Tape() = default;
  Tape(const std::uint64_t* words, const char* strings, Position root)
      : words_(words), strings_(strings), root_(root) {}

  Position root() const { return root_; }
  std::uint64_t word(Position at) const { return words_[at]; }
  char tag(Position at) const { return static_cast<char>(words_[at] >> 56); }

  bool is_object(Position at) const { return tag(at) == '{'; }
  bool is_array(Position at) const { return tag(at) == '['; }
  bool is_string(Position at) const { return tag(at) == '"'; }
  bool is_boolean(Position at) const { return tag(at) == 't' || tag(at) == 'f'; }
  bool is_true(Position at) const { return tag(at) == 't'; }
  bool is_number(Position at) const { return type_bits(at) == kNumberBit; }

  // One of the bits; kNumberBit for every number.
  std::uint8_t type_bits(Position at) const { return kTypeOfTag[words_[at] >> 56]; }
  // Behind the value at `at`: the next item, the next key, or the closing word.
  Position next(Position at) const {
    const std::uint64_t word = words_[at];
    const Position words = kWordsOfTag[word >> 56];
    return words == 0 ? static_cast<Position>(word) : at + words;
  }
  // Of an object or array: its first key or item, and its closing word.
  Position first(Position at) const { return at + 1; }
  Position last(Position at) const { return static_cast<Position>(words_[at]) - 1; }
  std::uint32_t count(Position at) const { return static_cast<std::uint32_t>(words_[at] >> 32) & 0xFFFFFF; }

  // Of a string, a key, or a number with tag 'N'.
  std::string_view text(Position at) const {
    const char* const start = raw_text(at);
    std::uint32_t length;
    std::memcpy(&length, start, sizeof(length));
    return {start + sizeof(length), length};
  }
  // The same, as it lies in `strings`: where its length stands.
  const char* raw_text(Position at) const { return strings_ + (words_[at] & 0xFFFFFFFFFFFFFF); }
  std::int64_t signed_number(Position at) const { return static_cast<std::int64_t>(words_[at + 1]); }
  std::uint64_t unsigned_number(Position at) const { return words_[at + 1]; }
  double double_number(Position at) const { return std::bit_cast<double>(words_[at + 1]); }

  // Calls visit(key position, value position) for each member.
  template <class Visit>
  void each_member(Position object, Visit visit) const {
    const Position end = last(object);
    for (Position key = first(object); key != end;) {
      const Position value = key + 1;
      key = next(value);
      visit(value - 1, value);
    }
  }
  // Calls visit(value position) for each item.
  template <class Visit>
  void each_item(Position array, Visit visit) const {
    const Position end = last(array);
    for (Position item = first(array); item != end; item = next(item)) visit(item);
  }
  // The value of a member; 0 when there is none (no value stands at 0 of an object's inside).
  Position find(Position object, std::string_view name) const {
    const Position end = last(object);
    for (Position key = first(object); key != end; key = next(key + 1)) {
      if (text(key) == name) return key + 1;
    }
    return 0;
  }

 private:
  const std::uint64_t* words_ = nullptr;
  const char* strings_ = nullptr;
  Position root_ = 0;
};

// A tape that owns its words.
struct OwnTape {
  std::vector<std::uint64_t> words;
  std::string strings;
  Tape view() const { return {words.data(), strings.data(), 0}; }
};

}  // namespace propylon::schema::json_schema

#include "schema/json_schema/value.h"

#include <cstring>
#include <random>

#include "json/writer.h"
#include "schema/json_schema/number.h"

namespace propylon::schema::json_schema {
namespace {

constexpr std::uint64_t kOdd = 0x9E3779B97F4A7C15;

std::uint64_t process_seed() {
  static const std::uint64_t seed = std::uint64_t{std::random_device{}()} << 32 | std::random_device{}();
  return seed;
}

std::uint64_t combine(std::uint64_t hash, std::uint64_t value) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(hash ^ value ^ process_seed()) * kOdd;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

bool spend(std::uint64_t& steps) { return steps != 0 && --steps != 0; }

bool equal_arrays(const Tape& a, Position at_a, const Tape& b, Position at_b, std::uint64_t& steps) {
  if (a.count(at_a) != b.count(at_b)) return false;
  Position item_a = a.first(at_a), item_b = b.first(at_b);
  const Position end_a = a.last(at_a), end_b = b.last(at_b);
  for (; item_a != end_a && item_b != end_b; item_a = a.next(item_a), item_b = b.next(item_b)) {
    if (!equal_values(a, item_a, b, item_b, steps)) return false;
  }
  return item_a == end_a && item_b == end_b;
}

// Both ways round, because a message that repeats a name is judged too before somebody looks for that.
bool contains_members(const Tape& a, Position at_a, const Tape& b, Position at_b, bool names_only,
                      std::uint64_t& steps) {
  const Position end = b.last(at_b);
  for (Position key = b.first(at_b); key != end; key = b.next(key + 1)) {
    if (!spend(steps)) return false;
    const Position value = a.find(at_a, b.text(key));
    if (value == 0 || (!names_only && !equal_values(a, value, b, key + 1, steps))) return false;
    steps -= std::min<std::uint64_t>(steps, a.count(at_a) / 16);
  }
  return true;
}

void append_value(std::string& out, const Tape& tape, Position at, std::size_t bytes_max);

void append_members(std::string& out, const Tape& tape, Position at, std::size_t bytes_max) {
  const char open = tape.tag(at);
  out.push_back(open);
  const Position end = tape.last(at);
  bool comma = false;
  for (Position item = tape.first(at); item != end && out.size() < bytes_max; item = tape.next(item)) {
    if (comma) out.push_back(',');
    comma = true;
    if (open == '{') {
      append_value(out, tape, item, bytes_max);
      out.push_back(':');
      ++item;
    }
    append_value(out, tape, item, bytes_max);
  }
  out.push_back(open == '{' ? '}' : ']');
}

void append_value(std::string& out, const Tape& tape, Position at, std::size_t bytes_max) {
  switch (tape.tag(at)) {
    case '{':
    case '[': return append_members(out, tape, at, bytes_max);
    case '"':
      out.push_back('"');
      json::append_escaped(out, tape.text(at));
      return out.push_back('"');
    case 't': out += "true"; return;
    case 'f': out += "false"; return;
    case 'n': out += "null"; return;
    default: out += number_text(tape, at); return;
  }
}

}  // namespace

bool equal_values(const Tape& a, Position at_a, const Tape& b, Position at_b, std::uint64_t& steps) {
  if (!spend(steps)) return false;
  const auto type = a.type_bits(at_a);
  if (type != b.type_bits(at_b)) return false;
  switch (type) {
    case kNullBit: return true;
    case kBooleanBit: return a.tag(at_a) == b.tag(at_b);
    case kNumberBit: return compare_numbers(a, at_a, b, at_b) == 0;
    case kStringBit: return a.text(at_a) == b.text(at_b);
    case kArrayBit: return equal_arrays(a, at_a, b, at_b, steps);
    default:
      return a.count(at_a) == b.count(at_b) && contains_members(a, at_a, b, at_b, false, steps) &&
             contains_members(b, at_b, a, at_a, true, steps);
  }
}

std::uint64_t hash_text(std::string_view text) {
  std::uint64_t hash = text.size();
  std::uint64_t block = 0;
  for (; text.size() > 8; text.remove_prefix(8)) {
    std::memcpy(&block, text.data(), 8);
    hash = combine(hash, block);
  }
  block = 0;
  std::memcpy(&block, text.data(), text.size());
  return combine(hash, block);
}

std::uint64_t hash_value(const Tape& tape, Position at) {
  const auto type = tape.type_bits(at);
  std::uint64_t hash = combine(type, type);
  switch (type) {
    case kBooleanBit: return combine(hash, static_cast<std::uint64_t>(tape.tag(at)));
    case kNumberBit: return combine(hash, hash_number(tape, at));
    case kStringBit: return combine(hash, hash_text(tape.text(at)));
    case kArrayBit: tape.each_item(at, [&](Position item) { hash = combine(hash, hash_value(tape, item)); }); break;
    case kObjectBit: {
      std::uint64_t sum = 0;  // the order of members must not matter
      tape.each_member(at, [&](Position key, Position value) {
        sum += combine(hash_text(tape.text(key)), hash_value(tape, value));
      });
      return combine(hash, sum);
    }
    default: break;
  }
  return hash;
}

std::string value_text(const Tape& tape, Position at, std::size_t bytes_max) {
  std::string text;
  append_value(text, tape, at, bytes_max);
  if (text.size() <= bytes_max) return text;
  std::size_t end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;  // not inside a character
  return text.substr(0, end) + "...";
}

}  // namespace propylon::schema::json_schema

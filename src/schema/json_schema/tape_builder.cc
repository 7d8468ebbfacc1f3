#include "schema/json_schema/tape_builder.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "core/assert.h"
#include "json/scanner.h"
#include "json/unescape.h"
#include "json/utf8.h"
#include "schema/json_schema/name_table.h"
#include "schema/json_schema/number.h"

namespace propylon::schema::json_schema {
namespace {

constexpr std::uint64_t kCountMax = 0xFFFFFF;
constexpr std::uint32_t kFewMembers = 8;  // up to here names are compared in pairs, which needs no memory

std::uint64_t tagged(char tag, std::uint64_t payload = 0) {
  return static_cast<std::uint64_t>(static_cast<unsigned char>(tag)) << 56 | payload;
}

// The keys of an object in the order of their text; those with one text in the order of the tape.
std::vector<Position> sorted_keys(const Tape& tape, Position object) {
  std::vector<Position> keys;
  keys.reserve(tape.count(object));
  tape.each_member(object, [&](Position key, Position) { keys.push_back(key); });
  std::ranges::sort(keys,
                    [&](Position a, Position b) { return std::pair(tape.text(a), a) < std::pair(tape.text(b), b); });
  return keys;
}

bool repeats_among_few(const Tape& tape, Position object) {
  const Position end = tape.last(object);
  for (Position key = tape.first(object); key != end; key = tape.next(key + 1)) {
    const std::string_view name = tape.text(key);
    for (Position other = tape.next(key + 1); other != end; other = tape.next(other + 1)) {
      if (tape.text(other) == name) return true;
    }
  }
  return false;
}

bool repeats_name(const Tape& tape, Position object) {
  if (tape.count(object) <= kFewMembers) return repeats_among_few(tape, object);
  const auto keys = sorted_keys(tape, object);
  const auto same = [&](Position a, Position b) { return tape.text(a) == tape.text(b); };
  return std::ranges::adjacent_find(keys, same) != keys.end();
}

// Half of a surrogate pair becomes U+FFFD: only for judging, the message is stored as it was written.
std::string without_half_pairs(std::string_view inside) {
  std::string text(inside);
  const auto unit = [&](std::size_t at) -> unsigned {
    unsigned value = 0;
    if (at + 6 <= text.size() && text[at] == '\\' && text[at + 1] == 'u')
      std::from_chars(text.data() + at + 2, text.data() + at + 6, value, 16);
    return value;
  };
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\\') continue;
    const unsigned first = unit(at);
    const bool high = first >= 0xD800 && first <= 0xDBFF;
    const unsigned second = high ? unit(at + 6) : 0;
    if (high && second >= 0xDC00 && second <= 0xDFFF) {
      at += 11;
    } else if (first >= 0xD800 && first <= 0xDFFF) {
      text.replace(at + 2, 4, "fffd");
      at += 5;
    } else {
      ++at;
    }
  }
  return text;
}

class Builder final {
 public:
  void begin(const char* bracket) {
    count_value();
    open_.push_back({static_cast<Position>(tape_.words.size()), 0});
    tape_.words.push_back(tagged(*bracket));
  }
  void end(const char* behind) {
    const auto [start, count] = open_.back();
    open_.pop_back();
    const bool object = behind[-1] == '}';
    close(start, count, object ? '}' : ']');
    if (object && count > 1 && repeats_name(tape_.view(), start)) keep_last_of_each_name(start);
  }
  void key(const char* from, const char* to) { append_string(from, to); }
  void scalar(const char* from, const char* to) {
    count_value();
    switch (*from) {
      case '"': return append_string(from, to);
      case 't':
      case 'f':
      case 'n': return tape_.words.push_back(tagged(*from));
      default: return append_number({from, to});
    }
  }
  OwnTape take() {
    tape_.strings.append(kTextPadding, '\0');
    return std::move(tape_);
  }

 private:
  struct Open {
    Position start;
    std::uint64_t count;
  };

  void count_value() {
    if (!open_.empty()) ++open_.back().count;
  }
  void close(Position start, std::uint64_t count, char bracket) {
    tape_.words.push_back(tagged(bracket, start));
    tape_.words[start] = tagged(bracket == '}' ? '{' : '[', std::min(count, kCountMax) << 32 | tape_.words.size());
  }
  void append_text(char tag, std::string_view text) {
    tape_.words.push_back(tagged(tag, tape_.strings.size()));
    const auto length = static_cast<std::uint32_t>(text.size());
    tape_.strings.append(reinterpret_cast<const char*>(&length), sizeof(length)).append(text).push_back('\0');
  }
  void append_string(const char* from, const char* to) {
    const std::string_view inside(from + 1, to - 1);
    if (inside.find('\\') == std::string_view::npos) return append_text('"', inside);
    auto text = json::unescape(inside);
    if (!text) text = json::unescape(without_half_pairs(inside));
    PPL_ASSERT(text);
    append_text('"', *text);
  }
  void append_number(std::string_view text) {
    const ParsedNumber number = parse_number(text);
    if (number.tag == 'N') return append_text('N', text);
    tape_.words.push_back(tagged(number.tag));
    tape_.words.push_back(number.word);
  }

  // The object is the last value on the tape. Members that stay move down, so that positions inside them change.
  void keep_last_of_each_name(Position object) {
    const Tape before = tape_.view();
    auto keys = sorted_keys(before, object);
    const auto same = [&](Position a, Position b) { return before.text(a) == before.text(b); };
    std::vector<Position> kept;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (i + 1 == keys.size() || !same(keys[i], keys[i + 1])) kept.push_back(keys[i]);
    }
    std::ranges::sort(kept);
    Position to = object + 1;
    for (const Position key : kept) {
      const Position end = before.next(key + 1);
      move_down(key, end, to);
      to += end - key;
    }
    tape_.words.resize(to);
    close(object, kept.size(), '}');
  }
  void move_down(Position from, Position end, Position to) {
    const Position by = from - to;
    for (Position at = from; at != end; ++at) {
      std::uint64_t word = tape_.words[at];
      const char tag = static_cast<char>(word >> 56);
      if (tag == '{' || tag == '[' || tag == '}' || tag == ']') word -= by;  // positions are the lowest bits
      tape_.words[at - by] = word;
      if (tag == 'l' || tag == 'u' || tag == 'd') {
        ++at;
        tape_.words[at - by] = tape_.words[at];
      }
    }
  }

  OwnTape tape_;
  std::vector<Open> open_;
};

}  // namespace

Result<OwnTape> build_tape(std::string_view text, std::size_t depth_max) {
  if (text.size() > UINT32_MAX / 2) return fail(ErrorCode::kInvalidJson, "the text is too long to be judged");
  if (!json::valid_utf8(text)) return std::unexpected(json::utf8_error(text));
  json::Scanner scanner(text, depth_max);
  Builder builder;
  if (!scanner.value(builder)) return std::unexpected(json::scan_error(scanner));
  scanner.skip_blanks();
  if (!scanner.at_end()) return std::unexpected(json::scan_error(scanner));
  return builder.take();
}

bool has_repeated_names(const Tape& tape, Position at) {
  const Position end = tape.next(at);
  for (; at < end; ++at) {
    const char tag = tape.tag(at);
    if (tag == '{' && tape.count(at) > 1 && repeats_name(tape, at)) return true;
    if (tag == 'l' || tag == 'u' || tag == 'd') ++at;
  }
  return false;
}

}  // namespace propylon::schema::json_schema

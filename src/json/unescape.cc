#include "json/unescape.h"

#include <cstdint>

namespace propylon::json {
namespace {

std::uint32_t hex4(std::string_view digits) {
  std::uint32_t value = 0;
  for (const char c : digits.substr(0, 4)) {
    const auto digit = static_cast<std::uint32_t>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    value = value << 4 | digit;
  }
  return value;
}

void append_utf8(std::string& out, std::uint32_t code_point) {
  const auto push = [&out](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (code_point < 0x80) {
    push(code_point);
  } else if (code_point < 0x800) {
    push(0xC0 | code_point >> 6);
    push(0x80 | (code_point & 0x3F));
  } else if (code_point < 0x10000) {
    push(0xE0 | code_point >> 12);
    push(0x80 | (code_point >> 6 & 0x3F));
    push(0x80 | (code_point & 0x3F));
  } else {
    push(0xF0 | code_point >> 18);
    push(0x80 | (code_point >> 12 & 0x3F));
    push(0x80 | (code_point >> 6 & 0x3F));
    push(0x80 | (code_point & 0x3F));
  }
}

// What follows "\u"; gives how many characters it took, 0 for half of a pair.
std::size_t append_code_unit(std::string& out, std::string_view rest) {
  const std::uint32_t first = hex4(rest);
  if (first < 0xD800 || first > 0xDFFF) {
    append_utf8(out, first);
    return 4;
  }
  if (first > 0xDBFF || rest.size() < 10 || rest.substr(4, 2) != "\\u") return 0;
  const std::uint32_t second = hex4(rest.substr(6));
  if (second < 0xDC00 || second > 0xDFFF) return 0;
  append_utf8(out, 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00));
  return 10;
}

char simple(char letter) {
  switch (letter) {
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return letter;
  }
}

}  // namespace

std::optional<std::string> unescape(std::string_view inside) {
  std::string text;
  text.reserve(inside.size());
  for (;;) {
    const std::size_t plain = inside.find('\\');
    text.append(inside.substr(0, plain));
    if (plain == std::string_view::npos) return text;
    const char letter = inside[plain + 1];
    inside.remove_prefix(plain + 2);
    if (letter != 'u') {
      text.push_back(simple(letter));
      continue;
    }
    const std::size_t taken = append_code_unit(text, inside);
    if (taken == 0) return std::nullopt;
    inside.remove_prefix(taken);
  }
}

}  // namespace propylon::json

// Addresses and names of hosts and mailboxes.
#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <vector>

#include "schema/json_schema/format_rules.h"
#include "schema/json_schema/pattern.h"

namespace propylon::schema::json_schema {
namespace {

constexpr std::size_t kNameMax = 253, kLabelMax = 63;
using CodePoints = std::vector<char32_t>;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool is_address(int family, std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN> copy{};
  std::array<unsigned char, 16> address;
  if (text.size() >= copy.size() || text.find('\0') != std::string_view::npos) return false;
  std::memcpy(copy.data(), text.data(), text.size());
  return inet_pton(family, copy.data(), address.data()) == 1;
}

CodePoints decode_utf8(std::string_view text) {
  CodePoints points;
  for (std::size_t i = 0; i < text.size();) {
    const auto first = static_cast<unsigned char>(text[i]);
    const std::size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    char32_t point = length == 1 ? first : first & (0x7Fu >> length);
    for (std::size_t k = 1; k < length && i + k < text.size(); ++k)
      point = point << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3F);
    points.push_back(point);
    i += length;
  }
  return points;
}

std::string encode_utf8(char32_t point) {
  const auto byte = [](char32_t value) { return static_cast<char>(value); };
  if (point < 0x80) return {byte(point)};
  if (point < 0x800) return {byte(0xC0 | point >> 6), byte(0x80 | (point & 0x3F))};
  if (point < 0x10000) return {byte(0xE0 | point >> 12), byte(0x80 | (point >> 6 & 0x3F)), byte(0x80 | (point & 0x3F))};
  return {byte(0xF0 | point >> 18), byte(0x80 | (point >> 12 & 0x3F)), byte(0x80 | (point >> 6 & 0x3F)),
          byte(0x80 | (point & 0x3F))};
}

bool is_in(char32_t point, const Pattern& set) { return set.matches(encode_utf8(point)); }

const Pattern& letters_digits_marks() {
  static const Pattern set = *Pattern::compile(R"(^[\p{Ll}\p{Lo}\p{Lm}\p{Nd}\p{Mn}\p{Mc}]$)");
  return set;
}
const Pattern& marks() {
  static const Pattern set = *Pattern::compile(R"(^\p{M}$)");
  return set;
}
const Pattern& kana_or_han() {
  static const Pattern set = *Pattern::compile(R"(^[\p{Hiragana}\p{Katakana}\p{Han}]$)");
  return set;
}
const Pattern& greek() {
  static const Pattern set = *Pattern::compile(R"(^\p{Greek}$)");
  return set;
}
const Pattern& hebrew() {
  static const Pattern set = *Pattern::compile(R"(^\p{Hebrew}$)");
  return set;
}

// RFC 5892 section 2.6: characters whose category says otherwise.
bool is_exception_allowed(char32_t point) {
  return point == 0xDF || point == 0x3C2 || point == 0x6FD || point == 0x6FE || point == 0xF0B || point == 0x3007;
}
bool is_exception_refused(char32_t point) {
  return point == 0x640 || point == 0x7FA || point == 0x302E || point == 0x302F ||
         (point >= 0x3031 && point <= 0x3035) || point == 0x303B;
}
bool is_virama(char32_t point) {
  constexpr char32_t kViramas[] = {0x94D,  0x9CD,  0xA4D,  0xACD,  0xB4D,  0xBCD,  0xC4D,  0xCCD,  0xD4D,
                                   0xDCA,  0xE3A,  0xF84,  0x1039, 0x1714, 0x1734, 0x17D2, 0x1A60, 0x1B44,
                                   0x1BAA, 0x1BAB, 0xA806, 0xA8C4, 0xA953, 0xA9C0, 0xABED};
  return std::ranges::find(kViramas, point) != std::end(kViramas);
}

// RFC 5892 appendix A: characters that are allowed beside certain others. -1: no such character.
int contextual(const CodePoints& label, std::size_t at) {
  const char32_t before = at > 0 ? label[at - 1] : 0;
  const char32_t after = at + 1 < label.size() ? label[at + 1] : 0;
  const auto any = [&](auto test) { return std::ranges::any_of(label, test) ? 1 : 0; };
  switch (label[at]) {
    case 0x200C:
    case 0x200D: return is_virama(before) ? 1 : 0;
    case 0xB7: return before == 'l' && after == 'l' ? 1 : 0;
    case 0x375: return after != 0 && is_in(after, greek()) ? 1 : 0;
    case 0x5F3:
    case 0x5F4: return before != 0 && is_in(before, hebrew()) ? 1 : 0;
    case 0x30FB: return any([](char32_t point) { return point != 0x30FB && is_in(point, kana_or_han()); });
    default: break;
  }
  if (label[at] >= 0x660 && label[at] <= 0x669)
    return 1 - any([](char32_t point) { return point >= 0x6F0 && point <= 0x6F9; });
  if (label[at] >= 0x6F0 && label[at] <= 0x6F9)
    return 1 - any([](char32_t point) { return point >= 0x660 && point <= 0x669; });
  return -1;
}

bool is_ascii_label_character(char32_t point) {
  return point < 0x80 && (is_letter(static_cast<char>(point)) || is_digit(static_cast<char>(point)) || point == '-');
}

bool is_unicode_label(const CodePoints& label) {
  if (label.empty() || label.size() > kLabelMax || label.front() == '-' || label.back() == '-') return false;
  if (label.size() > 3 && label[2] == '-' && label[3] == '-') return false;
  if (is_in(label.front(), marks())) return false;
  for (std::size_t i = 0; i < label.size(); ++i) {
    const int context = contextual(label, i);
    if (context == 0 || is_exception_refused(label[i])) return false;
    if (context < 0 && !is_ascii_label_character(label[i]) && !is_exception_allowed(label[i]) &&
        (label[i] < 0x80 || !is_in(label[i], letters_digits_marks())))
      return false;
  }
  return true;
}

// RFC 3492 section 6.2. Empty when it is no Punycode.
CodePoints decode_punycode(std::string_view text) {
  constexpr std::uint32_t kBase = 36, kMin = 1, kMax = 26, kSkew = 38, kDamp = 700, kFirst = 128, kBias = 72;
  CodePoints out;
  if (const auto dash = text.rfind('-'); dash != std::string_view::npos) {
    for (const char c : text.substr(0, dash)) out.push_back(static_cast<unsigned char>(c));
    text.remove_prefix(dash + 1);
  }
  std::uint32_t point = kFirst, bias = kBias;
  for (std::uint64_t i = 0; !text.empty();) {
    const std::uint64_t old = i;
    std::uint64_t weight = 1;
    for (std::uint32_t k = kBase;; k += kBase) {
      if (text.empty()) return {};
      const char c = text.front();
      text.remove_prefix(1);
      const auto digit = static_cast<std::uint32_t>(is_digit(c) ? c - '0' + 26 : is_letter(c) ? (c | 0x20) - 'a' : 36);
      if (digit >= kBase || i > UINT32_MAX || weight > UINT32_MAX) return {};
      i += digit * weight;
      const std::uint32_t threshold = k <= bias ? kMin : k >= bias + kMax ? kMax : k - bias;
      if (digit < threshold) break;
      weight *= kBase - threshold;
    }
    const auto points = static_cast<std::uint32_t>(out.size()) + 1;
    std::uint64_t delta = (i - old) / (old == 0 ? kDamp : 2);
    delta += delta / points;
    std::uint32_t k = 0;
    for (; delta > (kBase - kMin) * kMax / 2; k += kBase) delta /= kBase - kMin;
    bias = static_cast<std::uint32_t>(k + (kBase - kMin + 1) * delta / (delta + kSkew));
    if (i / points > 0x10FFFF) return {};
    point += static_cast<std::uint32_t>(i / points);
    i %= points;
    if (point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) return {};
    out.insert(out.begin() + static_cast<std::ptrdiff_t>(i), point);
    ++i;
  }
  return out;
}

bool is_punycode_label(std::string_view label) {
  const auto decoded = decode_punycode(label.substr(4));
  return std::ranges::any_of(decoded, [](char32_t point) { return point >= 0x80; }) && is_unicode_label(decoded);
}

bool is_ascii_label(std::string_view label) {
  if (label.empty() || label.size() > kLabelMax || label.front() == '-' || label.back() == '-') return false;
  if (!std::ranges::all_of(label, [](char c) { return is_letter(c) || is_digit(c) || c == '-'; })) return false;
  if (label.size() < 4 || label.substr(2, 2) != "--") return true;
  const bool punycode = (label[0] | 0x20) == 'x' && (label[1] | 0x20) == 'n';
  return punycode && is_punycode_label(label);
}

template <class IsLabel>
bool is_name_of_labels(std::string_view text, IsLabel is_label) {
  if (text.empty() || text.size() > kNameMax) return false;
  for (;;) {
    const auto dot = text.find('.');
    if (!is_label(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

// RFC 5321 section 4.1.2: a dot-string or a quoted string.
bool is_local_part(std::string_view text, Alphabet alphabet) {
  constexpr std::string_view kAtomMarks = "!#$%&'*+-/=?^_`{|}~";
  const auto beyond_ascii = [&](char c) { return alphabet == Alphabet::kUnicode && static_cast<signed char>(c) < 0; };
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    text = text.substr(1, text.size() - 2);
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\\' && ++i == text.size()) return false;
      if ((text[i] < ' ' || text[i] > '~') && !beyond_ascii(text[i])) return false;
      if (text[i] == '"' && (i == 0 || text[i - 1] != '\\')) return false;
    }
    return true;
  }
  if (text.empty() || text.front() == '.' || text.back() == '.' || text.find("..") != std::string_view::npos)
    return false;
  return std::ranges::all_of(text, [&](char c) {
    return is_letter(c) || is_digit(c) || c == '.' || kAtomMarks.find(c) != std::string_view::npos || beyond_ascii(c);
  });
}

}  // namespace

bool is_ipv4(std::string_view text) { return is_address(AF_INET, text); }
bool is_ipv6(std::string_view text) { return is_address(AF_INET6, text); }

bool is_hostname(std::string_view text) { return is_name_of_labels(text, is_ascii_label); }

bool is_idn_hostname(std::string_view text) {
  std::string name;
  for (const char32_t point : decode_utf8(text)) {  // the three other full stops of RFC 3490
    const bool stop = point == 0x3002 || point == 0xFF0E || point == 0xFF61;
    name += stop ? "." : encode_utf8(point);
  }
  return is_name_of_labels(name, [](std::string_view label) {
    if (std::ranges::all_of(label, [](char c) { return static_cast<unsigned char>(c) < 0x80; }))
      return is_ascii_label(label);
    return is_unicode_label(decode_utf8(label));
  });
}

bool is_email(std::string_view text, Alphabet alphabet) {
  const auto at = text.rfind('@');
  if (at == std::string_view::npos || !is_local_part(text.substr(0, at), alphabet)) return false;
  const auto domain = text.substr(at + 1);
  if (domain.starts_with('[') && domain.ends_with(']')) {
    const auto literal = domain.substr(1, domain.size() - 2);
    if (literal.starts_with("IPv6:")) return is_ipv6(literal.substr(5));
    return is_ipv4(literal);
  }
  return alphabet == Alphabet::kUnicode ? is_idn_hostname(domain) : is_hostname(domain);
}

}  // namespace propylon::schema::json_schema

// RFC 3986, 3987, 6570, 6901 and 4122.
#include "schema/json_schema/format_rules.h"

namespace propylon::schema::json_schema {
namespace {

constexpr std::string_view kUnreservedMarks = "-._~";
constexpr std::string_view kSubDelims = "!$&'()*+,;=";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_one_of(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

// Unreserved characters, percent escapes, sub-delims and `more`.
bool is_part(std::string_view text, std::string_view more, Alphabet alphabet) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size() || !is_hex(text[i + 1]) || !is_hex(text[i + 2])) return false;
      i += 2;
    } else if (static_cast<unsigned char>(c) >= 0x80) {
      if (alphabet == Alphabet::kAscii) return false;
    } else if (!is_letter(c) && !is_digit(c) && !is_one_of(c, kUnreservedMarks) && !is_one_of(c, kSubDelims) &&
               !is_one_of(c, more)) {
      return false;
    }
  }
  return true;
}

bool is_ip_future(std::string_view text) {
  const auto dot = text.find('.');
  if (dot == std::string_view::npos || dot < 2 || dot + 1 == text.size()) return false;
  for (const char c : text.substr(1, dot - 1)) {
    if (!is_hex(c)) return false;
  }
  return text.find('%') == std::string_view::npos && is_part(text.substr(dot + 1), ":", Alphabet::kAscii);
}

bool is_authority(std::string_view text, Alphabet alphabet) {
  if (const auto at = text.find('@'); at != std::string_view::npos) {
    if (!is_part(text.substr(0, at), ":", alphabet)) return false;
    text.remove_prefix(at + 1);
  }
  std::string_view port;
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == std::string_view::npos) return false;
    const auto inside = text.substr(1, close - 1);
    const bool future = inside.starts_with('v') || inside.starts_with('V');
    if (future ? !is_ip_future(inside) : !is_ipv6(inside)) return false;
    port = text.substr(close + 1);
  } else {
    const auto colon = text.find(':');
    if (!is_part(text.substr(0, colon), "", alphabet)) return false;
    port = colon == std::string_view::npos ? std::string_view{} : text.substr(colon);
  }
  if (port.empty()) return true;
  if (port.front() != ':') return false;
  for (const char c : port.substr(1)) {
    if (!is_digit(c)) return false;
  }
  return true;
}

bool is_scheme(std::string_view text) {
  if (text.empty() || !is_letter(text.front())) return false;
  for (const char c : text) {
    if (!is_letter(c) && !is_digit(c) && !is_one_of(c, "+-.")) return false;
  }
  return true;
}

bool is_variable_name(std::string_view name) {
  if (name.empty() || name.front() == '.' || name.back() == '.') return false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] == '%') {
      if (i + 2 >= name.size() || !is_hex(name[i + 1]) || !is_hex(name[i + 2])) return false;
      i += 2;
    } else if (!is_letter(name[i]) && !is_digit(name[i]) && name[i] != '_' && name[i] != '.') {
      return false;
    }
  }
  return true;
}

bool is_variable(std::string_view text) {
  if (text.ends_with('*')) return is_variable_name(text.substr(0, text.size() - 1));
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return is_variable_name(text);
  const auto length = text.substr(colon + 1);
  if (length.empty() || length.size() > 4 || length.front() == '0') return false;
  for (const char c : length) {
    if (!is_digit(c)) return false;
  }
  return is_variable_name(text.substr(0, colon));
}

bool is_expression(std::string_view text) {
  if (!text.empty() && is_one_of(text.front(), "+#./;?&=,!@|")) text.remove_prefix(1);
  for (;;) {
    const auto comma = text.find(',');
    if (!is_variable(text.substr(0, comma))) return false;
    if (comma == std::string_view::npos) return true;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace

bool is_uri(std::string_view text, UriForm form, Alphabet alphabet) {
  if (const auto at = text.find('#'); at != std::string_view::npos) {
    if (!is_part(text.substr(at + 1), ":@/?", alphabet)) return false;
    text = text.substr(0, at);
  }
  if (const auto at = text.find('?'); at != std::string_view::npos) {
    if (!is_part(text.substr(at + 1), ":@/?", alphabet)) return false;
    text = text.substr(0, at);
  }
  const auto colon = text.find(':');
  const bool has_scheme = colon != std::string_view::npos && is_scheme(text.substr(0, colon));
  if (has_scheme) text.remove_prefix(colon + 1);
  if (!has_scheme && form == UriForm::kAbsolute) return false;
  if (text.starts_with("//")) {
    text.remove_prefix(2);
    const auto slash = std::min(text.find('/'), text.size());
    if (!is_authority(text.substr(0, slash), alphabet)) return false;
    text.remove_prefix(slash);
  } else if (!has_scheme && text.substr(0, text.find('/')).find(':') != std::string_view::npos) {
    return false;  // the first segment of a relative path has no colon
  }
  return is_part(text, ":@/", alphabet);
}

bool is_uri_template(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '{') {
      const auto close = text.find('}', i);
      if (close == std::string_view::npos || !is_expression(text.substr(i + 1, close - i - 1))) return false;
      i = close;
    } else if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7F || is_one_of(c, "\"'<>\\^`|}")) {
      return false;
    } else if (c == '%') {
      if (i + 2 >= text.size() || !is_hex(text[i + 1]) || !is_hex(text[i + 2])) return false;
    }
  }
  return true;
}

bool is_json_pointer(std::string_view text) {
  if (!text.empty() && text.front() != '/') return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '~' && (i + 1 == text.size() || (text[i + 1] != '0' && text[i + 1] != '1'))) return false;
  }
  return true;
}

bool is_relative_json_pointer(std::string_view text) {
  std::size_t digits = 0;
  while (digits < text.size() && is_digit(text[digits])) ++digits;
  if (digits == 0 || (digits > 1 && text.front() == '0')) return false;
  text.remove_prefix(digits);
  return text == "#" || is_json_pointer(text);
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !is_hex(text[i])) return false;
  }
  return true;
}

}  // namespace propylon::schema::json_schema

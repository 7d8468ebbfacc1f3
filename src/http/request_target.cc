#include "http/request_target.h"

#include <algorithm>
#include <array>

#include "http/characters.h"

namespace propylon::http {
namespace {

// RFC 3986: unreserved, sub-delims and the percent sign of escapes.
constexpr std::array<bool, 256> kHostChars = [] {
  std::array<bool, 256> table{};
  for (unsigned c = '0'; c <= '9'; ++c) table[c] = true;
  for (unsigned c = 'a'; c <= 'z'; ++c) table[c] = table[c - 0x20] = true;
  for (const char c : std::string_view("-._~!$&'()*+,;=%")) table[static_cast<unsigned char>(c)] = true;
  return table;
}();

bool is_host_char(char c) { return kHostChars[static_cast<unsigned char>(c)]; }

bool is_address_literal(std::string_view literal) {
  return !literal.empty() && std::ranges::all_of(literal, [](char c) { return is_host_char(c) || c == ':'; });
}

// Removes "http://" or "https://"; false when neither stands there.
bool remove_scheme(std::string_view& target) {
  for (const std::string_view scheme : {std::string_view("http://"), std::string_view("https://")}) {
    if (equals_lower(target.substr(0, scheme.size()), scheme)) {
      target.remove_prefix(scheme.size());
      return true;
    }
  }
  return false;
}

}  // namespace

bool is_valid_host(std::string_view host) {
  std::string_view port;
  if (host.starts_with('[')) {
    const std::size_t end = host.find(']');
    if (end == std::string_view::npos || !is_address_literal(host.substr(1, end - 1))) return false;
    port = host.substr(end + 1);
  } else {
    const std::size_t colon = std::min(host.find(':'), host.size());
    if (!std::ranges::all_of(host.substr(0, colon), is_host_char)) return false;
    if (colon == 0 && !host.empty()) return false;
    port = host.substr(colon);
  }
  if (port.empty()) return true;
  return port.front() == ':' && port.size() <= 6 && std::ranges::all_of(port.substr(1), is_digit);
}

Refusal split_target(Method method, std::string_view target, TargetParts& parts) {
  if (!all_visible(target) || target.find('#') != std::string_view::npos) {
    return {ErrorCode::kMalformedHttp, "The request target holds a character that may not stand there."};
  }
  if (target == "*" && method == Method::kOptions) {
    parts = {target, {}};
    return {};
  }
  if (!target.starts_with('/')) {
    if (!remove_scheme(target)) {
      return {ErrorCode::kMalformedHttp, "The request target is neither a path that begins with / nor an http URL."};
    }
    const std::size_t end = std::min(target.find_first_of("/?"), target.size());
    const std::string_view authority = target.substr(0, end);
    if (authority.empty() || !is_valid_host(authority)) {
      return {ErrorCode::kMalformedHttp, "The host in the request target is not valid."};
    }
    target.remove_prefix(end);
  }
  const std::size_t mark = target.find('?');
  parts.path = target.substr(0, mark);
  parts.query = mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
  return {};
}

}  // namespace propylon::http

#include "config/toml_quotes.h"

#include <algorithm>
#include <string>

namespace propylon::config {
namespace {

// Behind the string that opens at `at`, or at the line end that breaks off a string of one line.
std::size_t skip_string(std::string_view toml, std::size_t at) {
  const char quote = toml[at];
  const std::string triple(3, quote);
  const bool lines = toml.substr(at).starts_with(triple);
  at += lines ? 3 : 1;
  while (at < toml.size()) {
    if (toml[at] == '\\' && quote == '"') {
      at += 2;
    } else if (lines && toml.substr(at).starts_with(triple)) {
      // Up to two quotes more belong to the text, in front of the three that close it.
      at += 3;
      for (int more = 0; more < 2 && at < toml.size() && toml[at] == quote; ++more) ++at;
      return at;
    } else if (!lines && toml[at] == quote) {
      return at + 1;
    } else if (!lines && toml[at] == '\n') {
      return at;
    } else {
      ++at;
    }
  }
  return toml.size();
}

}  // namespace

std::optional<std::size_t> line_of_stray_letter(std::string_view toml) {
  std::size_t at = toml.starts_with("\xef\xbb\xbf") ? 3 : 0;
  while (at < toml.size()) {
    const char c = toml[at];
    if (static_cast<unsigned char>(c) >= 0x80)
      return static_cast<std::size_t>(std::ranges::count(toml.substr(0, at), '\n')) + 1;
    if (c == '#') {
      at = std::min(toml.find('\n', at), toml.size());
    } else if (c == '"' || c == '\'') {
      at = skip_string(toml, at);
    } else {
      ++at;
    }
  }
  return std::nullopt;
}

}  // namespace propylon::config

#include "http/url.h"

#include "http/characters.h"

namespace propylon::http {

std::optional<std::string> percent_decode(std::string_view text, PlusSign plus) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (text.size() - i < 3) return std::nullopt;
      const int high = hex_value(text[i + 1]);
      const int low = hex_value(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      decoded.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    } else {
      decoded.push_back(text[i] == '+' && plus == PlusSign::kBlank ? ' ' : text[i]);
    }
  }
  return decoded;
}

std::optional<QueryPair> QueryReader::next() {
  while (!rest_.empty()) {
    const std::size_t end = rest_.find('&');
    const std::string_view pair = rest_.substr(0, end);
    rest_ = end == std::string_view::npos ? std::string_view() : rest_.substr(end + 1);
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    return QueryPair{pair.substr(0, equals),
                     equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1)};
  }
  return std::nullopt;
}

}  // namespace propylon::http

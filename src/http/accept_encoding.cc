#include "http/accept_encoding.h"

#include <algorithm>

#include "http/characters.h"

namespace propylon::http {
namespace {

constexpr std::size_t kFractionDigitsMax = 3;

}  // namespace

// RFC 9110 section 12.4.2: `q=` with 0 to 1 and at most three digits behind the point.
std::optional<AcceptEncoding::Weight> AcceptEncoding::read_weight(std::string_view parameters) {
  parameters = trim_blanks(parameters);
  if (parameters.size() < 3 || !equals_lower(parameters.substr(0, 2), "q=")) return std::nullopt;
  const char whole = parameters[2];
  std::string_view rest = parameters.substr(3);
  if ((whole != '0' && whole != '1') || (!rest.empty() && rest.front() != '.')) return std::nullopt;
  if (!rest.empty()) rest.remove_prefix(1);
  if (rest.size() > kFractionDigitsMax) return std::nullopt;
  Weight weight = static_cast<Weight>(whole - '0');
  for (std::size_t i = 0; i < kFractionDigitsMax; ++i) {
    const char digit = i < rest.size() ? rest[i] : '0';
    if (!is_digit(digit) || (whole == '1' && digit != '0')) return std::nullopt;
    weight = static_cast<Weight>(weight * 10 + (digit - '0'));
  }
  return weight;
}

void AcceptEncoding::add(std::string_view line) {
  for_each_element(line, [this](std::string_view element) {
    const std::size_t semicolon = element.find(';');
    const std::string_view name = trim_blanks(element.substr(0, semicolon));
    std::optional<Weight> weight = Weight{1000};
    if (semicolon != std::string_view::npos) weight = read_weight(element.substr(semicolon + 1));
    if (!weight || name.empty()) return;
    const ContentCoding coding = content_coding(name);
    const auto known = std::ranges::find(kEncodings, coding);
    if (known != kEncodings.end()) {
      named_[static_cast<std::size_t>(known - kEncodings.begin())] = weight;
    } else if (coding == ContentCoding::kIdentity) {
      identity_ = weight;
    } else if (name == "*") {
      others_ = weight;
    }
  });
}

EncodingChoice AcceptEncoding::choose() const {
  EncodingChoice choice;
  choice.identity_refused = identity_ ? *identity_ == 0 : others_ == Weight{0};
  Weight best = std::max<Weight>(1, identity_.value_or(0));
  // In reverse, so that of equal ones the earlier wins.
  for (std::size_t i = kEncodings.size(); i-- > 0;) {
    const auto weight = named_[i] || kEncodings[i] != ContentCoding::kGzip ? named_[i] : others_;
    if (!weight || *weight < best) continue;
    best = *weight;
    choice.coding = kEncodings[i];
  }
  return choice;
}

}  // namespace propylon::http

#include "core/option.h"

#include <algorithm>
#include <charconv>

namespace propylon {
namespace {

std::unexpected<Error> refuse(const std::string& key, const std::string& text, const std::string& allowed) {
  return fail(ErrorCode::kInvalidConfig, key + " is \"" + text + "\"; allowed is " + allowed, key);
}

std::string join(const std::vector<std::string>& parts, const char* separator) {
  std::string text;
  for (const auto& part : parts) text += (text.empty() ? "" : separator) + part;
  return text;
}

}  // namespace

OptionDescription describe_number(std::string key, std::uint64_t& field, std::uint64_t min, std::uint64_t max,
                                  std::string help, std::string reference_name) {
  std::string allowed = "a number " + std::to_string(min) + ".." + std::to_string(max);
  auto set = [&field, min, max, key, allowed](const std::string& text) -> Result<void> {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < min || value > max) {
      return refuse(key, text, allowed);
    }
    field = value;
    return {};
  };
  return {std::move(key),
          std::move(help),
          allowed,
          std::move(reference_name),
          false,
          set,
          [&field] { return std::to_string(field); },
          OptionKind::kNumber};
}

OptionDescription describe_flag(std::string key, bool& field, std::string help, std::string reference_name) {
  auto set = [&field, key](const std::string& text) -> Result<void> {
    std::string word = text;
    std::ranges::transform(word, word.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
    if (word != "true" && word != "false" && word != "1" && word != "0") return refuse(key, text, "true or false");
    field = word == "true" || word == "1";
    return {};
  };
  return {std::move(key),
          std::move(help),
          "true or false",
          std::move(reference_name),
          false,
          set,
          [&field] { return std::string(field ? "true" : "false"); },
          OptionKind::kFlag};
}

OptionDescription describe_text(std::string key, std::string& field, std::string help, std::string reference_name) {
  auto set = [&field](const std::string& text) -> Result<void> {
    field = text;
    return {};
  };
  return {
      std::move(key), std::move(help), "any text", std::move(reference_name), false, set, [&field] { return field; }};
}

OptionDescription describe_list(std::string key, std::vector<std::string>& field, std::string help) {
  auto set = [&field](const std::string& text) -> Result<void> {
    std::vector<std::string> parts;
    for (std::size_t at = 0; at <= text.size();) {
      const std::size_t end = std::min(text.find(',', at), text.size());
      std::string part = text.substr(at, end - at);
      part.erase(0, part.find_first_not_of(" \t"));
      part.erase(part.find_last_not_of(" \t") + 1);
      if (!part.empty()) parts.push_back(std::move(part));
      at = end + 1;
    }
    field = std::move(parts);
    return {};
  };
  return {
      std::move(key),   std::move(help), "a list with commas", {}, false, set, [&field] { return join(field, ","); },
      OptionKind::kList};
}

OptionDescription describe_secret(std::string key, Secret& field, std::string help, std::string reference_name) {
  auto set = [&field](const std::string& text) -> Result<void> {
    field = Secret(text);
    return {};
  };
  return {std::move(key), std::move(help), "any text", std::move(reference_name), true, set, [&field] {
            return std::string(field.empty() ? "" : "********");
          }};
}

OptionDescription describe_choice(std::string key, std::string& field, std::vector<std::string> values,
                                  std::string help) {
  std::string allowed = "one of " + join(values, ", ");
  auto set = [&field, values = std::move(values), key, allowed](const std::string& text) -> Result<void> {
    if (std::ranges::find(values, text) == values.end()) return refuse(key, text, allowed);
    field = text;
    return {};
  };
  return {std::move(key), std::move(help), allowed, {}, false, set, [&field] { return field; }};
}

}  // namespace propylon

// How a Configuration is shown: as a file, and as documentation.
#include <algorithm>

#include "config/configuration.h"

namespace propylon::config {
namespace {

std::string quoted(std::string_view text) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string result = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      result.append({'\\', c});
    } else if (byte < 0x20 || byte == 0x7F) {
      result.append({'\\', 'u', '0', '0', kHex[byte >> 4], kHex[byte & 15]});
    } else {
      result.push_back(c);
    }
  }
  return result + '"';
}

std::string quoted_list(std::string_view joined) {
  std::string result = "[";
  while (!joined.empty()) {
    const std::size_t end = std::min(joined.find(','), joined.size());
    result += (result.size() > 1 ? ", " : "") + quoted(joined.substr(0, end));
    joined.remove_prefix(std::min(end + 1, joined.size()));
  }
  return result + ']';
}

std::string as_toml(const OptionDescription& option) {
  const std::string value = option.get();
  switch (option.kind) {
    case OptionKind::kText: return quoted(value);
    case OptionKind::kNumber:
    case OptionKind::kFlag: return value;
    case OptionKind::kList: return quoted_list(value);
  }
  return quoted(value);
}

// A cell of a table: bars would end it.
std::string cell(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '|') result.push_back('\\');
    result.push_back(c);
  }
  return result;
}

std::string code(std::string_view text) { return text.empty() ? std::string() : "`" + cell(text) + "`"; }

std::string row(const OptionDescription& option) {
  std::string variables = "PROPYLON_";
  for (const char c : option.key) variables.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c & ~0x20) : c);
  variables = code(variables);
  if (!option.reference_name.empty()) variables += " " + code(option.reference_name);
  const std::string value = option.secret ? "" : code(as_toml(option));
  return "| " + code(option.key) + " | " + value + " | " + cell(option.allowed) + (option.secret ? " (secret)" : "") +
         " | " + variables + " | " + cell(option.help) + " |\n";
}

}  // namespace

std::string Configuration::show() const {
  std::string text;
  for (const Entry& entry : entries_) {
    const OptionDescription& option = *entry.option;
    std::string origin = entry.origin;
    // An origin is a file name at most; a line end in it would end the comment.
    std::ranges::replace_if(origin, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, '?');
    const bool hidden = option.secret && !option.get().empty();
    text += (hidden ? "# " : "") + option.key + " = " + as_toml(option) + "  # " + origin + '\n';
  }
  return text;
}

std::string Configuration::markdown() const {
  std::string text;
  for (const OptionGroup& group : groups_) {
    text += "## " + group.module + "\n\n" + group.title + "\n\n";
    text += "| Key | Default | Allowed | Environment | Meaning |\n|---|---|---|---|---|\n";
    for (const OptionDescription& option : group.options) text += row(option);
    text += '\n';
  }
  return text;
}

}  // namespace propylon::config

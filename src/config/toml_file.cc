#include "config/toml_file.h"

#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wshadow"
#endif
#include <toml++/toml.h>
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

#include <algorithm>

namespace propylon::config {
namespace {

std::string place(const std::string& file_name, const toml::source_region& region) {
  return file_name + " line " + std::to_string(region.begin.line);
}

std::unexpected<Error> refuse(const std::string& file_name, const toml::node& node, const std::string& key,
                              const char* why) {
  return fail(ErrorCode::kInvalidConfig, place(file_name, node.source()) + ": " + key + " " + why, key);
}

Result<std::string> join_list(const std::string& file_name, const std::string& key, const toml::array& list) {
  std::string joined;
  for (const toml::node& element : list) {
    const auto* const text = element.as_string();
    if (!text) return refuse(file_name, element, key, "may hold only text in quotes");
    if (text->get().find(',') != std::string::npos)
      return refuse(file_name, element, key, "may hold no text with a comma");
    joined += (joined.empty() ? "" : ",") + text->get();
  }
  return joined;
}

Result<FileEntry> read_entry(const std::string& file_name, const std::string& key, const toml::node& node) {
  FileEntry entry{.key = key, .kind = OptionKind::kText, .value = {}, .line = node.source().begin.line};
  if (const auto* const text = node.as_string()) {
    entry.value = text->get();
  } else if (const auto* const number = node.as_integer()) {
    entry.kind = OptionKind::kNumber;
    entry.value = std::to_string(number->get());
  } else if (const auto* const flag = node.as_boolean()) {
    entry.kind = OptionKind::kFlag;
    entry.value = flag->get() ? "true" : "false";
  } else if (const auto* const list = node.as_array()) {
    entry.kind = OptionKind::kList;
    entry.value = PPL_TRY(join_list(file_name, key, *list));
  } else if (node.is_table()) {
    return refuse(file_name, node, key, "is a table; the settings are one flat list of keys");
  } else {
    return refuse(file_name, node, key, "is neither text, a whole number, true or false, nor a list of texts");
  }
  return entry;
}

}  // namespace

Result<std::vector<FileEntry>> parse_toml(std::string_view text, const std::string& file_name) {
  const toml::parse_result parsed = toml::parse(text);
  if (!parsed) {
    const auto& error = parsed.error();
    return fail(ErrorCode::kInvalidConfig, place(file_name, error.source()) + " column " +
                                               std::to_string(error.source().begin.column) + ": " +
                                               std::string(error.description()));
  }
  std::vector<FileEntry> entries;
  for (const auto& [key, node] : parsed.table())
    entries.push_back(PPL_TRY(read_entry(file_name, std::string(key.str()), node)));
  std::ranges::stable_sort(entries, {}, &FileEntry::line);
  return entries;
}

}  // namespace propylon::config

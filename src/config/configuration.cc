#include "config/configuration.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "config/near_miss.h"
#include "config/toml_file.h"
#include "core/assert.h"

namespace propylon::config {
namespace {

constexpr std::string_view kPrefix = "PROPYLON_";
constexpr std::string_view kDefault = "default";

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c & ~0x20);
  }
  return result;
}

std::string variable_of(std::string_view key) { return std::string(kPrefix) + upper(key); }

// Compose files in the wild say `USER: '"true"'`: the quotes belong to the file, not to the value.
std::string without_quotes(std::string_view value) {
  const bool quoted =
      value.size() >= 2 && (value.front() == '"' || value.front() == '\'') && value.front() == value.back();
  return std::string(quoted ? value.substr(1, value.size() - 2) : value);
}

const std::string* find_variable(const std::vector<KeyValue>& environment, std::string_view name) {
  for (const auto& [variable, value] : environment) {
    if (variable == name && !value.empty()) return &value;
  }
  return nullptr;
}

std::string_view name_of(OptionKind kind) {
  switch (kind) {
    case OptionKind::kText: return "text in quotes";
    case OptionKind::kNumber: return "a whole number";
    case OptionKind::kFlag: return "true or false without quotes";
    case OptionKind::kList: return "a list of texts";
  }
  return "text in quotes";
}

}  // namespace

std::vector<KeyValue> process_environment() {
  std::vector<KeyValue> environment;
  for (char** entry = ::environ; entry && *entry; ++entry) {
    const std::string_view text = *entry;
    const std::size_t equals = text.find('=');
    if (equals != std::string_view::npos) environment.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return environment;
}

Result<std::string> read_file(const std::string& file_name) {
  struct Close {
    void operator()(std::FILE* file) const { (void)std::fclose(file); }
  };
  const auto refuse = [&] { return fail(ErrorCode::kIo, "Cannot read " + file_name + ": " + std::strerror(errno)); };
  const std::unique_ptr<std::FILE, Close> file(std::fopen(file_name.c_str(), "rbe"));
  if (!file) return refuse();
  std::string text;
  std::array<char, 4096> block;
  for (std::size_t got = block.size(); got == block.size();) {
    got = std::fread(block.data(), 1, block.size(), file.get());
    text.append(block.data(), got);
  }
  if (std::ferror(file.get()) != 0) return refuse();
  return text;
}

Configuration::Configuration(std::vector<OptionGroup> groups) : groups_(std::move(groups)) {
  for (OptionGroup& group : groups_) {
    for (OptionDescription& option : group.options) {
      PPL_ASSERT(!find(option.key));
      entries_.push_back({&option, std::string(kDefault)});
    }
  }
}

Configuration::Entry* Configuration::find(std::string_view key) {
  const auto it =
      std::ranges::find(entries_, key, [](const Entry& entry) -> std::string_view { return entry.option->key; });
  return it == entries_.end() ? nullptr : &*it;
}

Result<void> Configuration::load(const Sources& sources) {
  PPL_CHECK(load_file(sources));
  PPL_CHECK(load_environment(sources));
  return load_flags(sources);
}

Result<void> Configuration::set(Entry& entry, const std::string& value, const std::string& origin) {
  if (auto result = entry.option->set(value); !result) {
    Error error = std::move(result).error();
    error.message = origin + ": " + error.message;
    return std::unexpected(std::move(error));
  }
  entry.origin = origin;
  return {};
}

Result<void> Configuration::load_file(const Sources& sources) {
  for (const FileEntry& written : PPL_TRY(parse_toml(sources.file_text, sources.file_name))) {
    const std::string origin = sources.file_name + " line " + std::to_string(written.line);
    Entry* const entry = find(written.key);
    if (!entry) return refuse_unknown(origin, written.key, written.key);
    if (written.kind != entry->option->kind) {
      return fail(ErrorCode::kInvalidConfig,
                  origin + ": " + written.key + " must be " + std::string(name_of(entry->option->kind)) +
                      "; allowed is " + entry->option->allowed,
                  written.key);
    }
    PPL_CHECK(set(*entry, written.value, origin));
  }
  return {};
}

Result<void> Configuration::load_environment(const Sources& sources) {
  for (Entry& entry : entries_) {
    const std::string& reference_name = entry.option->reference_name;
    for (const std::string& name : {reference_name, variable_of(entry.option->key)}) {
      const std::string* const value = name.empty() ? nullptr : find_variable(sources.environment, name);
      if (value) PPL_CHECK(set(entry, without_quotes(*value), name));
    }
  }
  for (const auto& [name, value] : sources.environment) {
    if (!name.starts_with(kPrefix)) continue;
    const bool known =
        std::ranges::any_of(entries_, [&](const Entry& entry) { return variable_of(entry.option->key) == name; });
    std::string key = name.substr(kPrefix.size());
    std::ranges::transform(key, key.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
    if (!known) return refuse_unknown("The environment", name, key);
  }
  return {};
}

Result<void> Configuration::load_flags(const Sources& sources) {
  for (const auto& [key, value] : sources.flags) {
    Entry* const entry = find(key);
    if (!entry) return refuse_unknown("The command line", key, key);
    if (entry->option->secret) {
      return fail(ErrorCode::kInvalidConfig,
                  "The command line: " + key + " is a secret, which every process could read there; set " +
                      variable_of(key) + " or write it into the file",
                  key);
    }
    PPL_CHECK(set(*entry, value, "command line"));
  }
  return {};
}

std::unexpected<Error> Configuration::refuse_unknown(const std::string& origin, const std::string& written,
                                                     std::string_view key) const {
  std::vector<std::string> keys;
  for (const Entry& entry : entries_) keys.push_back(entry.option->key);
  std::string message = origin + ": there is no setting " + written;
  if (const auto meant = nearest(key, keys)) message += "; did you mean " + *meant + "?";
  return fail(ErrorCode::kInvalidConfig, std::move(message), written);
}

bool Configuration::is_set(std::string_view key) const {
  return std::ranges::any_of(entries_,
                             [&](const Entry& entry) { return entry.option->key == key && entry.origin != kDefault; });
}

}  // namespace propylon::config

// Reads a configuration file: one flat table of keys.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/option.h"
#include "core/result.h"

namespace propylon::config {

struct FileEntry {
  std::string key;
  OptionKind kind = OptionKind::kText;  // as it was written
  std::string value;                    // as OptionDescription::set takes it; lists with commas
  std::size_t line = 0;                 // 1 based
};

// In the order of the lines. Errors: kInvalidConfig with line and column, for what is no TOML, for tables, and for
// values that no option has (dates, fractions, lists of anything but text, text with a comma in a list).
Result<std::vector<FileEntry>> parse_toml(std::string_view text, const std::string& file_name);

}  // namespace propylon::config

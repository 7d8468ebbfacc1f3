#include "cli/unexpected_arguments.h"

#include <algorithm>

#include "config/near_miss.h"

namespace propylon::cli {
namespace {

Error usage(std::string message) { return {ErrorCode::kInvalidConfig, std::move(message), {}, 0}; }

Error unknown_flag(const std::string& flag, const std::vector<config::OptionGroup>& groups) {
  std::vector<std::string> flags{"--config", "--help", "--version"};
  for (const auto& group : groups) {
    for (const auto& option : group.options) {
      if (!option.secret) flags.push_back(flag_of(option.key));
      if (!option.secret || flag_of(option.key) != flag) continue;
      return usage("there is no flag " + flag + ": " + option.key +
                   " is a secret and comes from the environment or the file, for arguments can be seen by every user "
                   "of the machine");
    }
  }
  const auto like = config::nearest(flag, flags);
  return usage("there is no flag " + flag + " here; " + (like ? "did you mean " + *like + "?" : "--help says more"));
}

}  // namespace

std::string flag_of(std::string key) {
  std::ranges::replace(key, '_', '-');
  return "--" + key;
}

Error unexpected_arguments(const std::vector<std::string>& arguments, const std::vector<config::OptionGroup>& groups) {
  const auto flag = std::ranges::find_if(arguments, [](const std::string& word) { return word.starts_with('-'); });
  if (flag != arguments.end()) return unknown_flag(flag->substr(0, flag->find('=')), groups);
  const std::string first = arguments.empty() ? std::string() : arguments.front();
  return usage("\"" + first + "\" is not expected here; --help says more");
}

}  // namespace propylon::cli

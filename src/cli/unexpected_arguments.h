// What to say about arguments that no command takes.
#pragma once
#include <string>
#include <vector>

#include "config/configuration.h"
#include "core/error.h"

namespace propylon::cli {

// The flag of a setting: "--http-port" of "http_port".
std::string flag_of(std::string key);

// kInvalidConfig about the first flag among the arguments, else the first argument. A flag that is like one of ours
// names it; one of a secret says where secrets come from. What follows a flag may be a secret and is never shown.
Error unexpected_arguments(const std::vector<std::string>& arguments, const std::vector<config::OptionGroup>& groups);

}  // namespace propylon::cli

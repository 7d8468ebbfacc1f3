// Settings of the program as a whole.
#pragma once
#include <cstdint>
#include <string>

#include "core/option.h"

namespace propylon::app {

struct Options {
  std::string data_dir = "data";
  std::string port_file;  // empty: none
  std::string log_level = "info";
  std::string log_format = "auto";   // text on a terminal, JSON otherwise
  std::uint64_t drain_grace_ms = 0;  // still taking connections while /readyz says no
  std::uint64_t drain_limit_ms = 10'000;
};

// `options` must outlive the descriptions.
OptionDescriptions describe(Options& options);

}  // namespace propylon::app

#include "cli/progress_line.h"

#include <fmt/format.h>

namespace propylon::cli {

std::optional<std::string> ProgressLine::at(std::uint64_t bytes, std::uint64_t total) {
  const SteadyTime now = clock_.steady();
  if (now - last_ < kInterval) return std::nullopt;
  last_ = now;
  return fmt::format("{} {} of {} bytes ({} %)\n", act_, bytes, total, total == 0 ? 100 : bytes * 100 / total);
}

}  // namespace propylon::cli

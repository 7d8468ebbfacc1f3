// Says now and then how far something long is.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "core/clock.h"

namespace propylon::cli {

// Thread: caller serialises.
class ProgressLine final {
 public:
  static constexpr std::chrono::milliseconds kInterval{2000};

  // `act` begins each line: "checked".
  ProgressLine(const Clock& clock, std::string act) : clock_(clock), act_(std::move(act)), last_(clock.steady()) {}

  // A line with its newline, at most one every kInterval and none before the first has passed.
  std::optional<std::string> at(std::uint64_t bytes, std::uint64_t total);

 private:
  const Clock& clock_;
  const std::string act_;
  SteadyTime last_;
};

}  // namespace propylon::cli

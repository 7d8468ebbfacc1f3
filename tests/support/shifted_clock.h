// Moves the calendar clock of a real server, as an operator or a time service may: forwards and backwards.
#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "core/temporary_directory.h"
#include "support/sanitized.h"

namespace propylon::testing {

// Lives longer than the server that was started with its environment(). Thread: one.
class ShiftedClock final {
 public:
  ShiftedClock() { std::ofstream(control()) << std::string(sizeof(std::int64_t), '\0'); }

  // Sanitizers want to be loaded first: skip the test.
  static bool possible() { return !kSanitized; }
  // To be given to the server.
  std::map<std::string, std::string> environment() const {
    return {{"LD_PRELOAD", PROPYLON_SHIFTED_CLOCK_LIBRARY}, {"SHIFTED_CLOCK", control()}};
  }

  // From now on the server's clock differs by so much from the machine's. The clock that never jumps is left alone.
  void shift(std::chrono::seconds by) const {
    const std::int64_t seconds = by.count();
    std::fstream file(control(), std::ios::binary | std::ios::in | std::ios::out);
    file.write(reinterpret_cast<const char*>(&seconds), sizeof seconds);
  }

 private:
  std::string control() const { return (directory_.path() / "seconds").string(); }
  TemporaryDirectory directory_;
};

}  // namespace propylon::testing

#include "instructions.h"

#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>

namespace propylon::bench {
namespace {

int open_counter(pid_t thread) {
  perf_event_attr event{};
  event.type = PERF_TYPE_HARDWARE;
  event.size = sizeof event;
  event.config = PERF_COUNT_HW_INSTRUCTIONS;
  return static_cast<int>(::syscall(SYS_perf_event_open, &event, thread, -1, -1, PERF_FLAG_FD_CLOEXEC));
}

}  // namespace

InstructionCounter::InstructionCounter(const std::vector<pid_t>& processes) {
  for (const pid_t process : processes) {
    const std::filesystem::path threads = "/proc/" + std::to_string(process) + "/task";
    for (const auto& thread : std::filesystem::directory_iterator(threads)) {
      const int counter = open_counter(static_cast<pid_t>(std::stol(thread.path().filename())));
      if (counter < 0) {
        available_ = false;
        return;
      }
      counters_.push_back(counter);
    }
  }
}

InstructionCounter::~InstructionCounter() {
  for (const int counter : counters_) ::close(counter);
}

double InstructionCounter::read() const {
  if (!available_) return std::numeric_limits<double>::quiet_NaN();
  double sum = 0;
  for (const int counter : counters_) {
    std::uint64_t count = 0;
    if (::read(counter, &count, sizeof count) != sizeof count) return std::numeric_limits<double>::quiet_NaN();
    sum += static_cast<double>(count);
  }
  return sum;
}

}  // namespace propylon::bench

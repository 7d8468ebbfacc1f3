// Instructions that other processes execute, counted by the processor where it lets us.
#pragma once
#include <sys/types.h>

#include <vector>

namespace propylon::bench {

// Counts from its making on, in user mode and in the kernel, all threads that exist then.
class InstructionCounter final {
 public:
  explicit InstructionCounter(const std::vector<pid_t>& processes);
  ~InstructionCounter();
  InstructionCounter(const InstructionCounter&) = delete;
  InstructionCounter& operator=(const InstructionCounter&) = delete;

  // So far; NaN when the processor's counters cannot be used: virtual machines often have none, and
  // kernel.perf_event_paranoid may forbid them.
  double read() const;

 private:
  std::vector<int> counters_;  // one per thread
  bool available_ = true;
};

}  // namespace propylon::bench

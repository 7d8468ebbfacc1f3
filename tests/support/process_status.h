// What the kernel says about a process, from /proc: for tests of what an attack may cost.
#pragma once
#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "support/sanitized.h"

namespace propylon::testing {

// Sanitizers take memory of their own: what a process takes then says nothing about it.
inline constexpr bool kMemoryTells = !kSanitized;

// All throw std::runtime_error when there is no such process.

// Resident memory: now, and the most there was since the start or the last forget_peak_memory().
std::uint64_t memory_bytes(pid_t pid);
std::uint64_t peak_memory_bytes(pid_t pid);
// Where the kernel does not allow it, the peak stays that of the whole life.
void forget_peak_memory(pid_t pid);

// Of all its threads, in user and kernel mode.
std::chrono::milliseconds cpu_time(pid_t pid);
std::size_t open_file_count(pid_t pid);
// From now on it gets no descriptor from `count` on; those that it has stay open.
void limit_open_files(pid_t pid, std::size_t count);

}  // namespace propylon::testing

// What is measured on, and what it and its processes have spent so far.
#pragma once
#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace propylon::bench {

inline constexpr int kServerCore = 0;
inline constexpr int kLoadCore = 1;

// "AMD EPYC"
std::string processor();
// "Linux 6.1.0"
std::string kernel();
// Of the machine; servers and load need one each.
int cores();

// The calling thread, and what it starts, runs on this core. Throws std::runtime_error when it may not.
void move_to_core(int core);
// As many open files as the system lets this process and its children have.
void raise_open_files();

// User and system time of all threads of these processes so far, in microseconds. Throws std::runtime_error when one
// has ended.
double cpu_us(const std::vector<pid_t>& processes);
double cpu_us(pid_t process);
// The same of the calling thread.
double own_cpu_us();
// All cores together: whatever was not idle, interrupts and kernel threads included. Steps of 10 ms.
double machine_busy_us();

// Throws std::runtime_error when the process has ended.
std::uint64_t resident_bytes(pid_t process);

}  // namespace propylon::bench

// Where the time comes from; handed to whoever needs it, so that a test can own it.
#pragma once
#include <chrono>
#include <cstdint>

namespace propylon {

// Deadlines and leases: never jumps.
using SteadyTime = std::chrono::steady_clock::time_point;
// Stored and shown times: microseconds since 1970-01-01 UTC. May jump when an operator sets the clock.
using WallTime = std::chrono::sys_time<std::chrono::microseconds>;

// Thread: any.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual SteadyTime steady() const = 0;
  virtual WallTime wall() const = 0;
};

// The operating system's clocks.
class SystemClock final : public Clock {
 public:
  SteadyTime steady() const override { return std::chrono::steady_clock::now(); }
  WallTime wall() const override {
    return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
  }
};

}  // namespace propylon

// For tests alone: how far a test goes that could go on for ever.
//
// Usually a moment; in long runs (`./dev test --long`, which sets PROPYLON_LONG) as far as is worth waiting for.
#pragma once
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>
#include <utility>

namespace propylon {

inline bool long_tests() {
  const char* const set = std::getenv("PROPYLON_LONG");
  return set != nullptr && *set != '\0' && std::string_view(set) != "0";
}

// How many seeds, rounds, positions.
inline std::uint64_t long_or(std::uint64_t usually, std::uint64_t in_long_runs) {
  return long_tests() ? in_long_runs : usually;
}

// The first seed of a random test: PROPYLON_TEST_SEED repeats a failure.
inline std::uint64_t test_seed() {
  const char* const given = std::getenv("PROPYLON_TEST_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device()();
}

// Prints at its end what a test went through and how long that took: "every byte flipped: 31415 positions, 4.2 s".
class TestFigures final {
 public:
  explicit TestFigures(std::string test) : test_(std::move(test)) {}
  TestFigures(const TestFigures&) = delete;
  TestFigures& operator=(const TestFigures&) = delete;
  ~TestFigures() {
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin_;
    std::printf("%s: %s%.1f s%s\n", test_.c_str(), figures_.c_str(), took.count(), long_tests() ? " (long run)" : "");
  }
  void add(std::uint64_t number, std::string_view of_what) {
    figures_ += std::to_string(number) + " " + std::string(of_what) + ", ";
  }

 private:
  const std::string test_;
  std::string figures_;
  const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

}  // namespace propylon

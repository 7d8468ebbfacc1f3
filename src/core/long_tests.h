// For tests alone: how far a test goes that could go on for ever, and with which seeds.
//
// Usually a moment and with fixed seeds, so that one tree has one verdict; in long runs (`./dev test --long`, which
// sets PROPYLON_LONG) as far as is worth waiting for, with seeds drawn anew and printed first. PROPYLON_TEST_SEED sets
// the first seed and PROPYLON_TEST_LIVES how many lives a test goes through that counts in lives, in either case.
#pragma once
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <initializer_list>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace propylon {

inline bool long_tests() {
  const char* const set = std::getenv("PROPYLON_LONG");
  return set != nullptr && *set != '\0' && std::string_view(set) != "0";
}

// How many seeds, rounds, positions.
inline std::uint64_t long_or(std::uint64_t usually, std::uint64_t in_long_runs) {
  return long_tests() ? in_long_runs : usually;
}

// The number in a variable of the environment; nothing when it is not set or empty.
inline std::optional<std::uint64_t> number_of_environment(const char* variable) {
  const char* const given = std::getenv(variable);
  if (given == nullptr || *given == '\0') return std::nullopt;
  return std::strtoull(given, nullptr, 10);
}

// How many lives a test goes through: PROPYLON_TEST_LIVES, else as long_or().
inline std::uint64_t test_lives(std::uint64_t usually, std::uint64_t in_long_runs) {
  return number_of_environment("PROPYLON_TEST_LIVES").value_or(long_or(usually, in_long_runs));
}

// The first seed of a random test: PROPYLON_TEST_SEED, which repeats a failure; else a fixed one, or in long runs one
// that is drawn and printed.
inline std::uint64_t test_seed() {
  if (const auto given = number_of_environment("PROPYLON_TEST_SEED")) return *given;
  if (!long_tests()) return 1;
  const std::uint64_t drawn = std::random_device()();
  std::printf("PROPYLON_TEST_SEED=%llu (long run)\n", static_cast<unsigned long long>(drawn));
  std::fflush(stdout);
  return drawn;
}

// The seeds of `lives` lives from test_seed() on. In front of them `kept`, those that have failed once: they stay for
// ever, but where PROPYLON_TEST_SEED asks for others.
inline std::vector<std::uint64_t> test_seeds(std::uint64_t lives, std::initializer_list<std::uint64_t> kept) {
  std::vector<std::uint64_t> seeds;
  if (!number_of_environment("PROPYLON_TEST_SEED")) seeds = kept;
  const std::uint64_t first = test_seed();
  for (std::uint64_t i = 0; i < lives; ++i) seeds.push_back(first + i);
  return seeds;
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

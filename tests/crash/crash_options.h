// How often the tests here kill, and with which choices.
#pragma once
#include <cstdint>
#include <cstdlib>
#include <random>

#include "core/long_tests.h"

namespace propylon::testing {

inline std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* value = std::getenv(variable);
  return value ? std::strtoull(value, nullptr, 10) : otherwise;
}

inline std::uint64_t crash_seed() { return number_from("PROPYLON_CRASH_SEED", std::random_device()()); }

inline std::uint64_t crash_rounds(std::uint64_t usually, std::uint64_t in_long_runs) {
  return number_from("PROPYLON_CRASH_ROUNDS", long_or(usually, in_long_runs));
}

}  // namespace propylon::testing

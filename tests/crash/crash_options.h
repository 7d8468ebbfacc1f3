// How often the tests here kill, and with which choices.
#pragma once
#include <cstdint>

#include "core/long_tests.h"

namespace propylon::testing {

// PROPYLON_CRASH_SEED, else as every random test.
inline std::uint64_t crash_seed() {
  const auto given = number_of_environment("PROPYLON_CRASH_SEED");
  return given ? *given : test_seed();
}

// How many kills: PROPYLON_CRASH_ROUNDS, else PROPYLON_TEST_LIVES, else as said.
inline std::uint64_t crash_rounds(std::uint64_t usually, std::uint64_t in_long_runs) {
  return number_of_environment("PROPYLON_CRASH_ROUNDS").value_or(test_lives(usually, in_long_runs));
}

}  // namespace propylon::testing

#include "core/ascii.h"

#include <gtest/gtest.h>

#include <string>

namespace propylon {
namespace {

// Every byte against every byte that `lower` may hold, at every place of names of every length up to 20.
TEST(Ascii, EqualsLowerIgnoresTheCaseOfLettersAndOfNothingElse) {
  for (std::size_t size = 1; size <= 20; ++size) {
    std::string lower(size, 'x');
    std::string text(size, 'X');
    for (std::size_t at = 0; at < size; ++at) {
      for (unsigned expected = 0; expected < 0x80; ++expected) {
        if (expected >= 'A' && expected <= 'Z') continue;
        lower[at] = static_cast<char>(expected);
        for (unsigned byte = 0; byte < 0x100; ++byte) {
          text[at] = static_cast<char>(byte);
          ASSERT_EQ(equals_lower(text, lower), to_lower(static_cast<char>(byte)) == static_cast<char>(expected))
              << size << ' ' << at << ' ' << byte << ' ' << expected;
        }
      }
      lower[at] = text[at] = 'x';
    }
  }
  EXPECT_TRUE(equals_lower("", ""));
  EXPECT_FALSE(equals_lower("ab", "abc"));
}

}  // namespace
}  // namespace propylon

#include "cli/progress_line.h"

#include <gtest/gtest.h>

#include "core/fake_clock.h"

namespace propylon::cli {
namespace {

TEST(ProgressLine, SpeaksAtMostEveryTwoSecondsAndNotBeforeTheFirstTwo) {
  FakeClock clock;
  ProgressLine progress(clock, "checked");
  EXPECT_FALSE(progress.at(1, 100));
  clock.advance(std::chrono::milliseconds(1999));
  EXPECT_FALSE(progress.at(2, 100));
  clock.advance(std::chrono::milliseconds(1));
  EXPECT_EQ(progress.at(30, 100), "checked 30 of 100 bytes (30 %)\n");
  EXPECT_FALSE(progress.at(31, 100));
  clock.advance(std::chrono::seconds(5));
  EXPECT_EQ(progress.at(0, 0), "checked 0 of 0 bytes (100 %)\n");
}

}  // namespace
}  // namespace propylon::cli

#include "core/rfc3339.h"

#include <gtest/gtest.h>

#include "core/logger.h"

namespace propylon {
namespace {

TEST(Rfc3339, ReadsTheFormsOfTheGrammar) {
  const WallTime noon(std::chrono::sys_days(std::chrono::year(2026) / 1 / 31) + std::chrono::hours(12));
  EXPECT_EQ(parse_rfc3339("2026-01-31T12:00:00Z"), noon);
  EXPECT_EQ(parse_rfc3339("2026-01-31t12:00:00z"), noon);
  EXPECT_EQ(parse_rfc3339("2026-01-31T14:30:00+02:30"), noon);
  EXPECT_EQ(parse_rfc3339("2026-01-31T07:00:00-05:00"), noon);
  EXPECT_EQ(parse_rfc3339("2026-02-01T00:00:00+12:00"), noon);
  EXPECT_EQ(parse_rfc3339("2026-01-31T12:00:00.25Z"), noon + std::chrono::milliseconds(250));
  EXPECT_EQ(parse_rfc3339("2026-01-31T12:00:00.123456789Z"), noon + std::chrono::microseconds(123'456));
  EXPECT_EQ(parse_rfc3339("2026-01-31T11:59:60Z"), noon);
  EXPECT_EQ(parse_rfc3339("1970-01-01T00:00:00Z"), WallTime());
  EXPECT_TRUE(parse_rfc3339("2024-02-29T00:00:00Z").has_value());
}

TEST(Rfc3339, ReadsWhatIsWritten) {
  const WallTime time(std::chrono::milliseconds(1'767'225'600'123));
  EXPECT_EQ(parse_rfc3339(format_time(time)), time);
}

TEST(Rfc3339, RefusesEverythingElse) {
  for (const char* text : {"",
                           "now",
                           "2026",
                           "2026-01-31",
                           "2026-01-31T12:00:00",
                           "2026-01-31T12:00Z",
                           "2026-01-31 12:00:00Z",
                           "2026-1-31T12:00:00Z",
                           "2026-01-31T12:00:00.Z",
                           "2026-01-31T12:00:00,5Z",
                           "2026-01-31T24:00:00Z",
                           "2026-01-31T12:60:00Z",
                           "2026-01-31T12:00:61Z",
                           "2026-13-01T12:00:00Z",
                           "2026-00-01T12:00:00Z",
                           "2026-02-29T12:00:00Z",
                           "2026-01-00T12:00:00Z",
                           "2026-01-31T12:00:00+0200",
                           "2026-01-31T12:00:00+24:00",
                           "2026-01-31T12:00:00Z ",
                           " 2026-01-31T12:00:00Z",
                           "+2026-01-31T12:00:00Z",
                           "20260131T120000Z",
                           "2026-01-31T12:00:00ZZ",
                           "2026-01-31T12:00:0aZ",
                           "\xff"}) {
    EXPECT_EQ(parse_rfc3339(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace propylon

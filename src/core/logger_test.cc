#include "core/logger.h"

#include <gtest/gtest.h>

#include "core/fake_clock.h"
#include "core/header_block.h"
#include "core/option.h"

namespace propylon {
namespace {

struct Lines final : LogSink {
  void write(std::string_view line) override { text += line; }
  std::string text;
};

TEST(Logger, WritesTextAndJsonWithEscapedValues) {
  FakeClock clock;
  Lines lines;
  Logger(lines, clock, LogLevel::kInfo, LogFormat::kText).info("listening", {{"port", 4444}, {"who", "a\nb \"c\""}});
  EXPECT_EQ(lines.text, "2026-01-01T00:00:00.000Z info  listening port=4444 who=\"a\\u000ab \\\"c\\\"\"\n");
  lines.text.clear();
  Logger(lines, clock, LogLevel::kInfo, LogFormat::kJson).warn("x", {{"n", 1}, {"s", "\x1b[31m"}});
  EXPECT_EQ(
      lines.text,
      "{\"time\":\"2026-01-01T00:00:00.000Z\",\"level\":\"warn\",\"event\":\"x\",\"n\":1,\"s\":\"\\u001b[31m\"}\n");
}

TEST(Logger, LeavesOutWhatIsBelowItsLevel) {
  FakeClock clock;
  Lines lines;
  Logger(lines, clock, LogLevel::kWarn, LogFormat::kText).info("quiet");
  EXPECT_EQ(lines.text, "");
}

TEST(HeaderBlock, RoundTripsAndRefusesToReadPastItsEnd) {
  std::string block;
  append_header(block, "A", "xy");
  EXPECT_EQ(block, std::string("\x01\x00\x02\x00\x00\x00\x41\x78\x79", 9));
  append_header(block, "Empty", "");
  HeaderReader reader(block);
  const auto first = reader.next();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->name, "A");
  EXPECT_EQ(first->value, "xy");
  EXPECT_EQ(reader.next()->name, "Empty");
  EXPECT_FALSE(reader.next());
  EXPECT_TRUE(reader.well_formed());
  for (std::size_t cut = 1; cut < 9; ++cut) {
    HeaderReader broken(std::string_view(block).substr(0, cut));
    EXPECT_FALSE(broken.next());
    EXPECT_FALSE(broken.well_formed());
  }
}

TEST(Option, RefusesWhatIsOutOfRangeAndSaysWhatIsAllowed) {
  std::uint64_t port = 4444;
  const auto option = describe_number("http_port", port, 0, 65535, "Port.");
  EXPECT_TRUE(option.set("0").has_value());
  EXPECT_EQ(port, 0u);
  for (const std::string bad : {"", "65536", "-1", "1.5", "80x", " 80"}) {
    const auto result = option.set(bad);
    ASSERT_FALSE(result.has_value()) << bad;
    EXPECT_EQ(result.error().message, "http_port is \"" + bad + "\"; allowed is a number 0..65535");
  }
}

TEST(Option, ASecretNeverShowsItsValue) {
  Secret secret;
  const auto option = describe_secret("jwt_secret", secret, "Key.");
  EXPECT_EQ(option.get(), "");
  ASSERT_TRUE(option.set("hunter2").has_value());
  EXPECT_EQ(option.get(), "********");
  EXPECT_EQ(secret.reveal(), "hunter2");
}

}  // namespace
}  // namespace propylon

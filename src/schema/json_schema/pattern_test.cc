#include "schema/json_schema/pattern.h"

#include <gtest/gtest.h>

namespace propylon::schema::json_schema {
namespace {

struct Row {
  const char* pattern;
  const char* text;
  bool matches;
};

TEST(Pattern, MeansWhatEcma262Means) {
  const Row rows[] = {
      {"^\\d$", "5", true},
      {"^\\d$", "\u0665", false},
      {"^\\w$", "\u00e9", false},
      {"^\\W$", "\u00e9", true},
      {"^\\s$", "\u00a0", true},
      {"^\\s$", "\u2003", true},
      {"^\\s$", "\ufeff", true},
      {"^\\S$", "\u2003", false},
      {"^[\\S]$", "x", true},
      {"^[^\\s\\d]+$", "ab", true},
      {"^\\cC$", "\x03", true},
      {"^\\u00e9$", "\u00e9", true},
      {"^\\ud83d\\udc32$", "\U0001F432", true},
      {"^\\u{1F432}$", "\U0001F432", true},
      {"^.$", "\U0001F432", true},
      {"^.$", "\u2028", false},
      {"^a$", "a\n", false},
      {"a/b", "xa/by", true},
      {"a\\/b", "a/b", true},
      {"^\\p{Letter}+$", "a\u00e9", true},
      {"^\\p{Script=Greek}$", "\u03b1", true},
      {"^\\P{Lu}$", "A", false},
      {"^[\\p{Lu}\\d_-]+$", "A1_-", true},
      {"^[a-z0-9-]{2,4}$", "a-9", true},
      {"^[a-z0-9-]{2,4}$", "abcde", false},
      {"^[A-Z]{3}$", "EUR", true},
      {"^[A-Z]{3}$", "EU\u00c9", false},
      {"^[^a]$", "b", true},
      {"^[.]+$", "..", true},
      {"^[a\\]]+$", "a]", true},
      {"^(?:a|b){2}$", "ab", true},
      {"^(?<name>a)$", "a", true},
      {"a+?", "xa", true},
      {"x{,2}", "x{,2}", true},
      {"^[]$", "a", false},
      {"^[^]$", "\n", true},
      {"\\bfoo\\b", "a foo b", true},
      {"^[\\b]$", "\b", true},
      {"foo", "a foo b", true},
      {"^foo", "food", true},
      {"^foo$", "food", false},
      {"", "anything", true},
      {"^$", "", true},
      {"^\\0$", "", false},
      {"^[[:alpha:]]$", "a", false},
      {"a-z", "a-z", true},
  };
  for (const Row& row : rows) {
    const auto pattern = Pattern::compile(row.pattern);
    ASSERT_TRUE(pattern) << row.pattern << ": " << pattern.error().message;
    EXPECT_EQ(pattern->matches(row.text), row.matches) << row.pattern << " on " << row.text;
  }
}

TEST(Pattern, RefusesWhatIsNoExpression) {
  for (const char* source : {"(", ")", "[", "a**", "*a", "\\", "\\Z", "\\a", "(?", "[z-a]", "a{3,2}", "\\x1", "\\u12",
                             "\\p{", "\\p{Nothing}", "\\u{110000}", "(?<", "|*"}) {
    const auto pattern = Pattern::compile(source);
    ASSERT_FALSE(pattern) << source;
    EXPECT_FALSE(pattern.error().unsupported) << source;
  }
}

TEST(Pattern, SaysWhatCannotBeMatchedInLinearTime) {
  for (const char* source : {"a(?=b)", "a(?!b)", "(?<=a)b", "(?<!a)b", "(a)\\1", "\\k<a>", "a{1001}"}) {
    const auto pattern = Pattern::compile(source);
    ASSERT_FALSE(pattern) << source;
    EXPECT_TRUE(pattern.error().unsupported) << source;
    EXPECT_NE(pattern.error().message.find("not supported"), std::string::npos) << source;
  }
}

TEST(Pattern, TakesLinearTimeOnWhatIsExponentialElsewhere) {
  const auto pattern = Pattern::compile("^(a+)+$");
  ASSERT_TRUE(pattern);
  EXPECT_FALSE(pattern->matches(std::string(100'000, 'a') + "b"));
}

}  // namespace
}  // namespace propylon::schema::json_schema

#include "http/url.h"

#include <gtest/gtest.h>

namespace propylon::http {
namespace {

TEST(Url, DecodesEscapesAndNothingElse) {
  EXPECT_EQ(percent_decode("a%20b+c%2B", PlusSign::kLiteral), "a b+c+");
  EXPECT_EQ(percent_decode("a%20b+c%2B", PlusSign::kBlank), "a b c+");
  EXPECT_EQ(percent_decode("%00%fF", PlusSign::kLiteral), std::string("\0\xff", 2));
  EXPECT_EQ(percent_decode("", PlusSign::kLiteral), "");
  for (const auto* bad : {"%", "%2", "a%", "%g0", "%0g", "%%41"}) {
    EXPECT_FALSE(percent_decode(bad, PlusSign::kLiteral)) << bad;
  }
}

std::string pairs(std::string_view query) {
  std::string text;
  QueryReader reader(query);
  while (const auto pair = reader.next()) text.append(pair->name).append(">").append(pair->value).append(";");
  return text;
}

TEST(Url, ReadsQueries) {
  EXPECT_EQ(pairs(""), "");
  EXPECT_EQ(pairs("a=1&b=2"), "a>1;b>2;");
  EXPECT_EQ(pairs("&&a&b=&=c&d=e=f&"), "a>;b>;>c;d>e=f;");
}

}  // namespace
}  // namespace propylon::http

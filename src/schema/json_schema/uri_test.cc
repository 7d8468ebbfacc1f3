#include "schema/json_schema/uri.h"

#include <gtest/gtest.h>

namespace propylon::schema::json_schema {
namespace {

// The examples of RFC 3986 section 5.4, and what schemas need beside them.
TEST(ResolveUri, DoesWhatRfc3986Says) {
  const struct {
    const char* reference;
    const char* resolved;
  } rows[] = {
      {"g:h", "g:h"},
      {"g", "http://a/b/c/g"},
      {"./g", "http://a/b/c/g"},
      {"g/", "http://a/b/c/g/"},
      {"/g", "http://a/g"},
      {"//g", "http://g"},
      {"?y", "http://a/b/c/d;p?y"},
      {"g?y", "http://a/b/c/g?y"},
      {"#s", "http://a/b/c/d;p?q#s"},
      {"g#s", "http://a/b/c/g#s"},
      {";x", "http://a/b/c/;x"},
      {"", "http://a/b/c/d;p?q"},
      {".", "http://a/b/c/"},
      {"..", "http://a/b/"},
      {"../g", "http://a/b/g"},
      {"../..", "http://a/"},
      {"../../g", "http://a/g"},
      {"../../../g", "http://a/g"},
      {"/./g", "http://a/g"},
      {"g.", "http://a/b/c/g."},
      {"./g/.", "http://a/b/c/g/"},
      {"g;x=1/../y", "http://a/b/c/y"},
  };
  for (const auto& row : rows)
    EXPECT_EQ(resolve_uri("http://a/b/c/d;p?q", row.reference), row.resolved) << row.reference;
  EXPECT_EQ(resolve_uri("urn:uuid:1", "#/a"), "urn:uuid:1#/a");
  EXPECT_EQ(resolve_uri("", "#/a"), "#/a");
  EXPECT_EQ(resolve_uri("http://a", "b"), "http://a/b");
}

TEST(PointerTokens, AreUnescapedInTheRightOrder) {
  EXPECT_TRUE(pointer_tokens("").empty());
  EXPECT_EQ(pointer_tokens("/a~1b/~01//c%25"), (std::vector<std::string>{"a/b", "~1", "", "c%25"}));
  EXPECT_EQ(percent_decoded("a%25%2"), "a%%2");
  std::string pointer;
  append_pointer_token(pointer, "a/b~");
  EXPECT_EQ(pointer, "/a~1b~0");
}

}  // namespace
}  // namespace propylon::schema::json_schema

#include "api/preconditions.h"

#include <gtest/gtest.h>

#include <string>

#include "api/parsed_request.h"

namespace propylon::api {
namespace {

Result<catalog::Precondition> read(const std::string& fields) {
  const ParsedRequest request("PUT /users/bob HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n");
  return read_preconditions(*request);
}

TEST(Preconditions, AreNoneWithoutTheFields) {
  const auto none = read("");
  ASSERT_TRUE(none);
  EXPECT_FALSE(none->revision);
  EXPECT_FALSE(none->must_exist);
  EXPECT_FALSE(none->must_not_exist);
}

TEST(Preconditions, ReadsARevisionAndStars) {
  EXPECT_EQ(read("If-Match: \"17\"\r\n")->revision, 17U);
  EXPECT_EQ(read("If-Match: \"18446744073709551615\"\r\n")->revision, 18446744073709551615U);
  EXPECT_TRUE(read("If-Match: *\r\n")->must_exist);
  EXPECT_TRUE(read("if-none-match: *\r\n")->must_not_exist);
}

TEST(Preconditions, RefusesWhateverElseTheyHold) {
  for (const std::string value : {"", "17", "\"\"", "\"17", "17\"", "\"-1\"", "\"+1\"", "\" 1\"", "\"1x\"", "W/\"17\"",
                                  "\"17\", \"18\"", "**", "\"18446744073709551616\""}) {
    const auto refused = read("If-Match: " + value + "\r\n");
    ASSERT_FALSE(refused) << value;
    EXPECT_EQ(refused.error().code, ErrorCode::kInvalidRequest) << value;
    EXPECT_EQ(refused.error().field, "If-Match") << value;
  }
  for (const std::string value : {"", "\"17\"", "1"}) {
    const auto refused = read("If-None-Match: " + value + "\r\n");
    ASSERT_FALSE(refused) << value;
    EXPECT_EQ(refused.error().field, "If-None-Match") << value;
  }
  EXPECT_FALSE(read("If-Match: \"17\"\r\nIf-Match: \"18\"\r\n"));
  EXPECT_FALSE(read("If-None-Match: *\r\nIf-None-Match: *\r\n"));
}

}  // namespace
}  // namespace propylon::api

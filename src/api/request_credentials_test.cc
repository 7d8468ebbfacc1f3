#include "api/request_credentials.h"

#include <gtest/gtest.h>

#include "api/parsed_request.h"

namespace propylon::api {
namespace {

struct Found {
  bool refused = false;
  std::string authorization;
  std::string query_token;
  friend bool operator==(const Found&, const Found&) = default;
};

Found find(const std::string& target, const std::string& fields = "") {
  ParsedRequest request("POST " + target + " HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n");
  std::string scratch;
  const auto found = find_credentials(*request, scratch);
  if (!found) {
    EXPECT_EQ(found.error().code, ErrorCode::kInvalidRequest);
    return {.refused = true, .authorization = {}, .query_token = {}};
  }
  return {false, std::string(found->authorization), std::string(found->query_token)};
}

TEST(RequestCredentials, HeaderWinsOverQuery) {
  EXPECT_EQ(find("/?authorization=q", "Authorization: Bearer h\r\n"), (Found{false, "Bearer h", ""}));
  EXPECT_EQ(find("/?authorization=q&authorization=r", "Authorization: Bearer h\r\n"), (Found{false, "Bearer h", ""}));
}

TEST(RequestCredentials, AnEmptyHeaderCountsAsAbsent) {
  EXPECT_EQ(find("/?authorization=q", "Authorization:\r\n"), (Found{false, "", "q"}));
  EXPECT_EQ(find("/", "Authorization: \r\n"), (Found{false, "", ""}));
}

TEST(RequestCredentials, TheQueryTokenIsFoundByItsExactName) {
  EXPECT_EQ(find("/?x=1&authorization=a.b-c_d&y"), (Found{false, "", "a.b-c_d"}));
  EXPECT_EQ(find("/?authorization=a%2Eb+c"), (Found{false, "", "a.b+c"}));
  EXPECT_EQ(find("/?Authorization=a"), (Found{false, "", ""}));
  EXPECT_EQ(find("/?authorization="), (Found{false, "", ""}));
  EXPECT_EQ(find("/"), (Found{false, "", ""}));
}

TEST(RequestCredentials, RefusesWhatIsThereTwice) {
  EXPECT_TRUE(find("/", "Authorization: Bearer a\r\nAuthorization: Bearer b\r\n").refused);
  EXPECT_TRUE(find("/", "Authorization: Bearer a\r\nauthorization: Bearer a\r\n").refused);
  EXPECT_TRUE(find("/?authorization=a&authorization=b").refused);
  EXPECT_TRUE(find("/?authorization=a&authorization=a").refused);
  EXPECT_TRUE(find("/?authorization=a%zz").refused);
}

}  // namespace
}  // namespace propylon::api

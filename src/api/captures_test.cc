#include "api/captures.h"

#include <gtest/gtest.h>

#include <string>

#include "api/request_context.h"

namespace propylon::api {
namespace {

Result<void> take(std::string_view pattern, std::string_view first, RequestContext& context,
                  std::string_view second = {}) {
  http::RouteMatch match;
  match.captures = {first, second};
  return take_captures(captures_of(pattern), match, context);
}

TEST(Captures, AreInTheOrderOfThePattern) {
  EXPECT_EQ(captures_of("/livez"), Captures{});
  EXPECT_EQ(captures_of("/users/{user}"), Captures{Capture::kUser});
  EXPECT_EQ(captures_of("/stations/{station}/groups/{group}"), (Captures{Capture::kStation, Capture::kGroup}));
  EXPECT_EQ(captures_of("/schemas/{schema}/versions/{version}"), (Captures{Capture::kSchema, Capture::kVersion}));
}

TEST(Captures, TakesNamesInNormalForm) {
  RequestContext context;
  ASSERT_TRUE(take("/stations/{station}/groups/{group}", "Orders.A", context, "Readers-1"));
  EXPECT_EQ(context.station.view(), "orders.a");
  EXPECT_EQ(context.group, "readers-1");
  ASSERT_TRUE(take("/users/{user}", "Bob.Smith@example-1_", context));
  EXPECT_EQ(context.user, "Bob.Smith@example-1_");
  ASSERT_TRUE(take("/schemas/{schema}/versions/{version}", "Orders.A", context, "4294967295"));
  EXPECT_EQ(context.schema, "orders.a");
  EXPECT_EQ(context.version, 4294967295U);
}

TEST(Captures, RefusesNamesByTheirRules) {
  struct Case {
    std::string pattern;
    std::string name;
  };
  const std::string long_name(129, 'a');
  for (const auto& [pattern, name] :
       {Case{"/s/{station}", "-a"}, Case{"/g/{group}", "a*"}, Case{"/g/{group}", "a."}, Case{"/g/{group}", long_name},
        Case{"/s/{schema}", "a b"}, Case{"/s/{schema}", long_name}, Case{"/u/{user}", "bob$2"},
        Case{"/u/{user}", "b b"}, Case{"/u/{user}", "b\xc3\xb6"}, Case{"/u/{user}", long_name}}) {
    RequestContext context;
    const auto taken = take(pattern, name, context);
    ASSERT_FALSE(taken) << name;
    EXPECT_EQ(taken.error().code, ErrorCode::kInvalidName) << name;
  }
}

TEST(Captures, RefusesVersionsThatAreNoNumberFromOneOn) {
  for (const std::string_view version : {"0", "-1", "+1", "1.0", "x", "1x", " 1", "4294967296", "latest"}) {
    RequestContext context;
    const auto taken = take("/v/{version}", version, context);
    ASSERT_FALSE(taken) << version;
    EXPECT_EQ(taken.error().code, ErrorCode::kInvalidRequest) << version;
    EXPECT_EQ(taken.error().field, "version") << version;
  }
}

}  // namespace
}  // namespace propylon::api

#include "http/router.h"

#include <gtest/gtest.h>

namespace propylon::http {
namespace {

constexpr RoutePattern kPatterns[] = {
    {Method::kPost, "/stations/{station}/produce/single"},
    {Method::kPost, "/stations/{station}/produce/batch"},
    {Method::kGet, "/stations/{station}"},
    {Method::kPut, "/stations/{station}"},
    {Method::kGet, "/stations"},
    {Method::kPost, "/auth/refreshToken"},
    {Method::kGet, "/monitoring/status"},
    {Method::kGet, "/stations/{station}/groups/{group}/stream"},
    {Method::kPost, "/stations/special/produce/single"},
    {Method::kGet, "/"},
};

std::string show(Method method, std::string_view path) {
  const Router router(kPatterns);
  std::string scratch;
  const auto match = router.match(method, path, scratch);
  if (!match) return std::string(to_string(match.error().code));
  switch (match->kind) {
    case RouteMatch::Kind::kNoRoute: return "none";
    case RouteMatch::Kind::kMethodNotAllowed: return "allow " + std::string(match->allow);
    case RouteMatch::Kind::kFound: break;
  }
  std::string text = std::to_string(match->route);
  for (const auto capture : match->captures) {
    if (!capture.empty()) text.append(" ").append(capture);
  }
  return text;
}

TEST(Router, FindsRoutesAndCaptures) {
  EXPECT_EQ(show(Method::kPost, "/stations/Orders/produce/single"), "0 Orders");
  EXPECT_EQ(show(Method::kPost, "/STATIONS/orders/Produce/BATCH"), "1 orders");
  EXPECT_EQ(show(Method::kGet, "/stations/orders"), "2 orders");
  EXPECT_EQ(show(Method::kHead, "/stations/orders/"), "2 orders");
  EXPECT_EQ(show(Method::kPut, "/stations/orders"), "3 orders");
  EXPECT_EQ(show(Method::kGet, "/stations"), "4");
  EXPECT_EQ(show(Method::kGet, "/stations/"), "4");
  EXPECT_EQ(show(Method::kPost, "/auth/refreshtoken"), "5");
  EXPECT_EQ(show(Method::kGet, "/stations/a/groups/b/stream"), "7 a b");
  EXPECT_EQ(show(Method::kPost, "/stations/special/produce/single"), "8");
  EXPECT_EQ(show(Method::kGet, "/"), "9");
}

TEST(Router, DecodesEscapes) {
  EXPECT_EQ(show(Method::kPost, "/stations/a%2Eb%20c/produce/single"), "0 a.b c");
  EXPECT_EQ(show(Method::kPost, "/%73tations/x/produce/sin%67le"), "0 x");
  EXPECT_EQ(show(Method::kPost, "/stations/%252f/produce/single"), "0 %2f");
  EXPECT_EQ(show(Method::kPost, "/stations/a+b/produce/single"), "0 a+b");
}

TEST(Router, TellsUnknownPathsFromWrongMethods) {
  for (const auto* path : {"/nope", "/stations/a/produce", "/stations/a/produce/single/x", "/stationsx", "*",
                           "/1/2/3/4/5/6/7/8/9/10/11/12/13/14", "/monitoring"}) {
    EXPECT_EQ(show(Method::kPost, path), "none") << path;
  }
  EXPECT_EQ(show(Method::kPost, "/monitoring/status"), "allow GET, HEAD");
  EXPECT_EQ(show(Method::kDelete, "/stations/a"), "allow GET, HEAD, PUT");
  EXPECT_EQ(show(Method::kHead, "/auth/refreshToken"), "allow POST");
  EXPECT_EQ(show(Method::kTrace, "/monitoring/status"), "allow GET, HEAD");
}

TEST(Router, RefusesPathsThatCanBeReadInTwoWays) {
  for (const auto* path : {"//",
                           "/stations//produce/single",
                           "//stations",
                           "/stations/a//",
                           "/a/../b",
                           "/./a",
                           "/a/.",
                           "/..",
                           "/a/%2e%2E/b",
                           "/%2e",
                           "/stations/a%2fb",
                           "/stations/a%2F",
                           "/stations/%00",
                           "/a%0a",
                           "/a%7F",
                           "/a%09b",
                           "/a%",
                           "/a%2",
                           "/a%zz",
                           "/a%2g",
                           "/1/2/3/4/5/6/7/8/9/10/11/12/13/..",
                           "/nope//x"}) {
    EXPECT_EQ(show(Method::kGet, path), "invalid_request") << path;
  }
}

TEST(RouterDeathTest, AssertsOnBrokenTables) {
  constexpr RoutePattern kTwice[] = {{Method::kGet, "/a/{b}"}, {Method::kGet, "/A/{c}"}};
  EXPECT_DEATH(Router{kTwice}, "");
  constexpr RoutePattern kSlash[] = {{Method::kGet, "/a/"}};
  EXPECT_DEATH(Router{kSlash}, "");
}

}  // namespace
}  // namespace propylon::http

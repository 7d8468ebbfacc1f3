#include "api/routes.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace propylon::api {
namespace {

TEST(Routes, HaveNamesAndPathsOfTheirOwn) {
  Options options;
  options.dev_endpoints = true;
  const auto table = routes(options);
  std::set<std::string_view> names;
  std::set<std::string> places;
  for (const auto& route : table) {
    EXPECT_TRUE(names.insert(route.name).second) << route.name;
    EXPECT_TRUE(places.insert(std::string(http::to_string(route.method)) + " " + std::string(route.path)).second);
  }
  ASSERT_EQ(route_names().size(), table.size());
  for (std::size_t i = 0; i < table.size(); ++i) EXPECT_EQ(route_names()[i], table[i].name);
}

TEST(Routes, AreAPrefixOfTheTableWithoutTheDevelopmentOption) {
  Options development;
  development.dev_endpoints = true;
  const auto all = routes(development);
  const auto usual = routes(Options{});
  EXPECT_EQ(usual.data(), all.data());
  EXPECT_EQ(usual.size() + 1, all.size());
  EXPECT_EQ(all.back().name, "resources_utilization");
}

TEST(Routes, OfStationsAndSchemasAreNeverPublic) {
  for (const auto& route : routes(Options{})) {
    if (route.path.starts_with("/stations") || route.path.starts_with("/schemas")) {
      EXPECT_NE(route.caller, Caller::kPublic) << route.path;
    }
  }
}

TEST(Routes, LimitBodiesByOption) {
  Options options;
  options.message_bytes_max = 1;
  options.batch_body_bytes_max = 2;
  options.json_body_bytes_max = 3;
  options.schema_body_bytes_max = 4;
  EXPECT_EQ(body_bytes_max(BodyLimit::kMessage, options), 1U);
  EXPECT_EQ(body_bytes_max(BodyLimit::kBatch, options), 2U);
  EXPECT_EQ(body_bytes_max(BodyLimit::kJson, options), 3U);
  EXPECT_EQ(body_bytes_max(BodyLimit::kSchema, options), 4U);
}

}  // namespace
}  // namespace propylon::api

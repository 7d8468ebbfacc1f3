#include "api/options.h"

#include <gtest/gtest.h>

#include <set>

namespace propylon::api {
namespace {

TEST(ApiOptions, DescribeEachKeyOnceWithItsDefault) {
  Options options;
  std::set<std::string> keys;
  for (const auto& option : describe(options)) {
    EXPECT_TRUE(keys.insert(option.key).second) << option.key;
    const std::string before = option.get();
    ASSERT_TRUE(option.set(before)) << option.key << ": the default is not allowed";
    EXPECT_EQ(option.get(), before);
  }
  EXPECT_EQ(keys.size(), 13U);
}

TEST(ApiOptions, DefaultsAreTheContracts) {
  const Options options;
  EXPECT_TRUE(options.auto_create_stations);
  EXPECT_FALSE(options.metrics_public);
  EXPECT_FALSE(options.dev_endpoints);
  EXPECT_EQ(options.message_bytes_max, 4'194'304U);
  EXPECT_EQ(options.batch_body_bytes_max, 16'777'216U);
  EXPECT_EQ(options.consume_wait_ms_max, 60'000U);
}

TEST(ApiOptions, RefuseACapBelowTheShortestWait) {
  Options options;
  for (const auto& option : describe(options)) {
    if (option.key == "consume_wait_ms_max") {
      EXPECT_FALSE(option.set("99"));
    }
  }
}

}  // namespace
}  // namespace propylon::api

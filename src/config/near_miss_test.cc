#include "config/near_miss.h"

#include <gtest/gtest.h>

namespace propylon::config {
namespace {

TEST(Nearest, FindsWhatWasProbablyMeant) {
  const std::vector<std::string> keys = {"http_port", "http_host", "data_dir", "log_level"};
  const std::pair<const char*, std::optional<std::string>> cases[] = {
      {"http_port", "http_port"}, {"htpt_port", "http_port"}, {"http-port", "http_port"},
      {"data_dri", "data_dir"},   {"loglevel", "log_level"},  {"port", std::nullopt},
      {"", std::nullopt},         {"x", std::nullopt},        {"something_else", std::nullopt}};
  for (const auto& [word, expected] : cases) EXPECT_EQ(nearest(word, keys), expected) << word;
  EXPECT_EQ(nearest("a", {}), std::nullopt);
  EXPECT_EQ(nearest(std::string(100'000, 'x'), keys), std::nullopt);
}

}  // namespace
}  // namespace propylon::config

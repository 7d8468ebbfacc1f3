#include "api/station_name.h"

#include <gtest/gtest.h>

#include <string>

namespace propylon::api {
namespace {

void expect_the_rules_answer(const std::string& name) {
  StationName station;
  const auto assigned = station.assign(name);
  const auto expected = normalize_name(NameKind::kStation, name);
  ASSERT_EQ(assigned.has_value(), expected.has_value()) << name;
  if (expected) {
    EXPECT_EQ(station.view(), *expected);
  } else {
    EXPECT_EQ(assigned.error().message, expected.error().message);
    EXPECT_EQ(assigned.error().code, ErrorCode::kInvalidName);
    EXPECT_EQ(station.view(), "");
  }
}

TEST(StationName, AgreesWithTheNameRulesForEveryByteAtEveryPlace) {
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    for (const auto& name : {std::string{c}, std::string{c, 'a'}, std::string{'a', c, 'b'}, std::string{'a', c}}) {
      expect_the_rules_answer(name);
    }
  }
}

TEST(StationName, AgreesWithTheNameRulesForEveryLength) {
  for (std::size_t length = 0; length < 200; ++length) expect_the_rules_answer(std::string(length, 'A'));
}

TEST(StationName, IsLowerCased) {
  StationName station;
  ASSERT_TRUE(station.assign("Orders.EU-1"));
  EXPECT_EQ(station.view(), "orders.eu-1");
}

TEST(StationName, IsEmptyAfterARefusal) {
  StationName station;
  ASSERT_TRUE(station.assign("orders"));
  ASSERT_FALSE(station.assign("or ders"));
  EXPECT_EQ(station.view(), "");
}

}  // namespace
}  // namespace propylon::api

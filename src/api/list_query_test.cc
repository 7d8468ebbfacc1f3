#include "api/list_query.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace propylon::api {
namespace {

TEST(ListQuery, IsTheWholeListByDefault) {
  for (const std::string_view query : {"", "x=1", "after=&prefix=", "authorization=abc"}) {
    const auto list = read_list_query(query);
    ASSERT_TRUE(list) << query;
    EXPECT_EQ(list->prefix, "");
    EXPECT_EQ(list->after, "");
    EXPECT_EQ(list->limit, 100U);
  }
}

TEST(ListQuery, ReadsWhatItKnows) {
  const auto list = read_list_query("prefix=orders%2Ea&limit=1000&after=b3JkZXJz&limit=1");
  ASSERT_TRUE(list);
  EXPECT_EQ(list->prefix, "orders.a");
  EXPECT_EQ(list->after, "orders");
  EXPECT_EQ(list->limit, 1U);
}

TEST(ListQuery, RefusesWhatItCannotRead) {
  const std::string too_long = "after=" + std::string(172, 'Q');  // 129 bytes
  const std::vector<std::string_view> queries = {
      "limit=0",           "limit=1001", "limit=",  "limit=x",         "limit=1x", "limit=-1", "limit=1.0",
      "limit=99999999999", "limit",      "after=*", "after=b3JkZXJz=", "after=b",  too_long,   "prefix=%zz"};
  for (const auto query : queries) {
    const auto list = read_list_query(query);
    ASSERT_FALSE(list) << query;
    EXPECT_EQ(list.error().code, ErrorCode::kInvalidRequest) << query;
    EXPECT_EQ(list.error().field, query.substr(0, query.find('='))) << query;
  }
}

}  // namespace
}  // namespace propylon::api

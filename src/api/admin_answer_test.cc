#include "api/admin_answer.h"

#include <gtest/gtest.h>

#include "api/list_query.h"

namespace propylon::api {
namespace {

TEST(AdminAnswer, CarriesTheRevisionAsIfMatchTakesIt) {
  const auto answer = document_answer(201, R"({"name":"bob"})", 17);
  EXPECT_EQ(answer.status(), 201);
  EXPECT_EQ(answer.content_type(), "application/json");
  EXPECT_EQ(answer.headers(), "ETag: \"17\"\r\n");
  EXPECT_EQ(answer.body(), R"({"name":"bob"})");
}

TEST(AdminAnswer, OfARemovalIsEmpty) {
  const auto answer = deleted_answer();
  EXPECT_EQ(answer.status(), 204);
  EXPECT_EQ(answer.content_type(), "");
  EXPECT_EQ(answer.body(), "");
}

TEST(ListAnswer, SaysHowToGoOnWhenThereIsMore) {
  ListAnswer all;
  EXPECT_EQ(all.finish("").body(), R"({"items":[],"next":null})");
  ListAnswer part;
  part.items().number(1).begin_object().end_object();
  const auto answer = part.finish("orders.a");
  EXPECT_EQ(answer.body(), R"({"items":[1,{}],"next":"b3JkZXJzLmE"})");
  EXPECT_EQ(read_list_query("after=b3JkZXJzLmE")->after, "orders.a");
}

}  // namespace
}  // namespace propylon::api

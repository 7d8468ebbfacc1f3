// GET /stations/{station}/groups; PATCH and DELETE /stations/{station}/groups/{group}
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/error_answer.h"
#include "support/json_members.h"
#include "support/test_gateway.h"

namespace propylon::testing {
namespace {

using Strings = std::vector<std::string>;

class Groups : public ::testing::Test {
 protected:
  HttpAnswer send(std::string_view method, std::string_view target, std::string_view body = {},
                  HttpFields fields = {}) {
    return gateway.request(method, target, gateway.as("root", std::move(fields)), body);
  }
  void produce(const Strings& payloads) {
    for (const auto& payload : payloads) {
      ASSERT_EQ(send("POST", "/stations/orders/produce/single", payload).status, 200);
    }
  }
  Strings consume(const std::string& group, int size = 10, const std::string& consumer = "c") {
    const auto answer = gateway.post_and_go_on("/stations/orders/consume/batch", gateway.as("root"),
                                               R"({"consumer_name":")" + consumer + R"(","consumer_group":")" + group +
                                                   R"(","batch_max_wait_time_ms":100,"min_messages":1,"batch_size":)" +
                                                   std::to_string(size) + "}");
    EXPECT_EQ(answer.status, 200) << answer.body;
    Strings payloads;
    for (const auto& item : elements_of(answer.body)) payloads.push_back(json_member(item, "message"));
    return payloads;
  }
  // The members of the one group that the station has.
  std::map<std::string, std::string> only_group() {
    const auto answer = send("GET", "/stations/orders/groups");
    EXPECT_EQ(answer.status, 200) << answer.body;
    const auto items = elements_of(members_of(answer.body).at("items"));
    EXPECT_EQ(items.size(), 1U) << answer.body;
    return items.empty() ? std::map<std::string, std::string>{} : members_of(items[0]);
  }
  HttpAnswer seek(std::string_view place) {
    return send("PATCH", "/stations/orders/groups/g", R"({"seek":)" + std::string(place) + "}");
  }

  TestGateway gateway;
};

TEST_F(Groups, AreListedWithTheirPlaceAndTheirConsumers) {
  produce({"a", "b", "c"});
  EXPECT_EQ(send("GET", "/stations/orders/groups").body, R"({"items":[],"next":null})");
  EXPECT_EQ(consume("g", 2, "worker-1"), (Strings{"a", "b"}));
  auto group = only_group();
  EXPECT_EQ(group.at("name"), "\"g\"");
  EXPECT_EQ(group.at("acked_seq"), "2");
  EXPECT_EQ(group.at("pending"), "1");
  EXPECT_EQ(group.at("in_flight"), "0");
  EXPECT_EQ(group.at("lag"), "1");
  EXPECT_GE(std::stoi(group.at("oldest_unacked_age_ms")), 0);
  const auto consumers = elements_of(group.at("consumers"));
  ASSERT_EQ(consumers.size(), 1U);
  EXPECT_EQ(json_member(consumers[0], "name"), "worker-1");
  EXPECT_TRUE(json_member(consumers[0], "last_seen").ends_with("Z"));
  EXPECT_EQ(group.size(), 7U);
  EXPECT_EQ(consume("g"), Strings{"c"});
  EXPECT_EQ(only_group().at("oldest_unacked_age_ms"), "null");
}

TEST_F(Groups, AreListedInParts) {
  produce({"a"});
  for (const char* name : {"b", "a.2", "a.1"}) EXPECT_EQ(consume(name), Strings{"a"});
  const auto first = send("GET", "/stations/orders/groups?limit=2");
  EXPECT_NE(first.body.find("\"a.1\""), std::string::npos);
  EXPECT_NE(first.body.find("\"a.2\""), std::string::npos);
  EXPECT_EQ(first.body.find("\"b\""), std::string::npos);
  const auto rest = send("GET", "/stations/orders/groups?limit=2&after=" + json_member(first.body, "next"));
  EXPECT_NE(rest.body.find("\"b\""), std::string::npos);
  EXPECT_EQ(members_of(rest.body).at("next"), "null");
  const auto some = send("GET", "/stations/orders/groups?prefix=A.");
  EXPECT_EQ(elements_of(members_of(some.body).at("items")).size(), 2U);
}

TEST_F(Groups, AForgottenOneBeginsAnew) {
  produce({"a", "b"});
  EXPECT_EQ(consume("g"), (Strings{"a", "b"}));
  const auto deleted = send("DELETE", "/stations/orders/groups/G");
  EXPECT_EQ(deleted.status, 204) << deleted.body;
  EXPECT_EQ(deleted.body, "");
  expect_error(send("DELETE", "/stations/orders/groups/g"),
               {404, "group_not_found", "The station has no consumer group g."});
  EXPECT_EQ(send("GET", "/stations/orders/groups").body, R"({"items":[],"next":null})");
  EXPECT_EQ(consume("g"), (Strings{"a", "b"}));
}

TEST_F(Groups, ASeekMovesOneAndAnswersWithItsPlace) {
  produce({"a", "b", "c"});
  EXPECT_EQ(consume("g").size(), 3U);
  const auto moved = seek(R"({"seq":2})");
  EXPECT_EQ(moved.status, 200) << moved.body;
  EXPECT_EQ(json_member(moved.body, "name"), "g");
  EXPECT_EQ(json_member(moved.body, "acked_seq"), "1");
  EXPECT_EQ(json_member(moved.body, "lag"), "2");
  EXPECT_EQ(consume("g"), (Strings{"b", "c"}));
  ASSERT_EQ(seek("\"earliest\"").status, 200);
  EXPECT_EQ(consume("g", 1), Strings{"a"});
  ASSERT_EQ(seek("\"latest\"").status, 200);
  EXPECT_EQ(consume("g"), Strings{});
  ASSERT_EQ(seek(R"({"time":"2000-01-01T00:00:00Z"})").status, 200);
  EXPECT_EQ(consume("g").size(), 3U);
  ASSERT_EQ(seek(R"({"time":"9999-12-31T23:59:59Z"})").status, 200);
  EXPECT_EQ(consume("g"), Strings{});
}

TEST_F(Groups, ASeekThatIsNotUnderstoodMovesNothing) {
  produce({"a", "b"});
  EXPECT_EQ(consume("g", 1), Strings{"a"});
  constexpr std::string_view kForms =
      "The field \"seek\" must be {\"seq\":n}, {\"time\":\"...\"}, \"earliest\" or \"latest\".";
  for (const char* place : {"null", "\"first\"", "1", "{}", R"({"seq":1,"time":"2026-01-01T00:00:00Z"})"}) {
    expect_error(seek(place), {400, "invalid_request", kForms});
  }
  EXPECT_EQ(seek(R"({"time":"soon"})").status, 400);
  EXPECT_EQ(send("PATCH", "/stations/orders/groups/g").status, 400);
  EXPECT_EQ(send("PATCH", "/stations/orders/groups/g", R"({"seek":"latest","name":"x"})").status, 400);
  EXPECT_EQ(send("PATCH", "/stations/orders/groups/g", R"({"seek":"latest"})", {{"If-Match", "*"}}).status, 501);
  EXPECT_EQ(only_group().at("acked_seq"), "1");
}

TEST_F(Groups, MissingOnesAndMissingStationsAreToldApart) {
  for (const auto& [method, target] :
       std::vector<std::pair<std::string, std::string>>{{"GET", "/stations/orders/groups"},
                                                        {"DELETE", "/stations/orders/groups/g"},
                                                        {"PATCH", "/stations/orders/groups/g"}}) {
    const auto answer = send(method, target, method == "PATCH" ? R"({"seek":"latest"})" : "");
    EXPECT_EQ(json_member(answer.body, "code"), "station_not_found") << method;
    EXPECT_EQ(answer.status, 404) << method;
  }
  produce({"a"});
  const auto answer = seek("\"latest\"");
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(json_member(answer.body, "code"), "group_not_found");
}

TEST_F(Groups, NamesFollowTheReferencesRules) {
  produce({"a"});
  expect_error(send("DELETE", "/stations/orders/groups/-g"),
               {400, "invalid_name", "Consumer name can not start or end with non alphanumeric character"});
  EXPECT_EQ(send("PATCH", "/stations/orders/groups/a*b", R"({"seek":"latest"})").status, 400);
}

}  // namespace
}  // namespace propylon::testing

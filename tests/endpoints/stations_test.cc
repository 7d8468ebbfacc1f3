// GET /stations; GET, PUT, PATCH and DELETE /stations/{station}; POST /stations/{station}/purge
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/error_answer.h"
#include "support/json_members.h"
#include "support/stored_messages.h"
#include "support/test_gateway.h"

namespace propylon::testing {
namespace {

using Strings = std::vector<std::string>;

constexpr std::string_view kOrders = "/stations/orders";
constexpr std::string_view kDeadLetters = R"({"schema":true,"retention_sec":604800,"messages":10000})";
constexpr std::string_view kWeek = R"({"type":"message_age_sec","value":604800})";

class Stations : public ::testing::Test {
 protected:
  HttpAnswer send(std::string_view method, std::string_view target, std::string_view body = {},
                  HttpFields fields = {}) {
    return gateway.request(method, target, gateway.as("root", std::move(fields)), body);
  }
  HttpAnswer put(std::string_view body, HttpFields fields = {}) {
    return send("PUT", kOrders, body, std::move(fields));
  }
  void produce(const Strings& payloads) {
    for (const auto& payload : payloads) {
      ASSERT_EQ(send("POST", "/stations/orders/produce/single", payload).status, 200);
    }
  }
  Strings stored() {
    Strings payloads;
    for (const auto& message : stored_messages(gateway.broker(), "orders")) payloads.push_back(message.payload);
    return payloads;
  }
  static Strings names_in(const HttpAnswer& list) {
    Strings names;
    for (const auto& item : elements_of(members_of(list.body).at("items"))) names.push_back(json_member(item, "name"));
    return names;
  }

  TestGateway gateway;
};

TEST_F(Stations, APutMakesOneWithTheDefaultSettings) {
  const auto answer = put("");
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.field("Content-Type"), "application/json");
  auto members = members_of(answer.body);
  EXPECT_EQ(answer.field("ETag"), '"' + members.at("revision") + '"');
  EXPECT_TRUE(text_of(members.at("created_at")).ends_with("Z")) << answer.body;
  members.erase("revision");
  members.erase("created_at");
  const std::map<std::string, std::string> expected = {{"name", "\"orders\""},
                                                       {"retention", std::string(kWeek)},
                                                       {"durability", "\"os\""},
                                                       {"replicas", "1"},
                                                       {"max_message_bytes", "4194304"},
                                                       {"ack_wait_ms", "30000"},
                                                       {"dead_letters", std::string(kDeadLetters)},
                                                       {"schema", "null"},
                                                       {"dead_letters_count", "0"},
                                                       {"messages", "0"},
                                                       {"bytes", "0"},
                                                       {"first_seq", "1"},
                                                       {"last_seq", "0"}};
  EXPECT_EQ(members, expected);
}

TEST_F(Stations, APutChangesWhatItNames) {
  const auto made = put(R"({"retention":{"type":"messages","value":5},"ack_wait_ms":2000})");
  ASSERT_EQ(made.status, 201) << made.body;
  const auto changed = put(R"({"max_message_bytes":10})");
  EXPECT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(json_member(changed.body, "retention"), R"({"type":"messages","value":5})");
  EXPECT_EQ(json_member(changed.body, "ack_wait_ms"), "2000");
  EXPECT_EQ(json_member(changed.body, "max_message_bytes"), "10");
  EXPECT_NE(changed.field("ETag"), made.field("ETag"));
  const auto same = put(R"({"max_message_bytes":10,"ack_wait_ms":null})");
  EXPECT_EQ(same.status, 200);
  EXPECT_EQ(same.body, changed.body);
  EXPECT_EQ(send("GET", kOrders).body, changed.body);
}

TEST_F(Stations, APatchChangesOneThatExists) {
  expect_error(send("PATCH", kOrders, R"({"ack_wait_ms":2000})"),
               {404, "station_not_found", "Station orders does not exist."});
  ASSERT_EQ(put(R"({"retention":{"type":"messages","value":5},"ack_wait_ms":2000})").status, 201);
  const auto changed = send("PATCH", kOrders, R"({"retention":null,"max_message_bytes":10})",
                            {{"Content-Type", "application/merge-patch+json"}});
  EXPECT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(json_member(changed.body, "retention"), kWeek);
  EXPECT_EQ(json_member(changed.body, "ack_wait_ms"), "2000");
  EXPECT_EQ(json_member(changed.body, "max_message_bytes"), "10");
}

TEST_F(Stations, ChangesHoldToTheirConditions) {
  EXPECT_EQ(put("{}", {{"If-Match", "\"1\""}}).status, 412);
  EXPECT_EQ(put("{}", {{"If-Match", "*"}}).status, 412);
  const auto missing = send("GET", kOrders);
  EXPECT_EQ(missing.status, 404) << "a refused put makes nothing";
  const auto made = put("{}", {{"If-None-Match", "*"}});
  ASSERT_EQ(made.status, 201);
  const auto exists = put("{}", {{"If-None-Match", "*"}});
  EXPECT_EQ(exists.status, 412);
  EXPECT_EQ(json_member(exists.body, "code"), "precondition_failed");
  const auto changed = put(R"({"ack_wait_ms":2000})", {{"If-Match", made.field("ETag")}});
  EXPECT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(put(R"({"ack_wait_ms":3000})", {{"If-Match", made.field("ETag")}}).status, 412);
  EXPECT_EQ(send("PATCH", kOrders, R"({"ack_wait_ms":3000})", {{"If-Match", made.field("ETag")}}).status, 412);
  EXPECT_EQ(send("DELETE", kOrders, "", {{"If-Match", made.field("ETag")}}).status, 412);
  EXPECT_EQ(json_member(send("GET", kOrders).body, "ack_wait_ms"), "2000");
  EXPECT_EQ(put("{}", {{"If-Match", "*"}}).status, 200);
  EXPECT_EQ(put("{}", {{"If-Match", "2"}}).status, 400);
  EXPECT_EQ(send("DELETE", kOrders, "", {{"If-Match", changed.field("ETag")}}).status, 204);
}

TEST_F(Stations, SettingsThatCannotBeKeptAreRefusedByName) {
  struct Case {
    std::string body;
    ExpectedError expected;
  };
  const std::vector<Case> cases = {
      {R"({"retension":{"type":"messages","value":1}})",
       {400, "invalid_request",
        "The field \"retension\" is not known here; known are \"retention\", \"durability\", \"replicas\", "
        "\"max_message_bytes\", \"ack_wait_ms\", \"idempotency_window_ms\", \"max_deliveries\", \"dead_letters\" or "
        "\"schema\"."}},
      {R"({"retention":{"type":"messages"}})",
       {400, "invalid_request", "The field \"retention.value\" is missing; retention is given whole."}},
      {R"({"max_message_bytes":4194305})",
       {400, "invalid_request", "The field \"max_message_bytes\" must be from 1 to 4194304."}},
      {R"({"ack_wait_ms":1})", {400, "invalid_request", "The field \"ack_wait_ms\" must be from 1000 to 43200000."}},
      {R"({"max_deliveries":5})",
       {501, "not_implemented", "The field \"max_deliveries\" does not act in this version; nothing was changed."}},
      {R"({"replicas":3})", {501, "not_implemented", "This server keeps one copy: \"replicas\" can only be 1."}},
      {R"({"durability":"disk"})", {501, "not_implemented", "Stations in memory have durability os."}},
      {"[]", {400, "invalid_request", "It is a JSON array where a JSON object is wanted, at byte 0"}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.body);
    const auto answer = put(c.body);
    EXPECT_EQ(answer.status, c.expected.status) << answer.body;
    EXPECT_EQ(json_member(answer.body, "code"), c.expected.code);
    expect_error(answer, c.expected);
    EXPECT_EQ(send("GET", kOrders).status, 404);
  }
}

TEST_F(Stations, NamesFollowTheReferencesRules) {
  const std::string long_name(129, 'a');
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"-orders", "Station name can not start or end with non alphanumeric character"},
      {"orders.", "Station name can not start or end with non alphanumeric character"},
      {"or*ders", "Only alphanumeric and the '_', '-', '.' characters are allowed in Station"},
      {"or%20ders", "Only alphanumeric and the '_', '-', '.' characters are allowed in Station"},
      {long_name, "Station should be under 128 characters"},
  };
  for (const auto& [name, text] : cases) {
    for (const char* method : {"GET", "PUT", "PATCH", "DELETE"}) {
      expect_error(send(method, "/stations/" + name), {400, "invalid_name", text});
    }
  }
  EXPECT_EQ(json_member(send("PUT", "/stations/ORDERS").body, "name"), "orders");
  EXPECT_EQ(send("GET", "/Stations/%6Frders/").status, 200);
}

TEST_F(Stations, AReaderSeesWhatAStationHolds) {
  produce({"a", "bb"});
  const auto answer = send("GET", kOrders);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(json_member(answer.body, "messages"), "2");
  EXPECT_EQ(json_member(answer.body, "first_seq"), "1");
  EXPECT_EQ(json_member(answer.body, "last_seq"), "2");
  EXPECT_GE(std::stoi(json_member(answer.body, "bytes")), 3);
  expect_error(send("GET", "/stations/other"), {404, "station_not_found", "Station other does not exist."});
}

TEST_F(Stations, ADeletedStationIsGoneAndASecondDeletionSaysSo) {
  produce({"a"});
  const auto deleted = send("DELETE", kOrders);
  EXPECT_EQ(deleted.status, 204);
  EXPECT_EQ(deleted.body, "");
  EXPECT_EQ(send("GET", kOrders).status, 404);
  EXPECT_EQ(send("DELETE", kOrders).status, 404);
  EXPECT_NE(gateway.log().find("station deleted"), std::string::npos);
  produce({"b"});
  EXPECT_EQ(json_member(send("GET", kOrders).body, "last_seq"), "1");
  EXPECT_EQ(stored(), Strings{"b"});
}

TEST_F(Stations, APurgeTakesAllMessagesOrThoseBeforeASequence) {
  produce({"a", "b", "c"});
  const auto some = send("POST", "/stations/orders/purge", R"({"before_seq":3})");
  EXPECT_EQ(some.status, 200) << some.body;
  EXPECT_EQ(json_member(some.body, "messages"), "1");
  EXPECT_EQ(json_member(some.body, "first_seq"), "3");
  EXPECT_EQ(stored(), Strings{"c"});
  const auto all = send("POST", "/stations/orders/purge");
  EXPECT_EQ(all.status, 200) << all.body;
  EXPECT_EQ(json_member(all.body, "messages"), "0");
  EXPECT_EQ(json_member(all.body, "first_seq"), "4");
  EXPECT_EQ(json_member(all.body, "last_seq"), "3");
  EXPECT_EQ(all.body, send("GET", kOrders).body);
  EXPECT_EQ(send("POST", "/stations/orders/purge", "{}").status, 200);
  EXPECT_EQ(send("POST", "/stations/other/purge").status, 404);
}

TEST_F(Stations, APurgeThatIsNotUnderstoodTakesNothing) {
  produce({"a", "b"});
  const std::vector<std::pair<std::string, int>> cases = {
      {R"({"before_seq":0})", 400},
      {R"({"before_seq":-1})", 400},
      {R"({"before_seq":"2"})", 400},
      {R"({"before":2})", 400},
      {R"({"before_seq":1.5})", 400},
      {"before_seq=2", 400},
      {"[]", 400},
  };
  for (const auto& [body, status] : cases) {
    EXPECT_EQ(send("POST", "/stations/orders/purge", body).status, status) << body;
  }
  expect_error(send("POST", "/stations/orders/purge", "", {{"If-Match", "\"1\""}}),
               {501, "not_implemented", "If-Match is not supported here; nothing was changed."});
  EXPECT_EQ(stored(), (Strings{"a", "b"}));
}

TEST_F(Stations, AreListedInPartsInTheOrderOfTheirNames) {
  EXPECT_EQ(send("GET", "/stations").body, R"({"items":[],"next":null})");
  for (const char* name : {"orders.b", "a", "orders.a", "z"}) {
    ASSERT_EQ(send("PUT", std::string("/stations/") + name).status, 201);
  }
  const auto all = send("GET", "/stations");
  EXPECT_EQ(names_in(all), (Strings{"a", "orders.a", "orders.b", "z"}));
  EXPECT_EQ(elements_of(members_of(all.body).at("items"))[0], send("GET", "/stations/a").body);
  Strings walked;
  std::string after;
  for (int part = 0; part < 4; ++part) {
    const auto one = send("GET", "/stations?limit=1" + (after.empty() ? "" : "&after=" + after));
    walked.push_back(names_in(one).at(0));
    after = json_member(one.body, "next");
  }
  EXPECT_EQ(walked, (Strings{"a", "orders.a", "orders.b", "z"}));
  EXPECT_EQ(after, "") << "there is no more";
  EXPECT_EQ(names_in(send("GET", "/stations?prefix=Orders.")), (Strings{"orders.a", "orders.b"}));
  EXPECT_EQ(names_in(send("GET", "/stations/?prefix=nothing")), Strings{});
  for (const char* bad : {"limit=0", "limit=1001", "limit=x", "after=%2A"}) {
    EXPECT_EQ(send("GET", std::string("/stations?") + bad).status, 400) << bad;
  }
}

TEST_F(Stations, PathsSayWhichMethodsTheyKnow) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"/stations", "GET, HEAD"},
      {"/stations/orders", "DELETE, GET, HEAD, PATCH, PUT"},
      {"/stations/orders/purge", "POST"},
      {"/stations/orders/groups", "GET, HEAD"},
      {"/stations/orders/groups/g", "DELETE, PATCH"},
  };
  for (const auto& [target, methods] : cases) {
    const auto answer = send("TRACE", target);
    EXPECT_EQ(answer.status, 405) << target;
    Strings known;
    for (std::string_view rest = methods; !rest.empty();) {
      const auto comma = std::min(rest.find(", "), rest.size());
      EXPECT_NE(answer.field("Allow").find(rest.substr(0, comma)), std::string::npos) << answer.field("Allow");
      rest.remove_prefix(std::min(comma + 2, rest.size()));
    }
  }
}

TEST_F(Stations, ItsLimitRefusesAMessageAndSingleElementsOfABatch) {
  ASSERT_EQ(put(R"({"max_message_bytes":5})").status, 201);
  expect_error(send("POST", "/stations/orders/produce/single", "123456"),
               {413, "body_too_large", "A message of this station may have 5 bytes."});
  const auto batch = send("POST", "/stations/orders/produce/batch", "[1,222222,3]");
  EXPECT_EQ(batch.status, 400);
  EXPECT_EQ(json_member(batch.body, "code"), "batch_partly_refused");
  EXPECT_EQ(json_member(batch.body, "error"), "The element has 6 bytes; a message may have 5.");
  EXPECT_EQ(json_member(batch.body, "sent"), "2");
  EXPECT_EQ(stored(), (Strings{"1", "3"}));
  const auto atomic = send("POST", "/stations/orders/produce/batch?atomic=true", "[4,555555]");
  EXPECT_EQ(json_member(atomic.body, "sent"), "0");
  EXPECT_EQ(stored(), (Strings{"1", "3"}));
}

TEST_F(Stations, AStoreThatFailsIsNoSuccess) {
  ASSERT_EQ(put("").status, 201);
  gateway.broker().fail_with(Error{ErrorCode::kStoreUnavailable, "disk /dev/x failed", "", 0});
  for (const auto& [method, target] :
       std::vector<std::pair<std::string, std::string>>{{"GET", "/stations"},
                                                        {"GET", "/stations/orders"},
                                                        {"PUT", "/stations/orders"},
                                                        {"PATCH", "/stations/orders"},
                                                        {"DELETE", "/stations/orders"},
                                                        {"POST", "/stations/orders/purge"},
                                                        {"GET", "/stations/orders/groups"},
                                                        {"DELETE", "/stations/orders/groups/g"}}) {
    const auto answer = send(method, target);
    EXPECT_EQ(answer.status, 503) << method << target;
    EXPECT_EQ(json_member(answer.body, "code"), "store_unavailable");
    EXPECT_EQ(answer.body.find("/dev/x"), std::string::npos);
    EXPECT_NE(answer.field("Retry-After"), "");
  }
}

}  // namespace
}  // namespace propylon::testing

// Stations as an administrator of a running server makes, changes, empties and removes them.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <thread>

#include "support/gateway.h"
#include "support/json_members.h"

namespace propylon::testing {
namespace {

using Strings = std::vector<std::string>;
using namespace std::chrono_literals;

Strings names_in(const HttpAnswer& list) {
  Strings names;
  for (const auto& item : elements_of(members_of(list.body).at("items"))) {
    names.push_back(text_of(members_of(item).at("name")));
  }
  return names;
}

class Stations : public GatewayTest {
 protected:
  // As the server writes it.
  std::string station() const {
    std::string name = GatewayTest::station();
    std::ranges::transform(name, name.begin(), [](char c) { return static_cast<char>(std::tolower(c)); });
    return name;
  }
  HttpAnswer send(std::string_view method, std::string_view more = {}, std::string_view body = {},
                  HttpFields fields = {}) {
    return gateway().send(method, "/stations/" + station() + std::string(more), gateway().authorized(std::move(fields)),
                          body);
  }
  std::map<std::string, std::string> document() {
    const auto answer = send("GET");
    EXPECT_EQ(answer.status, 200) << answer.body;
    return members_of(answer.body);
  }
  void produce(const Strings& payloads) {
    for (const auto& payload : payloads) ASSERT_EQ(gateway().produce(station(), payload).body, kStored);
  }
  Strings all(const std::string& group) { return payloads_of(gateway().drain(station(), group)); }
};

TEST_F(Stations, AreMadeReadChangedAndRemoved) {
  const auto made = send("PUT", "", R"({"retention":{"type":"messages","value":100},"durability":"os"})");
  EXPECT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.field("ETag"), '"' + members_of(made.body).at("revision") + '"');
  auto members = document();
  EXPECT_EQ(send("GET").body, made.body);
  EXPECT_EQ(members.at("name"), json_string(station()));
  EXPECT_EQ(members.at("retention"), R"({"type":"messages","value":100})");
  EXPECT_EQ(members.at("durability"), R"("os")");
  EXPECT_EQ(members.at("replicas"), "1");
  EXPECT_EQ(members.at("messages"), "0");
  EXPECT_EQ(members.at("first_seq"), "1");
  EXPECT_EQ(members.at("last_seq"), "0");
  const auto changed = send("PUT", "", R"({"ack_wait_ms":5000})");
  EXPECT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(document().at("retention"), R"({"type":"messages","value":100})");
  EXPECT_EQ(document().at("ack_wait_ms"), "5000");
  EXPECT_EQ(send("PUT", "", R"({"ack_wait_ms":5000})").body, changed.body);
  const auto patched = send("PATCH", "", R"({"retention":null})");
  EXPECT_EQ(patched.status, 200) << patched.body;
  EXPECT_EQ(document().at("retention"), R"({"type":"message_age_sec","value":604800})");
  EXPECT_EQ(send("DELETE").status, 204);
  expect_problem(send("DELETE"), {.status = 404, .code = "station_not_found"});
  expect_problem(send("GET"), {.status = 404, .code = "station_not_found"});
  expect_problem(send("PATCH", "", "{}"), {.status = 404, .code = "station_not_found"});
}

TEST_F(Stations, HoldToTheirConditions) {
  const auto made = send("PUT", "", "{}", {{"If-None-Match", "*"}});
  ASSERT_EQ(made.status, 201) << made.body;
  expect_problem(send("PUT", "", "{}", {{"If-None-Match", "*"}}), {.status = 412, .code = "precondition_failed"});
  const auto changed = send("PUT", "", R"({"ack_wait_ms":5000})", {{"If-Match", made.field("ETag")}});
  EXPECT_EQ(changed.status, 200) << changed.body;
  expect_problem(send("PATCH", "", R"({"ack_wait_ms":6000})", {{"If-Match", made.field("ETag")}}),
                 {.status = 412, .code = "precondition_failed"});
  expect_problem(send("DELETE", "", "", {{"If-Match", made.field("ETag")}}),
                 {.status = 412, .code = "precondition_failed"});
  EXPECT_EQ(document().at("ack_wait_ms"), "5000");
  EXPECT_EQ(send("DELETE", "", "", {{"If-Match", changed.field("ETag")}}).status, 204);
  expect_problem(send("PUT", "", "{}", {{"If-Match", "*"}}), {.status = 412, .code = "precondition_failed"});
}

TEST_F(Stations, RefuseMisspeltAndUnknownSettings) {
  expect_problem(send("PUT", "", R"({"retentoin":{"type":"messages","value":1}})"),
                 {.status = 400,
                  .code = "invalid_request",
                  .error = "The field \"retentoin\" is not known here; known are \"retention\", \"durability\", "
                           "\"replicas\", \"max_message_bytes\", \"ack_wait_ms\", \"idempotency_window_ms\", "
                           "\"max_deliveries\", \"dead_letters\" or \"schema\"."});
  expect_problem(send("PUT", "", R"({"max_deliveries":3})"),
                 {.status = 501,
                  .code = "not_implemented",
                  .error = "The field \"max_deliveries\" does not act in this version; nothing was changed."});
  expect_problem(send("PUT", "", R"({"schema":{"name":"unknown"}})"), {.status = 404, .code = "schema_not_found"});
  expect_problem(send("GET"), {.status = 404, .code = "station_not_found"});
}

TEST_F(Stations, AreListedOfTheAccountByPrefix) {
  for (const char* suffix : {"-c", "-a", "-b"}) {
    ASSERT_EQ(gateway().send("PUT", "/stations/" + station() + suffix, gateway().authorized()).status, 201);
  }
  const std::string list = "/stations?limit=2&prefix=" + station() + "-";
  const auto first = gateway().send("GET", list, gateway().authorized());
  EXPECT_EQ(names_in(first), (Strings{station() + "-a", station() + "-b"}));
  const std::string next = text_of(members_of(first.body).at("next"));
  const auto rest = gateway().send("GET", list + "&after=" + next, gateway().authorized());
  EXPECT_EQ(names_in(rest), Strings{station() + "-c"});
  EXPECT_EQ(members_of(rest.body).at("next"), "null");
}

TEST_F(Stations, KeepTheNewestMessagesAndALongerRetentionBringsNoneBack) {
  ASSERT_EQ(send("PUT", "", R"({"retention":{"type":"messages","value":2}})").status, 201);
  produce({"a", "b", "c"});
  EXPECT_EQ(all("one"), (Strings{"b", "c"}));
  ASSERT_EQ(send("PUT", "", R"({"retention":{"type":"messages","value":1}})").status, 200);
  EXPECT_EQ(document().at("messages"), "1");
  ASSERT_EQ(send("PUT", "", R"({"retention":{"type":"message_age_sec","value":0}})").status, 200);
  EXPECT_EQ(all("two"), Strings{"c"});
  EXPECT_EQ(document().at("first_seq"), "3");
  EXPECT_EQ(document().at("last_seq"), "3");
}

TEST_F(Stations, KeepMessagesForTheirAge) {
  ASSERT_EQ(send("PUT", "", R"({"retention":{"type":"message_age_sec","value":1}})").status, 201);
  produce({"a"});
  const auto deadline = std::chrono::steady_clock::now() + 20s;
  while (document().at("messages") != "0") {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    std::this_thread::yield();
  }
  EXPECT_EQ(all("late"), Strings{});
  EXPECT_EQ(document().at("first_seq"), "2");
}

TEST_F(Stations, KeepWhatNotEveryGroupHasAcknowledged) {
  ASSERT_EQ(send("PUT", "", R"({"retention":{"type":"ack_based"}})").status, 201);
  produce({"a", "b"});
  EXPECT_EQ(document().at("messages"), "2") << "without a group everything is kept";
  EXPECT_EQ(payloads_of(messages_of(
                gateway().consume(station(), consume_body({.group = "slow", .batch_size = 1, .wait_ms = 100})))),
            Strings{"a"});
  const auto deadline = std::chrono::steady_clock::now() + 20s;
  while (document().at("first_seq") != "2") ASSERT_LT(std::chrono::steady_clock::now(), deadline);
  EXPECT_EQ(all("fast"), Strings{"b"});
  EXPECT_EQ(document().at("messages"), "1") << "the slow group has not had it";
}

TEST_F(Stations, ArePurgedWholeOrBeforeASequence) {
  produce({"a", "b", "c"});
  const auto some = send("POST", "/purge", R"({"before_seq":3})");
  EXPECT_EQ(some.status, 200) << some.body;
  EXPECT_EQ(members_of(some.body).at("first_seq"), "3");
  EXPECT_EQ(all("one"), Strings{"c"});
  const auto rest = send("POST", "/purge");
  EXPECT_EQ(rest.status, 200) << rest.body;
  EXPECT_EQ(members_of(rest.body).at("messages"), "0");
  produce({"d"});
  EXPECT_EQ(all("two"), Strings{"d"});
  EXPECT_EQ(document().at("last_seq"), "4");
}

TEST_F(Stations, MadeAgainTheyAreEmpty) {
  produce({"old"});
  EXPECT_EQ(all("g"), Strings{"old"});
  ASSERT_EQ(send("DELETE").status, 204);
  produce({"new"});
  EXPECT_EQ(document().at("last_seq"), "1");
  EXPECT_EQ(all("g"), Strings{"new"});
}

TEST_F(Stations, TheirLimitRefusesLargerMessages) {
  ASSERT_EQ(send("PUT", "", R"({"max_message_bytes":5})").status, 201);
  const auto single = gateway().produce(station(), "123456");
  expect_problem(single, {.status = 413, .code = "body_too_large"});
  EXPECT_NE(single.body.find('5'), std::string::npos);
  const auto batch = gateway().produce_batch(station(), R"([1,222222,3])");
  EXPECT_EQ(batch.status, 400);
  EXPECT_EQ(members_of(batch.body).at("sent"), "2");
  EXPECT_EQ(all("g"), (Strings{"1", "3"}));
}

TEST_F(Stations, OnDiskTheyStoreAndHandOut) {
  ASSERT_EQ(send("PUT", "", R"({"durability":"disk"})").status, 201);
  produce({"a", "b"});
  EXPECT_EQ(document().at("messages"), "2");
  EXPECT_EQ(all("g"), (Strings{"a", "b"}));
  ASSERT_EQ(send("PUT", "", R"({"durability":"os"})").status, 200);
  produce({"c"});
  EXPECT_EQ(all("g"), Strings{"c"});
}

TEST_F(Stations, GoNeitherIntoNorOutOfMemory) {
  ASSERT_EQ(send("PUT", "", R"({"durability":"memory"})").status, 201);
  produce({"a"});
  EXPECT_EQ(all("g"), Strings{"a"});
  expect_problem(send("PUT", "", R"({"durability":"os"})"), {.status = 409, .code = "conflict"});
  EXPECT_EQ(document().at("durability"), R"("memory")");
}

// A server of its own: it ends and starts again.
TEST(StationsAfterARestart, HaveTheirSettingsAndWhatWasTakenStaysAway) {
  Gateway gateway;
  const auto send = [&](std::string_view method, const std::string& target, std::string_view body = {}) {
    return gateway.send(method, "/stations/" + target, gateway.authorized(), body);
  };
  ASSERT_EQ(send("PUT", "short", R"({"retention":{"type":"messages","value":1},"max_message_bytes":99})").status, 201);
  ASSERT_EQ(send("PUT", "fleeting", R"({"durability":"memory"})").status, 201);
  ASSERT_EQ(send("PUT", "removed").status, 201);
  for (const char* name : {"short", "fleeting", "purged", "removed"}) {
    for (const char* payload : {"a", "b"}) ASSERT_EQ(gateway.produce(name, payload).body, kStored);
  }
  ASSERT_EQ(send("POST", "purged/purge", R"({"before_seq":2})").status, 200);
  ASSERT_EQ(send("DELETE", "removed").status, 204);
  const std::string document = send("GET", "short").body;
  const std::string purged = send("GET", "purged").body;
  gateway.process().kill();
  gateway.process().start();
  EXPECT_EQ(send("GET", "short").body, document);
  EXPECT_EQ(send("GET", "purged").body, purged);
  EXPECT_EQ(payloads_of(gateway.drain("purged")), Strings{"b"});
  EXPECT_EQ(payloads_of(gateway.drain("fleeting")), Strings{});
  EXPECT_EQ(send("GET", "removed").status, 404);
  EXPECT_EQ(gateway.process().terminate().code, 0);
}

}  // namespace
}  // namespace propylon::testing

// Stations with a schema, as producers meet them: the error examples of the reference's READMEs, and what of it
// survives a restart.
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "support/gateway.h"
#include "support/json_members.h"

namespace propylon::testing {
namespace {

using Strings = std::vector<std::string>;

constexpr std::string_view kDefinition =
    R"({"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","properties":)"
    R"({"field1":{"type":"string"},"field2":{"type":"string"},"field3":{"type":"integer"}},)"
    R"("required":["field1","field2"]})";
constexpr std::string_view kGood = R"({"field1":"foo","field2":"bar","field3":123})";

std::string missing(std::string_view names) {
  return "Schema validation has failed: jsonschema: '' does not validate with demo#/required: missing properties: " +
         std::string(names);
}

void attach_demo(Gateway& gateway, const std::string& station) {
  const std::string body = R"({"type":"json","definition":)" + std::string(kDefinition) + "}";
  const auto made = gateway.send("PUT", "/schemas/demo", gateway.authorized(), body);
  ASSERT_TRUE(made.status == 201 || made.status == 200) << made.body;
  const auto put = gateway.send("PUT", "/stations/" + station, gateway.authorized(), R"({"schema":{"name":"demo"}})");
  ASSERT_EQ(put.status, 201) << put.body;
}

std::vector<std::string> dead_letters(Gateway& gateway, const std::string& station) {
  const auto list = gateway.send("GET", "/stations/" + station + "/dead-letters", gateway.authorized());
  EXPECT_EQ(list.status, 200) << list.body;
  Strings payloads;
  for (const auto& item : elements_of(members_of(list.body).at("items"))) {
    payloads.push_back(text_of(members_of(item).at("message")));
  }
  return payloads;
}

class ProduceWithSchema : public GatewayTest {
 protected:
  void SetUp() override { attach_demo(gateway(), "demo-" + std::to_string(++stations)); }
  static std::string demo() { return "demo-" + std::to_string(stations.load()); }

 private:
  static inline std::atomic<int> stations = 0;
};

TEST_F(ProduceWithSchema, ASingleMessageAsTheReadmeShowsIt) {
  expect_json(gateway().produce(demo(), kGood), kStored);
  const auto refused = gateway().produce(demo(), R"({"field3":123})");
  const std::string violation = R"([{"pointer":"","keyword":"required","schema_pointer":"/required",)"
                                R"("message":"missing properties: 'field1', 'field2'"}])";
  expect_problem(refused, {.status = 400,
                           .code = "schema_violation",
                           .error = missing("'field1', 'field2'"),
                           .members = {{"errors", violation}}});
  EXPECT_EQ(payloads_of(gateway().drain(demo())), Strings{std::string(kGood)});
}

TEST_F(ProduceWithSchema, ABatchAsTheReadmeShowsIt) {
  const std::string good(kGood);
  expect_json(gateway().produce_batch(demo(), "[" + good + "," + good + "]"), kStored);
  const auto refused = gateway().produce_batch(demo(), "[" + good + R"(,{"field1":"foo"},)" + good + "]");
  const std::string text = missing("'field2'");
  const std::string violation =
      R"([{"pointer":"","keyword":"required","schema_pointer":"/required","message":"missing properties: 'field2'"}])";
  expect_problem(
      refused,
      {.status = 400,
       .code = "batch_partly_refused",
       .error = text,
       .members = {{"errors", "[\"" + text + "\"]"},
                   {"fail", "1"},
                   {"sent", "2"},
                   {"results", R"([{"index":0,"stored":true,"seq":3},{"index":1,"stored":false,)"
                               R"("code":"schema_violation","error":")" +
                                   text + R"(","errors":)" + violation + R"(},{"index":2,"stored":true,"seq":4}])"}}});
  EXPECT_EQ(gateway().drain(demo()).size(), 4U);
  EXPECT_EQ(dead_letters(gateway(), demo()), Strings{R"({"field1":"foo"})"});
}

TEST(SchemaAfterARestart, JudgesTheFirstMessageAndHasItsDeadLetters) {
  Gateway gateway;
  attach_demo(gateway, "orders");
  ASSERT_EQ(gateway.produce("orders", "1").status, 400);
  for (const bool orderly : {true, false}) {
    if (orderly) {
      EXPECT_EQ(gateway.process().terminate().code, 0) << gateway.process().standard_error();
    } else {
      gateway.process().kill();
    }
    gateway.process().start();
    EXPECT_EQ(gateway.produce("orders", "2").status, 400);
    expect_json(gateway.produce_batch("orders", "[" + std::string(kGood) + "]"), kStored);
  }
  EXPECT_EQ(dead_letters(gateway, "orders"), (Strings{"1", "2", "2"}));
  ASSERT_EQ(gateway.send("DELETE", "/stations/orders/dead-letters/2", gateway.authorized()).status, 204);
  gateway.process().kill();
  gateway.process().start();
  EXPECT_EQ(dead_letters(gateway, "orders"), (Strings{"1", "2"}));
  EXPECT_EQ(gateway.drain("orders").size(), 2U);
  EXPECT_EQ(gateway.process().terminate().code, 0);
}

// Every produce that begins after the answer to a change is judged by it, on whichever loop it is served.
TEST(SchemaOnSeveralLoops, ANewVersionJudgesEveryMessageThatBeginsAfterItsAnswer) {
  Gateway gateway({.flags = {"--http-threads", "4"}});
  attach_demo(gateway, "orders");
  std::vector<std::unique_ptr<HttpClient>> clients;
  for (int i = 0; i < 16; ++i) clients.push_back(std::make_unique<HttpClient>(gateway.process().port()));
  for (const auto& [wanted, message] : std::vector<std::pair<std::string, std::string>>{
           {"a", R"({"b":1})"}, {"b", R"({"a":1})"}, {"c", R"({"b":1})"}, {"a", R"({"c":1})"}}) {
    const std::string body = R"({"type":"json","definition":{"required":[")" + wanted + "\"]}}";
    const auto put = gateway.send("PUT", "/schemas/demo", gateway.authorized(), body);
    ASSERT_EQ(put.status / 100, 2) << put.body;
    if (put.status == 200) {  // a definition of before: it is there, and is made the active one
      const std::string version = members_of(put.body).at("version");
      ASSERT_EQ(
          gateway.send("PUT", "/schemas/demo/active", gateway.authorized(), "{\"version\":" + version + "}").status,
          200);
    }
    for (auto& client : clients) {
      const auto answer = client->request("POST", "/stations/orders/produce/single", gateway.authorized(), message);
      EXPECT_EQ(answer.status, 400) << wanted;
    }
  }
}

}  // namespace
}  // namespace propylon::testing

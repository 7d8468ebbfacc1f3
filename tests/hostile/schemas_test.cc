// Schemas and messages that are made to be costly: each is refused with a sentence, or costs no more than its size; and
// while they are judged the server serves others.
#include <gtest/gtest.h>

#include <chrono>
#include <future>

#include "support/gateway.h"
#include "support/json_members.h"
#include "support/process_status.h"

namespace propylon::testing {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kMiB = 1 << 20;

std::string repeated(std::string_view text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

// 2^30 ways through it: each level asks the next one twice.
std::string exponential() {
  std::string definitions;
  for (int i = 0; i < 30; ++i) {
    const std::string next = "{\"$ref\":\"#/$defs/d" + std::to_string(i + 1) + "\"}";
    definitions += "\"d" + std::to_string(i) + "\":{\"anyOf\":[" + next + "," + next + "]},";
  }
  return "{\"$defs\":{" + definitions + "\"d30\":false},\"$ref\":\"#/$defs/d0\"}";
}

class HostileSchemas : public GatewayTest {
 protected:
  std::string schema() const { return station(); }
  HttpAnswer put(std::string_view definition) {
    return gateway().send("PUT", "/schemas/" + schema(), gateway().authorized(),
                          R"({"type":"json","definition":)" + std::string(definition) + "}");
  }
  void expect_refused(std::string_view definition, int status = 400) {
    const auto answer = put(definition);
    EXPECT_EQ(answer.status, status) << definition.substr(0, 100);
    EXPECT_NE(members_of(answer.body)["error"], "") << answer.body.substr(0, 500);
    EXPECT_EQ(gateway().send("GET", "/schemas/" + schema(), gateway().authorized()).status, 404);
  }
  void attach(std::string_view definition) {
    const auto made = put(definition);
    ASSERT_EQ(made.status, 201) << made.body;
    const std::string settings = R"({"schema":{"name":")" + schema() + R"("},"dead_letters":{"schema":false}})";
    ASSERT_EQ(gateway().send("PUT", "/stations/" + station(), gateway().authorized(), settings).status, 201);
  }
  static pid_t pid() { return gateway().process().pid(); }
};

TEST_F(HostileSchemas, DefinitionsBeyondTheLimitsAreRefused) {
  expect_refused(repeated("{\"not\":", 2000) + "{}" + std::string(2000, '}'));
  expect_refused("{\"anyOf\":[" + repeated("{},", 30'000) + "{}]}");
  expect_refused(R"re({"pattern":"((((x{1000}){1000}){1000}){1000})"})re");
  expect_refused(R"({"pattern":")" + std::string(100'000, 'x') + "\"}");
  expect_refused(R"re({"pattern":"(a+)\\1"})re");
  expect_refused(R"({"$ref":"#"})");
  expect_refused(R"({"$ref":"#/nowhere"})");
  expect_refused(R"({"$ref":"http://127.0.0.1:1/other.json"})");
  expect_refused(R"({"multipleOf":1e-400})");
  expect_refused("\"" + std::string(4 * kMiB, 'x') + "\"", 413);
}

TEST_F(HostileSchemas, AnExponentialSchemaIsStoppedAndOthersAreServedMeanwhile) {
  attach(exponential());
  const auto before = cpu_time(pid());
  const auto answer = gateway().produce(station(), "1");
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(members_of(answer.body).at("code"), R"("schema_violation")");
  EXPECT_LT(cpu_time(pid()) - before, 5s);
}

// A message as large as may be for a schema that looks at each of its values many times.
TEST_F(HostileSchemas, LargeMessagesAreJudgedBesideTheLoops) {
  attach(R"({"items":{"allOf":[)" + repeated(R"({"type":"number","minimum":-1},)", 50) + "{}]}}");
  const std::string large = "[" + repeated("1,", kMiB) + "1]";
  auto judged = std::async(std::launch::async, [&] { return gateway().produce(station(), large); });
  HttpClient other = gateway().connect();
  int served = 0;
  while (judged.wait_for(0s) != std::future_status::ready) {
    EXPECT_EQ(other.request("GET", "/livez").status, 200);
    ++served;
  }
  const auto answer = judged.get();
  EXPECT_TRUE(answer.status == 200 || answer.status == 400) << answer.body.substr(0, 500);
  EXPECT_GT(served, 0);
}

TEST_F(HostileSchemas, DeepAndWideMessagesCostWhatTheirSizeCosts) {
  attach(R"({"properties":{"a":{"$ref":"#"}},"uniqueItems":true})");
  forget_peak_memory(pid());
  const std::uint64_t before = memory_bytes(pid());
  EXPECT_EQ(gateway().produce(station(), repeated("{\"a\":", 1000) + "1" + std::string(1000, '}')).status, 200);
  EXPECT_EQ(gateway().produce(station(), std::string(2000, '[') + std::string(2000, ']')).status, 400);
  std::string wide = "[0";
  for (int i = 1; i < 200'000; ++i) wide += "," + std::to_string(i);
  const auto answer = gateway().produce(station(), wide + "]");
  EXPECT_TRUE(answer.status == 200 || answer.status == 400) << answer.body.substr(0, 500);
  if (kMemoryTells) {
    EXPECT_LT(peak_memory_bytes(pid()), before + 128 * kMiB);
  }
}

TEST_F(HostileSchemas, ABatchOfTenThousandWrongElementsHasABoundedAnswer) {
  attach(R"({"items":{"type":"string"}})");
  const std::string element = "[" + repeated("0,", 99) + "0]";
  const std::string batch = "[" + repeated(element + ",", 9'999) + element + "]";
  const auto answer = gateway().produce_batch(station(), batch);
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(members_of(answer.body).at("fail"), "10000");
  EXPECT_LT(answer.body.size(), 16 * kMiB);
}

}  // namespace
}  // namespace propylon::testing

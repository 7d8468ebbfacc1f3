// POST /stations/{station}/produce/... at a station that has a schema; GET and DELETE /stations/{station}/dead-letters
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "api/batch_judgement.h"
#include "support/error_answer.h"
#include "support/json_members.h"
#include "support/stored_messages.h"
#include "support/test_gateway.h"

namespace propylon::testing {
namespace {

using Strings = std::vector<std::string>;

constexpr std::string_view kSingle = "/stations/orders/produce/single";
constexpr std::string_view kBatch = "/stations/orders/produce/batch";
constexpr std::string_view kLetters = "/stations/orders/dead-letters";
constexpr std::string_view kAccepted = R"({"error":null,"success":true})";

// The schema of the reference's READMEs.
constexpr std::string_view kDemo =
    R"({"type":"json","definition":{"type":"object","properties":{"field1":{"type":"string"},)"
    R"("field2":{"type":"string"},"field3":{"type":"integer","minimum":0}},"required":["field1","field2"]}})";
constexpr std::string_view kGood = R"({"field1":"a","field2":"b"})";
constexpr std::string_view kBad = R"({"field3":-1})";
constexpr std::string_view kMissing =
    "Schema validation has failed: jsonschema: '' does not validate with demo#/required: missing properties: 'field1', "
    "'field2'";
constexpr std::string_view kViolations =
    R"([{"pointer":"","keyword":"required","schema_pointer":"/required",)"
    R"("message":"missing properties: 'field1', 'field2'"},)"
    R"({"pointer":"/field3","keyword":"minimum","schema_pointer":"/properties/field3/minimum",)"
    R"("message":"must be \u003e= 0 but found -1"}])";

class ProduceWithSchema : public ::testing::Test {
 protected:
  ProduceWithSchema() {
    EXPECT_EQ(send("PUT", "/schemas/demo", kDemo).status, 201);
    EXPECT_EQ(send("PUT", "/stations/orders", R"({"schema":{"name":"demo"}})").status, 201);
  }

  HttpAnswer send(std::string_view method, std::string_view target, std::string_view body = {},
                  HttpFields fields = {{"Content-Type", "application/json"}}) {
    return gateway.request(method, target, gateway.as("root", std::move(fields)), body);
  }
  Strings stored() {
    Strings payloads;
    for (const auto& message : stored_messages(gateway.broker(), "orders")) payloads.push_back(message.payload);
    return payloads;
  }
  Strings letters(std::string_view member = "message") {
    const auto list = send("GET", kLetters);
    EXPECT_EQ(list.status, 200) << list.body;
    Strings values;
    for (const auto& item : elements_of(members_of(list.body).at("items"))) {
      values.push_back(json_member(item, member));
    }
    return values;
  }

  TestGateway gateway;
};

TEST_F(ProduceWithSchema, StoresWhatFitsByteForByte) {
  const std::string spaced = "{ \"field1\":\"a\",\n\"field2\" : \"b\" }";
  EXPECT_EQ(send("POST", kSingle, spaced).body, kAccepted);
  EXPECT_EQ(send("POST", kBatch, "[" + spaced + "," + std::string(kGood) + "]").body, kAccepted);
  EXPECT_EQ(stored(), (Strings{spaced, spaced, std::string(kGood)}));
}

TEST_F(ProduceWithSchema, RefusesWhatDoesNotFitWithTheReferencesSentenceAndAllViolations) {
  const auto answer = send("POST", kSingle, kBad);
  expect_error(answer, {400, "schema_violation", kMissing});
  EXPECT_EQ(json_member(answer.body, "errors"), kViolations);
  EXPECT_TRUE(stored().empty());
}

TEST_F(ProduceWithSchema, AnswersTheWholeBodyOfAnError) {
  const auto answer = send("POST", kSingle, "{}", {{"X-Request-Id", "r1"}});
  const std::string text(kMissing);
  EXPECT_EQ(answer.body,
            R"({"errors":[{"pointer":"","keyword":"required","schema_pointer":"/required","message":)"
            R"("missing properties: 'field1', 'field2'"}],"success":false,"error":")" +
                text + R"(","type":"urn:propylon:error:schema_violation","title":"Schema violation","status":400,)" +
                R"("detail":")" + text + R"(","code":"schema_violation","retryable":false,"request_id":"r1"})");
}

TEST_F(ProduceWithSchema, TheSchemaDecidesWhateverTheContentTypeSays) {
  EXPECT_EQ(send("POST", kSingle, kGood, {{"Content-Type", "text/plain"}}).status, 200);
  for (const std::string body : {"", "hello", "{\"field1\":", "\xff\xfe"}) {
    const auto answer = send("POST", kSingle, body, {{"Content-Type", "text/plain"}});
    EXPECT_EQ(answer.status, 400) << body;
    EXPECT_TRUE(json_member(answer.body, "error").starts_with("Schema validation has failed: Bad JSON format - "))
        << answer.body;
  }
  EXPECT_EQ(stored(), Strings{std::string(kGood)});
}

TEST_F(ProduceWithSchema, OfABatchJudgesEveryElementAndStoresTheGoodOnes) {
  const auto answer = send("POST", kBatch, "[" + std::string(kGood) + "," + std::string(kBad) + ",7]");
  expect_error(answer, {400, "batch_partly_refused", kMissing});
  const std::string seven =
      "Schema validation has failed: jsonschema: '' does not validate with demo#/type: expected object, but got number";
  EXPECT_EQ(json_member(answer.body, "errors"), "[\"" + std::string(kMissing) + "\",\"" + seven + "\"]");
  EXPECT_EQ(json_member(answer.body, "fail"), "2");
  EXPECT_EQ(json_member(answer.body, "sent"), "1");
  EXPECT_EQ(json_member(answer.body, "results"),
            R"([{"index":0,"stored":true,"seq":1},{"index":1,"stored":false,"code":"schema_violation","error":")" +
                std::string(kMissing) + R"(","errors":)" + std::string(kViolations) +
                R"(},{"index":2,"stored":false,"code":"schema_violation","error":")" + seven +
                R"(","errors":[{"pointer":"","keyword":"type","schema_pointer":"/type",)"
                R"("message":"expected object, but got number"}]}])");
  EXPECT_EQ(stored(), Strings{std::string(kGood)});
  EXPECT_EQ(letters(), (Strings{std::string(kBad), "7"}));
}

TEST_F(ProduceWithSchema, AnAtomicBatchWithOneBadElementStoresNothing) {
  const auto answer = send("POST", std::string(kBatch) + "?atomic=true", "[" + std::string(kGood) + ",{}]");
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(json_member(answer.body, "sent"), "0");
  EXPECT_TRUE(stored().empty());
  EXPECT_EQ(letters(), Strings{"{}"});
}

TEST_F(ProduceWithSchema, OfABatchWithoutAnyGoodElementStoresNothing) {
  EXPECT_EQ(json_member(send("POST", kBatch, "[1,2]").body, "sent"), "0");
  EXPECT_TRUE(stored().empty());
}

TEST_F(ProduceWithSchema, ListsOneViolationOfEachElementOnceAnAnswerHasManyBytesOfThem) {
  ASSERT_EQ(send("PUT", "/schemas/demo", R"({"type":"json","definition":{"items":{"type":"string"}}})").status, 201);
  std::string element = "[0";
  for (int i = 1; i < 100; ++i) element += ",0";
  element += "]";
  std::string body = "[" + element;
  constexpr std::size_t kElements = 2000;
  for (std::size_t i = 1; i < kElements; ++i) body += "," + element;
  const auto answer = send("POST", kBatch, body + "]");
  EXPECT_EQ(members_of(answer.body).at("fail"), std::to_string(kElements));
  EXPECT_LT(answer.body.size(), api::kViolationsListedBytesMax + 2 * kMiB);
  const auto results = elements_of(members_of(answer.body).at("results"));
  ASSERT_EQ(results.size(), kElements);
  EXPECT_EQ(elements_of(members_of(results.front()).at("errors")).size(), 100U);
  EXPECT_EQ(elements_of(members_of(results.back()).at("errors")).size(), 1U);
}

TEST_F(ProduceWithSchema, JudgesLargeMessagesToo) {
  const std::string large(api::kJudgedOnLoopBytes, 'x');
  const std::string good = R"({"field1":"a","field2":")" + large + "\"}";
  const std::string bad = R"({"field1":1,"field2":")" + large + "\"}";
  EXPECT_EQ(send("POST", kSingle, good).body, kAccepted);
  EXPECT_EQ(send("POST", kSingle, bad).status, 400);
  EXPECT_EQ(send("POST", kBatch, "[" + good + "," + good + "]").body, kAccepted);
  EXPECT_EQ(json_member(send("POST", kBatch, "[" + bad + "," + good + "]").body, "sent"), "1");
  EXPECT_EQ(stored(), (Strings{good, good, good, good}));
}

TEST_F(ProduceWithSchema, ANewActiveVersionJudgesTheNextMessage) {
  ASSERT_EQ(send("POST", kSingle, kGood).status, 200);
  ASSERT_EQ(send("PUT", "/schemas/demo", R"({"type":"json","definition":{"required":["field4"]}})").status, 201);
  EXPECT_EQ(send("POST", kSingle, kGood).status, 400);
  EXPECT_EQ(send("POST", kBatch, "[" + std::string(kGood) + "]").status, 400);
  ASSERT_EQ(send("PUT", "/schemas/demo/active", R"({"version":1})").status, 200);
  EXPECT_EQ(send("POST", kSingle, kGood).status, 200);
}

TEST_F(ProduceWithSchema, APinnedVersionStays) {
  ASSERT_EQ(send("PUT", "/stations/orders/schema", R"({"name":"demo","version":1})").status, 200);
  ASSERT_EQ(send("PUT", "/schemas/demo", R"({"type":"json","definition":false})").status, 201);
  EXPECT_EQ(send("POST", kSingle, kGood).status, 200);
  ASSERT_EQ(send("PUT", "/stations/orders/schema", R"({"name":"demo"})").status, 200);
  EXPECT_EQ(send("POST", kSingle, kGood).status, 400);
}

TEST_F(ProduceWithSchema, DetachedTakesAnythingAgain) {
  ASSERT_EQ(send("POST", kSingle, "x").status, 400);
  ASSERT_EQ(send("DELETE", "/stations/orders/schema").status, 200);
  EXPECT_EQ(send("POST", kSingle, "x").status, 200);
  EXPECT_EQ(send("POST", kBatch, "[1]").status, 200);
}

TEST_F(ProduceWithSchema, AMergePatchWithNullDetachesAndSettingsCanAttach) {
  ASSERT_EQ(send("PATCH", "/stations/orders", R"({"schema":null})").status, 200);
  EXPECT_EQ(send("POST", kSingle, "x").status, 200);
  ASSERT_EQ(send("PATCH", "/stations/orders", R"({"schema":{"name":"demo","version":1}})").status, 200);
  EXPECT_EQ(send("POST", kSingle, "x").status, 400);
}

TEST_F(ProduceWithSchema, SettingsThatNameNoSchemaAreRefusedAndChangeNothing) {
  const auto unknown = send("PATCH", "/stations/orders", R"({"ack_wait_ms":1234,"schema":{"name":"nope"}})");
  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(json_member(unknown.body, "code"), "schema_not_found");
  EXPECT_EQ(send("PUT", "/stations/other", R"({"schema":{"name":"demo","version":9}})").status, 404);
  EXPECT_EQ(send("GET", "/stations/other").status, 404);
  EXPECT_EQ(json_member(send("GET", "/stations/orders").body, "ack_wait_ms"), "30000");
  EXPECT_EQ(send("POST", kSingle, kBad).status, 400);
}

TEST_F(ProduceWithSchema, ARefusedMessageBecomesADeadLetter) {
  ASSERT_EQ(send("POST", kSingle, kBad, {{"Content-Type", "application/json"}, {"X-A", "1"}}).status, 400);
  const auto list = send("GET", kLetters);
  auto members = members_of(list.body);
  EXPECT_EQ(members.at("next"), "null");
  const auto items = elements_of(members.at("items"));
  ASSERT_EQ(items.size(), 1U);
  auto letter = members_of(items[0]);
  EXPECT_TRUE(text_of(letter.at("at")).ends_with("Z"));
  letter.erase("at");
  const std::map<std::string, std::string> expected = {
      {"id", "\"1\""},
      {"reason", "\"schema\""},
      {"group", "null"},
      {"seq", "null"},
      {"error", "\"" + std::string(kMissing) + "\""},
      {"errors", std::string(kViolations)},
      {"message", R"("{\"field3\":-1}")"},
      {"headers", R"({"Host":"localhost","Content-Type":"application/json","X-A":"1"})"}};
  EXPECT_EQ(letter, expected);
  EXPECT_EQ(json_member(send("GET", "/stations/orders").body, "dead_letters_count"), "1");
}

TEST_F(ProduceWithSchema, ADeadLetterThatIsNoTextIsBase64) {
  ASSERT_EQ(send("POST", kSingle, "\xff\x00\x01").status, 400);
  EXPECT_EQ(letters("encoding"), Strings{"base64"});
}

TEST_F(ProduceWithSchema, DeadLettersAreListedInPartsAndRemovedOneByOne) {
  for (const std::string body : {"1", "2", "3"}) ASSERT_EQ(send("POST", kSingle, body).status, 400);
  const auto first = members_of(send("GET", std::string(kLetters) + "?limit=2").body);
  EXPECT_EQ(elements_of(first.at("items")).size(), 2U);
  const auto rest = members_of(send("GET", std::string(kLetters) + "?after=" + text_of(first.at("next"))).body);
  EXPECT_EQ(elements_of(rest.at("items")).size(), 1U);
  EXPECT_EQ(rest.at("next"), "null");

  EXPECT_EQ(send("DELETE", std::string(kLetters) + "/2").status, 204);
  EXPECT_NE(gateway.log().find("dead letter removed station=orders dead_letter=2 "), std::string::npos);
  expect_error(send("DELETE", std::string(kLetters) + "/2"),
               {404, "dead_letter_not_found", "Station orders keeps no dead letter 2."});
  EXPECT_EQ(letters("id"), (Strings{"1", "3"}));
  for (const std::string id : {"x", "0", "-1", "1.0", "18446744073709551616"}) {
    expect_error(send("DELETE", std::string(kLetters) + "/" + id),
                 {404, "dead_letter_not_found",
                  "\"" + id +
                      "\" is no id of a dead letter: ids are numbers from 1 to 18446744073709551615, as the list "
                      "of dead letters shows them."});
  }
  EXPECT_EQ(json_member(send("DELETE", "/stations/none/dead-letters/x").body, "code"), "station_not_found");
  EXPECT_EQ(send("DELETE", "/stations/none/dead-letters/1").status, 404);
  EXPECT_EQ(send("GET", "/stations/none/dead-letters").status, 404);
  EXPECT_EQ(send("GET", std::string(kLetters) + "?after=eHk").status, 400);
}

TEST_F(ProduceWithSchema, TheSettingSaysWhetherRefusedMessagesAreKept) {
  ASSERT_EQ(send("PATCH", "/stations/orders", R"({"dead_letters":{"schema":false}})").status, 200);
  ASSERT_EQ(send("POST", kSingle, kBad).status, 400);
  EXPECT_TRUE(letters().empty());
  const auto metrics = send("GET", "/metrics").body;
  EXPECT_NE(metrics.find("propylon_schema_refused_messages_total 1"), std::string::npos);
}

TEST_F(ProduceWithSchema, TheProducerIsRefusedAsEverWhenTheDeadLetterCannotBeKept) {
  gateway.broker().fail_with(Error{ErrorCode::kStorageFull, "The disk is full.", "", 0});
  expect_error(send("POST", kSingle, kBad), {400, "schema_violation", kMissing});
  EXPECT_NE(gateway.log().find("refused messages could not be kept"), std::string::npos);
  EXPECT_NE(send("GET", "/metrics").body.find("propylon_dead_letters_failed_total 1"), std::string::npos);
}

}  // namespace
}  // namespace propylon::testing

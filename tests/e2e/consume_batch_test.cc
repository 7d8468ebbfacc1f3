// POST /stations/{station}/consume/batch
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>

#include "support/gateway.h"
#include "support/json_members.h"

namespace propylon::testing {
namespace {

using Strings = std::vector<std::string>;
using namespace std::chrono_literals;

class ConsumeBatch : public GatewayTest {
 protected:
  Strings consume(const Consume& consume) {
    return payloads_of(messages_of(gateway().consume(station(), consume_body(consume))));
  }
  void produce(const Strings& payloads) {
    for (const auto& payload : payloads) {
      EXPECT_EQ(gateway().produce(station(), payload, {{"Content-Type", "text/plain"}}).body, kStored);
    }
  }
  std::string request(const Consume& consume) {
    return HttpClient::render("POST", "/stations/" + station() + "/consume/batch", gateway().authorized(),
                              consume_body(consume));
  }
  // Waits until the server holds that many waiting fetches; fails after a while.
  void await_waiting(int count) {
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    while (gateway().metric("propylon_broker_waiting_fetches") != count) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    }
  }
  template <class Action>
  static std::chrono::milliseconds duration_of(Action action) {
    const auto start = std::chrono::steady_clock::now();
    action();
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start);
  }
};

// The READMEs: two messages with their headers, all four fields given.
TEST_F(ConsumeBatch, GivesTheMessagesOfTheReadmes) {
  const HttpFields curl{{"Accept", "*/*"}, {"User-Agent", "curl/7.87.0"}};
  gateway().produce(station(), "\n{\n    \"message\": \"message_1\"\n}", curl);
  gateway().produce(station(), R"({"message": "message_2"})", curl);
  const auto answer = gateway().consume(station(), R"({
    "consumer_name": "consumer_1",
    "consumer_group": "group_1",
    "batch_size": 2,
    "batch_max_wait_time_ms": 1000
})");
  const std::string headers =
      R"("headers":{"Host":"localhost","Accept":"*/*","User-Agent":"curl/7.87.0","Content-Type":"application/json"}})";
  expect_json(answer, R"([{"message":"\n{\n    \"message\": \"message_1\"\n}",)" + headers +
                          R"(,{"message":"{\"message\": \"message_2\"}",)" + headers + "]");
}

TEST_F(ConsumeBatch, AnswersWithAnEmptyListWhenNothingComes) {
  HttpAnswer answer;
  const auto took = duration_of([&] { answer = gateway().consume(station(), consume_body({.wait_ms = 1})); });
  expect_json(answer, "[]");
  // A wait below 100 ms is raised to that.
  EXPECT_GE(took, 95ms);
  EXPECT_LT(took, 5000ms);
}

TEST_F(ConsumeBatch, KeepsTheOrderAndGivesEachMessageOnce) {
  Strings payloads;
  for (int i = 0; i < 25; ++i) payloads.push_back(std::to_string(i));
  produce(payloads);
  Strings got;
  for (const std::size_t expected : {10U, 10U, 5U, 0U}) {
    const auto some = consume({.consumer = "c" + std::to_string(got.size())});
    EXPECT_EQ(some.size(), expected);
    got.insert(got.end(), some.begin(), some.end());
  }
  EXPECT_EQ(got, payloads);
}

TEST_F(ConsumeBatch, UsesTheDefaultsForAbsentFields) {
  Strings payloads(12, "x");
  produce(payloads);
  EXPECT_EQ(messages_of(gateway().consume(station(), R"({"consumer_name":"c"})")).size(), 10U);
  EXPECT_EQ(consume({.group = "rest-gateway", .batch_size = 2}).size(), 2U);
  produce(payloads);
  EXPECT_EQ(messages_of(gateway().consume(station(), R"({"consumer_name":"c","batch_size":0,"consumer_group":null,)"
                                                     R"("batch_max_wait_time_ms":null,"unknown":1})"))
                .size(),
            10U);
}

TEST_F(ConsumeBatch, GivesEachGroupEverythingFromTheOldestOn) {
  produce({"a", "b"});
  EXPECT_EQ(consume({.group = "one"}), (Strings{"a", "b"}));
  produce({"c"});
  EXPECT_EQ(consume({.group = "two"}), (Strings{"a", "b", "c"}));
  EXPECT_EQ(consume({.group = "ONE"}), (Strings{"c"}));
  // One consumer name in two groups is two members.
  EXPECT_EQ(consume({.consumer = "same", .group = "three", .batch_size = 1}), (Strings{"a"}));
  EXPECT_EQ(consume({.consumer = "same", .group = "four", .batch_size = 1}), (Strings{"a"}));
}

TEST_F(ConsumeBatch, EncodesTextAndBytesWithoutLoss) {
  const Strings payloads{"plain",
                         "quote \" backslash \\ slash / tab \t",
                         std::string("nul \0 in it", 11),
                         "\xf0\x9f\x98\x80",
                         "\xe2\x80\xa8",
                         "",
                         std::string("\xff\x00\x80", 3)};
  produce(payloads);
  const auto text = messages_of(gateway().consume(station(), consume_body({.group = "text"})));
  EXPECT_EQ(payloads_of(text), payloads);
  for (std::size_t i = 0; i < text.size(); ++i) EXPECT_EQ(text[i].base64, i == payloads.size() - 1) << i;
  const auto encoded =
      messages_of(gateway().consume(station(), consume_body({.group = "encoded", .more = R"(,"encoding":"base64")"})));
  EXPECT_EQ(payloads_of(encoded), payloads);
  for (const auto& message : encoded) EXPECT_TRUE(message.base64);
}

TEST_F(ConsumeBatch, IsRefusedWithTheTextsOfTheReference) {
  const std::string sizes = "Batch size can not be greater than 5000 or less than 1";
  const std::vector<std::pair<std::string, std::string>> bodies{
      {R"({"batch_size":5})", "Consumer name is required"},
      {R"({"consumer_name":""})", "Consumer name is required"},
      {R"({"consumer_name":null})", "Consumer name is required"},
      {R"({"consumer_name":"c","batch_size":5001})", sizes},
      {R"({"consumer_name":"c","batch_size":-1})", sizes},
  };
  for (const auto& [body, error] : bodies) {
    SCOPED_TRACE(body);
    expect_problem(gateway().consume(station(), body), {.status = 400, .code = "invalid_request", .error = error});
  }
  struct Unreadable {
    std::string body;
    std::string code;
    std::string detail;
  };
  for (const auto& [body, code, detail] : std::vector<Unreadable>{
           // As the READMEs have it: a comma too much, names without quotes.
           {R"({"consumer_name":"c","batch_size":5,})", "invalid_json", "It is not valid JSON at byte 36"},
           {R"({"consumer_name": <consumer_name>})", "invalid_json", "It is not valid JSON at byte 18"},
           {R"({"consumer_name":5})", "invalid_request", R"(The field "consumer_name" must be a string.)"},
           {R"({"consumer_name":"c","batch_size":"5"})", "invalid_request",
            R"(The field "batch_size" must be an integer.)"},
           {R"({"consumer_name":"c","batch_size":1.5})", "invalid_request",
            R"(The field "batch_size" must be an integer of at most 64 bits.)"},
           {R"(["c"])", "invalid_request", "The body must be a JSON object."},
           {"", "invalid_json", "It ends too early at byte 0"}}) {
    SCOPED_TRACE(body);
    expect_problem(gateway().consume(station(), body),
                   {.status = 400, .code = code, .error = "Invalid request body", .detail = detail});
  }
  const std::vector<std::pair<std::string, std::string>> names{
      {R"({"consumer_name":"a b"})", "Only alphanumeric and the '_', '-', '.' characters are allowed in Consumer"},
      {R"({"consumer_name":"c","consumer_group":"-g"})",
       "Consumer name can not start or end with non alphanumeric character"},
      {R"({"consumer_name":")" + std::string(129, 'c') + R"("})", "Consumer should be under 128 characters"},
  };
  for (const auto& [body, error] : names) {
    SCOPED_TRACE(body);
    expect_problem(gateway().consume(station(), body), {.status = 400, .code = "invalid_name", .error = error});
  }
  for (const char* more :
       {R"(,"encoding":"hex")", R"(,"min_messages":11)", R"(,"min_messages":-1)", R"(,"ack_mode":"never")"}) {
    const auto answer = gateway().consume(station(), consume_body({.more = more}));
    expect_problem(answer, {.status = 400, .code = "invalid_request"});
  }
}

TEST_F(ConsumeBatch, IsReadWithAnyContentType) {
  produce({"a"});
  const auto answer =
      gateway().send("POST", "/stations/" + station() + "/consume/batch",
                     {{"Authorization", gateway().bearer()}, {"Content-Type", "application/x-www-form-urlencoded"}},
                     consume_body({.batch_size = 1}));
  EXPECT_EQ(payloads_of(messages_of(answer)), Strings{"a"});
}

TEST_F(ConsumeBatch, WaitsForProduce) {
  HttpClient client(gateway().process().port());
  client.send(request({.batch_size = 2, .wait_ms = 30'000}));
  await_waiting(1);
  produce({"first"});
  EXPECT_FALSE(client.readable_within(50ms));  // the batch is not full
  produce({"second"});
  EXPECT_EQ(payloads_of(messages_of(client.receive())), (Strings{"first", "second"}));
}

TEST_F(ConsumeBatch, AnswersWithTheFirstMessageWhenOneIsEnough) {
  HttpClient client(gateway().process().port());
  client.send(request({.wait_ms = 30'000, .more = R"(,"min_messages":1)"}));
  await_waiting(1);
  produce({"only"});
  EXPECT_EQ(payloads_of(messages_of(client.receive())), Strings{"only"});
}

TEST_F(ConsumeBatch, GivesWhatIsThereWhenTheWaitEnds) {
  produce({"one"});
  Strings got;
  const auto took = duration_of([&] { got = consume({.batch_size = 2, .wait_ms = 300}); });
  EXPECT_EQ(got, Strings{"one"});
  EXPECT_GE(took, 295ms);
}

TEST_F(ConsumeBatch, SharesMessagesAmongTheWaitingMembersOfAGroup) {
  std::vector<std::unique_ptr<HttpClient>> clients;
  for (int i = 0; i < 4; ++i) {
    clients.push_back(std::make_unique<HttpClient>(gateway().process().port()));
    clients.back()->send(
        request({.consumer = "c" + std::to_string(i), .group = "g", .batch_size = 1, .wait_ms = 30'000}));
  }
  await_waiting(4);
  Strings payloads{"0", "1", "2", "3"};
  produce(payloads);
  Strings got;
  for (auto& client : clients) {
    for (const auto& payload : payloads_of(messages_of(client->receive()))) got.push_back(payload);
  }
  std::ranges::sort(got);
  EXPECT_EQ(got, payloads);
}

TEST_F(ConsumeBatch, LeasesNothingToAClientThatLeavesWhileItWaits) {
  for (const bool abrupt : {false, true}) {
    auto client = std::make_unique<HttpClient>(gateway().process().port());
    client->send(request({.group = "g", .batch_size = 1, .wait_ms = 30'000}));
    await_waiting(1);
    if (abrupt) client->reset();
    client.reset();
    await_waiting(0);
    produce({"kept"});
    const auto messages = messages_of(gateway().consume(station(), consume_body({.group = "g", .batch_size = 1})));
    ASSERT_EQ(payloads_of(messages), Strings{"kept"});
    EXPECT_EQ(messages[0].deliveries, 1);
  }
}

TEST_F(ConsumeBatch, GivesBackWhatAClientDidNotTake) {
  // More than the sockets' buffers hold, so that the server notices.
  const Strings payloads(3, std::string(4 << 20, 'x'));
  produce(payloads);
  {
    HttpClient client(gateway().process().port());
    client.send(request({.group = "g", .batch_size = 3}));
    ASSERT_TRUE(client.readable_within(20s));
    client.reset();
  }
  const auto messages = messages_of(gateway().consume(
      station(), consume_body({.consumer = "other", .group = "g", .batch_size = 3, .wait_ms = 20'000})));
  ASSERT_EQ(messages.size(), 3U);
  for (const auto& message : messages) EXPECT_EQ(message.deliveries, 2);
  EXPECT_TRUE(consume({.group = "g"}).empty());
}

TEST_F(ConsumeBatch, BoundsTheBytesOfAnAnswer) {
  const Strings payloads(6, std::string(4 << 20, 'y'));
  produce(payloads);
  std::size_t got = 0;
  for (int i = 0; i < 4 && got < payloads.size(); ++i) {
    const auto answer = gateway().consume(station(), consume_body({.batch_size = 6, .wait_ms = 1000}));
    EXPECT_LT(answer.body.size(), std::size_t{17} << 20);
    got += messages_of(answer).size();
  }
  EXPECT_EQ(got, payloads.size());
}

TEST_F(ConsumeBatch, AcknowledgesWhatWasSent) {
  produce({"a", "b"});
  // The connection stays open and idle behind the answer; that is no reason to wait with the acknowledgement.
  HttpClient client(gateway().process().port());
  client.send(request({.group = "g", .batch_size = 2}));
  EXPECT_EQ(messages_of(client.receive()).size(), 2U);
  EXPECT_TRUE(consume({.consumer = "other", .group = "g"}).empty());
}

TEST_F(ConsumeBatch, WaitsNoLongerThanTheCap) {
  // A cap of 60 s is too long for a test; another server has a shorter one.
  Gateway short_cap({.flags = {"--consume-wait-ms-max", "200"}});
  const auto took =
      duration_of([&] { expect_json(short_cap.consume("x", consume_body({.wait_ms = 1'000'000})), "[]"); });
  EXPECT_LT(took, 10s);
}

// The headers of a batch are stored once and handed out with each message: less fits into an answer than was picked.
TEST(ConsumeBatchLimits, MessagesThatDidNotFitComeOnceWithThoseThatCameLater) {
  Gateway gateway({.environment = {{"PROPYLON_RESPONSE_BYTES_MAX", "4096"}}});
  gateway.produce_batch("orders", "[1,2,3,4,5,6,7,8,9,10,11,12]", {{"X-Note", std::string(1000, 'n')}});
  const Strings expected{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "later", "later", "later"};
  Strings got;
  for (int answers = 0; answers < 15 && got.size() < expected.size(); ++answers) {
    const auto messages = messages_of(gateway.consume("orders", consume_body({.batch_size = 100})));
    for (const auto& message : messages) {
      got.push_back(message.payload);
      EXPECT_EQ(message.deliveries, 1) << message.payload;
    }
    EXPECT_LT(messages.size(), 12U) << "the answer was not cut";
    if (answers < 3) gateway.produce("orders", "later", {{"Content-Type", "text/plain"}});
  }
  EXPECT_EQ(got, expected);
  EXPECT_EQ(gateway.process().terminate().code, 0);
}

}  // namespace
}  // namespace propylon::testing

// Clients that end their side, or the whole connection, at the worst moment.
#include <gtest/gtest.h>

#include <chrono>

#include "hostile/swarm.h"
#include "support/gateway.h"

namespace propylon::testing {
namespace {

using namespace std::chrono_literals;

class HalfClosed : public GatewayTest {
 protected:
  std::string produce(const std::string& fields_and_body) {
    return "POST /stations/" + station() +
           "/produce/single HTTP/1.1\r\nHost: x\r\nAuthorization: " + gateway().bearer() + "\r\n" + fields_and_body;
  }
  std::string consume(const Consume& consume) {
    return HttpClient::render("POST", "/stations/" + station() + "/consume/batch", gateway().authorized(),
                              consume_body(consume));
  }
  static void await_metric(const std::string& name, double value) {
    const auto deadline = std::chrono::steady_clock::now() + 30s;
    while (gateway().metric(name) != value) ASSERT_LT(std::chrono::steady_clock::now(), deadline) << name;
  }
};

TEST_F(HalfClosed, AClientThatEndsItsSideGetsAllItsAnswers) {
  HttpClient client(gateway().process().port());
  std::string requests;
  for (int i = 0; i < 200; ++i) requests += produce("Content-Length: 3\r\n\r\n" + std::to_string(100 + i));
  client.send(requests);
  client.end_sending();
  for (int i = 0; i < 200; ++i) ASSERT_EQ(client.receive().body, kStored) << i;
  EXPECT_TRUE(client.closes());
  EXPECT_EQ(gateway().drain(station()).size(), 200U);
}

TEST_F(HalfClosed, ARequestThatEndsEarlyIsNoRequest) {
  for (const std::string& request :
       {produce("Content-Length: 6\r\n\r\nabcdef"),
        produce("Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n3;x\r\ndef\r\n0\r\nX: y\r\n\r\n")}) {
    for (std::size_t cut = 0; cut < request.size(); ++cut) {
      HttpClient client(gateway().process().port());
      client.send(request.substr(0, cut));
      client.end_sending();
      EXPECT_TRUE(client.closes()) << "answered after " << cut << " of " << request.size() << " bytes";
    }
  }
  EXPECT_EQ(gateway().send("GET", "/stations/" + station(), gateway().authorized()).status, 404);
  await_metric("propylon_http_connections", 1);
}

TEST_F(HalfClosed, AResetAtAnyByteOfARequestHarmsNobody) {
  const std::string request = produce("Content-Length: 6\r\n\r\nabcdef");
  for (std::size_t cut = 0; cut <= request.size(); ++cut) {
    HttpClient client(gateway().process().port());
    client.send(request.substr(0, cut));
    client.reset();
  }
  await_metric("propylon_http_connections", 1);
  // Only the last one was whole; whether it was read before the reset is not known.
  const auto stored = payloads_of(gateway().drain(station()));
  EXPECT_LE(stored.size(), 1U);
  EXPECT_EQ(gateway().produce(station(), "next").body, kStored);
}

TEST_F(HalfClosed, AResetInTheMiddleOfAnAnswerGivesItsMessagesBack) {
  const std::string large(4 << 20, 'x');
  for (int i = 0; i < 3; ++i) ASSERT_EQ(gateway().produce(station(), large).body, kStored);
  for (int round = 0; round < 3; ++round) {
    HttpClient client(gateway().process().port());
    client.send(consume({.group = "g", .batch_size = 3}));
    ASSERT_TRUE(client.readable_within(20s));
    client.reset();
  }
  const auto messages = messages_of(gateway().consume(
      station(), consume_body({.group = "g", .batch_size = 3, .wait_ms = 20'000, .more = R"(,"min_messages":3)"})));
  EXPECT_EQ(payloads_of(messages), std::vector<std::string>(3, large));
}

TEST_F(HalfClosed, AWaitingFetchWhoseClientEndsItsSideTakesNoMessage) {
  HttpClient client(gateway().process().port());
  client.send(consume({.group = "g", .wait_ms = 60'000}));
  await_metric("propylon_broker_waiting_fetches", 1);
  client.end_sending();
  await_metric("propylon_broker_waiting_fetches", 0);
  ASSERT_EQ(gateway().produce(station(), "kept").body, kStored);
  EXPECT_EQ(payloads_of(gateway().drain(station(), "g")), std::vector<std::string>{"kept"});
}

TEST_F(HalfClosed, StormsOfDisconnectingFetchesLoseNoMessage) {
  constexpr std::size_t kStorm = 300;
  allow_open_files(kStorm + 100);
  for (int round = 0; round < 4; ++round) {
    Swarm storm(gateway().process().port());
    storm.open(kStorm);
    storm.send_each(consume({.group = "g", .wait_ms = 60'000}));
    await_metric("propylon_broker_waiting_fetches", kStorm);
    // A message comes while they go: one of them may be given it, none may keep it.
    HttpClient producer(gateway().process().port());
    producer.send(produce("Content-Length: 1\r\n\r\n" + std::to_string(round)));
    storm.reset_all();
    ASSERT_EQ(producer.receive().body, kStored);
    await_metric("propylon_broker_waiting_fetches", 0);
  }
  // Of those whose answer was out before the reset the messages count as handed over; each of the others comes again,
  // and what comes after them does.
  ASSERT_EQ(gateway().produce(station(), "last").body, kStored);
  const auto left = payloads_of(gateway().drain(station(), "g"));
  ASSERT_FALSE(left.empty());
  EXPECT_EQ(left.back(), "last");
  EXPECT_EQ(gateway().drain(station(), "others").size(), 5U);
  await_metric("propylon_http_connections", 1);
}

}  // namespace
}  // namespace propylon::testing

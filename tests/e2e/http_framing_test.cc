// HTTP/1.1 as bytes: what is taken, what is refused, and what becomes of the connection.
#include <gtest/gtest.h>

#include "support/compress.h"
#include "support/gateway.h"
#include "support/json_members.h"

namespace propylon::testing {
namespace {

using namespace std::chrono_literals;

constexpr const char* kStatus = "GET /monitoring/status HTTP/1.1\r\nHost: x\r\n\r\n";
constexpr const char* kOk = R"({"status":"ok"})";

class HttpFraming : public GatewayTest {
 protected:
  // A produce request with `fields` (each with its CRLF) and `body`, framed by the caller.
  std::string produce(const std::string& fields, const std::string& body) {
    return "POST /stations/" + station() +
           "/produce/single HTTP/1.1\r\nHost: x\r\nAuthorization: " + gateway().bearer() + "\r\n" + fields + "\r\n" +
           body;
  }
  std::vector<std::string> stored() { return payloads_of(gateway().drain(station())); }
  // One answer with this status and code, then the end of the connection.
  void expect_refused_and_closed(const std::string& bytes, int status, const std::string& code) {
    SCOPED_TRACE(bytes.substr(0, 200));
    HttpClient client(gateway().process().port());
    client.send(bytes);
    const auto answer = client.receive();
    expect_problem(answer, {.status = status, .code = code});
    EXPECT_EQ(answer.field("Connection"), "close");
    EXPECT_TRUE(client.closes());
  }
};

TEST_F(HttpFraming, RefusesWhatAllowsRequestSmuggling) {
  const std::string post = "POST /stations/x/produce/single HTTP/1.1\r\nHost: x\r\n";
  const std::string get = "GET / HTTP/1.1\r\nHost: x\r\n";
  const std::vector<std::string> requests{
      post + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nxy",
      post + "Content-Length: 1\r\nContent-Length: 1\r\n\r\nx",
      post + "Content-Length: 1, 1\r\n\r\nx",
      post + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
      post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
      post + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
      post + "Transfer-Encoding: identity\r\n\r\n",
      post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
      post + "Content-Length: -1\r\n\r\n",
      post + "Content-Length: +1\r\n\r\nx",
      post + "Content-Length: 0x1\r\n\r\nx",
      post + "Content-Length: 1 1\r\n\r\nx",
      post + "Content-Length: 99999999999999999999\r\n\r\n",
      post + "Content-Length:\r\n\r\n",
      "GET / HTTP/1.1\nHost: x\n\n",
      "GET / HTTP/1.1\r\nHost: x\n\r\n",
      get + "X: a\rb\r\n\r\n",
      get + std::string("X: a\0b\r\n\r\n", 10),
      get + "X: a\r\n folded\r\n\r\n",
      get + "X : a\r\n\r\n",
      get + "X\r\n\r\n",
      get + ": a\r\n\r\n",
      get + "X(y): a\r\n\r\n",
      "GET / HTTP/1.1\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
      "GET / HTTP/1.1\r\n Host: x\r\n\r\n",
      "GET  / HTTP/1.1\r\nHost: x\r\n\r\n",
      "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n",
      "GET / HTTP/1.1 \r\nHost: x\r\n\r\n",
      "GET /\r\nHost: x\r\n\r\n",
      "GET\r\n\r\n",
      "GET nothing HTTP/1.1\r\nHost: x\r\n\r\n",
      "GET / http/1.1\r\nHost: x\r\n\r\n",
      "GET / FTP/1.1\r\nHost: x\r\n\r\n",
      "BREW / HTTP/1.1\r\nHost: x\r\n\r\n",
      "get / HTTP/1.1\r\nHost: x\r\n\r\n",
      std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 15),  // a TLS client
  };
  for (const auto& request : requests) expect_refused_and_closed(request, 400, "malformed_http");
}

TEST_F(HttpFraming, RefusesBadChunks) {
  const std::string fields = "Transfer-Encoding: chunked\r\n";
  for (const char* body : {"x\r\n", "-1\r\n", "0x1\r\na\r\n0\r\n\r\n", "2\r\na\r\n0\r\n\r\n", "1\r\nab\r\n0\r\n\r\n",
                           "1\na\n0\n\n", "ffffffffffffffffff\r\n", " 1\r\na\r\n0\r\n\r\n", "\r\n"}) {
    expect_refused_and_closed(produce(fields, body), 400, "malformed_http");
  }
  EXPECT_TRUE(stored().empty());
}

TEST_F(HttpFraming, RefusesOtherVersions) {
  for (const char* version : {"HTTP/2.0", "HTTP/1.2", "HTTP/0.9", "HTTP/3.0"}) {
    expect_refused_and_closed(std::string("GET / ") + version + "\r\nHost: x\r\n\r\n", 505, "http_version");
  }
  expect_refused_and_closed("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "http_version");
}

TEST_F(HttpFraming, NamesTheLimitThatWasExceeded) {
  const auto refusal_of = [&](const std::string& bytes) {
    HttpClient client(gateway().process().port());
    client.send(bytes);
    return text_of(members_of(client.receive().body).at("error"));
  };
  const std::string start = "GET /monitoring/status HTTP/1.1\r\nHost: x\r\n";
  std::string many;
  for (int i = 0; i < 200; ++i) many += "X-" + std::to_string(i) + ": a\r\n";
  EXPECT_EQ(refusal_of("GET /" + std::string(9 << 10, 'x') + " HTTP/1.1\r\nHost: x\r\n\r\n"),
            "The request target has more bytes than this server takes. The limit is 8192.");
  EXPECT_EQ(
      refusal_of(start + "X: " + std::string(64 << 10, 'x') + "\r\n\r\n"),
      "The request line and the header fields together have more bytes than this server takes. The limit is 65536.");
  EXPECT_EQ(refusal_of(start + many + "\r\n"),
            "The request has more different header fields than this server takes. The limit is 200.");
  const std::string too_large = "The body has more bytes than this server takes here. The limit is 4194304.";
  EXPECT_EQ(refusal_of(produce("Content-Length: 4194305\r\n", "")), too_large);
  EXPECT_EQ(refusal_of(produce("Transfer-Encoding: chunked\r\n", "400001\r\n")), too_large);
  const std::string bomb = gzip(std::string(4194305, '0'));
  EXPECT_EQ(
      refusal_of(produce("Content-Encoding: gzip\r\nContent-Length: " + std::to_string(bomb.size()) + "\r\n", bomb)),
      "The decoded body has more bytes than this server takes here. The limit is 4194304.");
  EXPECT_TRUE(stored().empty());
}

TEST_F(HttpFraming, RefusesTooLargeHeads) {
  const std::string start = "GET /monitoring/status HTTP/1.1\r\nHost: x\r\n";
  expect_refused_and_closed(start + "X: " + std::string(64 << 10, 'x') + "\r\n\r\n", 431, "head_too_large");
  std::string many;
  for (int i = 0; i < 201; ++i) many += "X-" + std::to_string(i) + ": a\r\n";
  expect_refused_and_closed(start + many + "\r\n", 431, "head_too_large");
  expect_refused_and_closed("GET /" + std::string(9 << 10, 'x') + " HTTP/1.1\r\nHost: x\r\n\r\n", 414,
                            "target_too_long");
  // Equal repeats count once.
  std::string repeats;
  for (int i = 0; i < 1000; ++i) repeats += "X-Debezium-Offset: 7\r\n";
  HttpClient client(gateway().process().port());
  client.send(start + repeats + "\r\n");
  EXPECT_EQ(client.receive().body, kOk);
}

TEST_F(HttpFraming, KeepsAConnectionForManyRequests) {
  HttpClient client(gateway().process().port());
  for (int i = 0; i < 100; ++i) {
    const auto answer = client.request("GET", "/monitoring/status");
    EXPECT_EQ(answer.body, kOk);
    EXPECT_FALSE(answer.has("Connection"));
  }
  // Also behind refusals that are no fault of the framing.
  EXPECT_EQ(client.request("GET", "/no/such/path").status, 401);
  EXPECT_EQ(client.request("POST", "/monitoring/status", {}, "body").status, 405);
  EXPECT_EQ(client.request("GET", "/monitoring/status").body, kOk);
}

TEST_F(HttpFraming, ClosesWhenAsked) {
  HttpClient client(gateway().process().port());
  const auto answer = client.request("GET", "/monitoring/status", {{"Connection", "Close"}});
  EXPECT_EQ(answer.body, kOk);
  EXPECT_EQ(answer.field("Connection"), "close");
  EXPECT_TRUE(client.closes());
}

TEST_F(HttpFraming, ServesHttp10) {
  HttpClient once(gateway().process().port());
  once.send("GET /monitoring/status HTTP/1.0\r\n\r\n");
  EXPECT_EQ(once.receive().body, kOk);
  EXPECT_TRUE(once.closes());
  HttpClient kept(gateway().process().port());
  for (int i = 0; i < 2; ++i) {
    kept.send("GET /monitoring/status HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    const auto answer = kept.receive();
    EXPECT_EQ(answer.body, kOk);
    EXPECT_EQ(answer.field("Connection"), "keep-alive");
  }
}

TEST_F(HttpFraming, AnswersPipelinedRequestsInOrder) {
  HttpClient client(gateway().process().port());
  std::string requests;
  for (int i = 0; i < 50; ++i) {
    const std::string body = std::to_string(i);
    requests +=
        produce("Content-Length: " + std::to_string(body.size()) + "\r\nX-Request-Id: id-" + body + "\r\n", body);
    requests += kStatus;
  }
  client.send(requests);
  std::vector<std::string> expected;
  for (int i = 0; i < 50; ++i) {
    const auto produced = client.receive();
    EXPECT_EQ(produced.body, kStored);
    EXPECT_EQ(produced.field("X-Request-Id"), "id-" + std::to_string(i));
    EXPECT_EQ(client.receive().body, kOk);
    expected.push_back(std::to_string(i));
  }
  EXPECT_EQ(stored(), expected);
}

TEST_F(HttpFraming, TakesRequestsInAnyPieces) {
  HttpClient client(gateway().process().port());
  const std::string request =
      produce("Transfer-Encoding: chunked\r\nX-A: b\r\n", "3;ext=1\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: x\r\n\r\n");
  for (const char c : request) client.send(std::string_view(&c, 1));
  EXPECT_EQ(client.receive().body, kStored);
  client.send(request + request.substr(0, 40));
  EXPECT_EQ(client.receive().body, kStored);
  client.send(request.substr(40));
  EXPECT_EQ(client.receive().body, kStored);
  EXPECT_EQ(stored(), std::vector<std::string>(3, "abcde"));
}

TEST_F(HttpFraming, ForgivesOneEmptyLineBeforeARequest) {
  HttpClient client(gateway().process().port());
  client.send(std::string("\r\n") + kStatus);
  EXPECT_EQ(client.receive().body, kOk);
}

TEST_F(HttpFraming, TakesAbsoluteTargets) {
  HttpClient client(gateway().process().port());
  client.send("GET http://any.example:80/monitoring/status?x HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(client.receive().body, kOk);
}

TEST_F(HttpFraming, RefusesPathsThatHideSegments) {
  for (const char* path : {"/monitoring//status", "/monitoring/./status", "/x/../monitoring/status",
                           "/monitoring/%2e%2e/status", "/monitoring%2Fstatus", "/%"}) {
    EXPECT_EQ(gateway().send("GET", path, gateway().authorized()).status, 400) << path;
  }
  expect_json(gateway().send("GET", "/monitoring/%73tatus"), kOk);
}

TEST_F(HttpFraming, SendsContinueOnlyWhereTheBodyIsWanted) {
  HttpClient client(gateway().process().port());
  client.send(produce("Expect: 100-continue\r\nContent-Length: 4\r\n", ""));
  EXPECT_EQ(client.receive().status, 100);
  client.send("body");
  EXPECT_EQ(client.receive().body, kStored);
  EXPECT_EQ(stored(), std::vector<std::string>{"body"});
  // Who does not wait gets no 100 in the way... or one, and then the answer.
  client.send(produce("Expect: 100-Continue\r\nContent-Length: 4\r\n", "more"));
  auto answer = client.receive();
  if (answer.status == 100) answer = client.receive();
  EXPECT_EQ(answer.body, kStored);

  HttpClient stranger(gateway().process().port());
  stranger.send(
      "POST /stations/x/produce/single HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
  EXPECT_EQ(stranger.receive().status, 401);
  HttpClient large(gateway().process().port());
  large.send(produce("Expect: 100-continue\r\nContent-Length: 5000000\r\n", ""));
  EXPECT_EQ(large.receive().status, 413);
  HttpClient odd(gateway().process().port());
  odd.send(produce("Expect: a-miracle\r\nContent-Length: 4\r\n", "body"));
  expect_problem(odd.receive(), {.status = 417, .code = "expectation_failed"});
}

// Java's client asks for HTTP/2 in its first request.
TEST_F(HttpFraming, IgnoresTheUpgradeToHttp2) {
  HttpClient client(gateway().process().port());
  client.send(produce(
      "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQ\r\nContent-Length: 4\r\n",
      "body"));
  const auto answer = client.receive();
  expect_json(answer, kStored);
  EXPECT_FALSE(answer.has("Upgrade"));
  client.send(kStatus);
  EXPECT_EQ(client.receive().body, kOk);
}

TEST_F(HttpFraming, GivesEachAnswerARequestId) {
  HttpClient client(gateway().process().port());
  const auto id_for = [&](const std::string& id) {
    return client.request("GET", "/monitoring/status", {{"X-Request-Id", id}}).field("X-Request-Id");
  };
  const std::string longest(128, 'i');
  EXPECT_EQ(id_for("my/id-1"), "my/id-1");
  EXPECT_EQ(id_for(longest), longest);
  EXPECT_NE(id_for(longest + "i"), longest + "i");
  EXPECT_NE(id_for("with blank"), "with blank");
  EXPECT_NE(id_for("caf\xe9"), "caf\xe9");
  EXPECT_NE(client.request("GET", "/livez").field("X-Request-Id"),
            client.request("GET", "/livez").field("X-Request-Id"));
}

TEST_F(HttpFraming, AnswersProblemsAsProblemsWhereThatTypeIsNamed) {
  for (const char* accept : {"application/problem+json", "text/html, application/problem+json;q=0.5"}) {
    const auto named = gateway().send("GET", "/none", {{"Accept", accept}});
    EXPECT_EQ(named.field("Content-Type"), "application/problem+json") << accept;
  }
  for (const char* accept : {"*/*", "application/json", "application/*"}) {
    EXPECT_EQ(gateway().send("GET", "/none", {{"Accept", accept}}).field("Content-Type"), "application/json");
  }
}

TEST_F(HttpFraming, StoresNothingOfARequestThatIsCutOff) {
  {
    HttpClient client(gateway().process().port());
    client.send(produce("Content-Length: 100\r\n", "half a body"));
    client.end_sending();
    EXPECT_TRUE(client.closes());
  }
  {
    HttpClient client(gateway().process().port());
    client.send(produce("Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n"));
    client.reset();
  }
  EXPECT_TRUE(stored().empty());
}

TEST_F(HttpFraming, AnswersAClientThatHasEndedItsSide) {
  HttpClient client(gateway().process().port());
  client.send(produce("Content-Length: 4\r\n", "last"));
  client.end_sending();
  EXPECT_EQ(client.receive().body, kStored);
  EXPECT_TRUE(client.closes());
}

TEST_F(HttpFraming, ServesIPv6AndIPv4ByDefault) {
  // The tests' servers listen on 127.0.0.1; this one as it does when nobody says anything.
  ServerProcess server({.flags = {"--http-host", "::"}});
  EXPECT_EQ(HttpClient(server.port()).request("GET", "/livez").status, 200);
  EXPECT_EQ(server.terminate().code, 0);
}

class HttpDeadlines : public GatewayTest {
 protected:
  static void SetUpTestSuite() {
    start({.flags = {"--http-head-timeout-ms", "300", "--http-body-timeout-ms", "300", "--http-idle-timeout-ms", "300",
                     "--http-write-timeout-ms", "300"}});
  }
};

TEST_F(HttpDeadlines, EndSlowHeads) {
  HttpClient client(gateway().process().port());
  client.send("GET / HTTP/1.1\r\nHost: x\r\n");
  const auto answer = client.receive();
  expect_problem(answer, {.status = 408, .code = "request_timeout", .retryable = true});
  EXPECT_TRUE(client.closes());
}

TEST_F(HttpDeadlines, EndSlowBodies) {
  HttpClient client(gateway().process().port());
  client.send("POST /stations/x/produce/single HTTP/1.1\r\nHost: x\r\nAuthorization: " + gateway().bearer() +
              "\r\nContent-Length: 10\r\n\r\nhalf");
  expect_problem(client.receive(), {.status = 408, .code = "request_timeout", .retryable = true});
  EXPECT_TRUE(client.closes());
}

TEST_F(HttpDeadlines, CloseIdleConnections) {
  HttpClient fresh(gateway().process().port());
  HttpClient used(gateway().process().port());
  EXPECT_EQ(used.request("GET", "/livez").status, 200);
  EXPECT_TRUE(used.closes());
  EXPECT_TRUE(fresh.closes());
}

TEST_F(HttpDeadlines, DoNotEndALongPoll) {
  const auto answer = gateway().consume(station(), consume_body({.wait_ms = 1500}));
  expect_json(answer, "[]");
}

TEST_F(HttpDeadlines, CutOffClientsThatDoNotRead) {
  for (int i = 0; i < 4; ++i) gateway().produce(station(), std::string(4 << 20, 'x'));
  HttpClient client(gateway().process().port());
  client.send(HttpClient::render("POST", "/stations/" + station() + "/consume/batch", gateway().authorized(),
                                 consume_body({.group = "g", .batch_size = 3})));
  // What was not taken is given to somebody else.
  const auto messages = messages_of(gateway().consume(
      station(), consume_body({.group = "g", .batch_size = 4, .wait_ms = 20'000, .more = R"(,"min_messages":3)"})));
  EXPECT_GE(messages.size(), 3U);
}

class HttpConnectionLimit : public GatewayTest {
 protected:
  static void SetUpTestSuite() { start({.flags = {"--connections-max", "3"}}); }
};

TEST_F(HttpConnectionLimit, RefusesOneMore) {
  std::vector<std::unique_ptr<HttpClient>> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(std::make_unique<HttpClient>(gateway().process().port()));
    EXPECT_EQ(clients.back()->request("GET", "/livez").status, 200);
  }
  HttpClient one_more(gateway().process().port());
  const auto answer = one_more.receive();
  expect_problem(answer, {.status = 503, .code = "overloaded", .retryable = true});
  EXPECT_EQ(answer.field("Retry-After"), "1");
  EXPECT_TRUE(one_more.closes());
  // A place that becomes free is given away again.
  clients.pop_back();
  const auto deadline = std::chrono::steady_clock::now() + 10s;
  int status = 0;
  while (status != 200 && std::chrono::steady_clock::now() < deadline) {
    HttpClient again(gateway().process().port());
    try {
      status = again.request("GET", "/livez").status;
    } catch (const std::runtime_error&) {
      // Refused and closed before the request was sent: the free place is not known yet.
    }
  }
  EXPECT_EQ(status, 200);
}

}  // namespace
}  // namespace propylon::testing

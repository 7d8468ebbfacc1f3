#include "http/server.h"

#include <zlib.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "http/test_client.h"

namespace propylon::http {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kRoutes[] = {"echo", "other"};

// What a handler waits for until a test opens it.
class Gate {
 public:
  void open() {
    std::lock_guard lock(mutex_);
    open_ = true;
    for (auto* waiter : waiters_) waiter->resume();
    waiters_.clear();
  }
  Task<void> pass(Loop& loop) {
    LoopResumption resumption(loop);
    auto start = resumption.start([this, &resumption] {
      std::lock_guard lock(mutex_);
      ++arrived_;
      changed_.notify_all();
      if (open_) {
        resumption.resume();
      } else {
        waiters_.push_back(&resumption);
      }
    });
    co_await start;
  }
  void wait_for_arrivals(int count) {
    std::unique_lock lock(mutex_);
    ASSERT_TRUE(changed_.wait_for(lock, 20s, [&] { return arrived_ >= count; }));
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
  int arrived_ = 0;
  std::vector<LoopResumption*> waiters_;
};

// Suspends until the exchange is cancelled.
class UntilCancelled final : public Cancellation::Listener {
 public:
  explicit UntilCancelled(Exchange& exchange) : exchange_(exchange), resumption_(exchange.loop()) {}
  Task<void> wait() {
    auto start = resumption_.start([this] {
      if (exchange_.cancellation().requested()) {
        resumption_.resume();
      } else {
        exchange_.cancellation().listen(this);
      }
    });
    co_await start;
  }
  void cancelled() override { resumption_.resume(); }

 private:
  Exchange& exchange_;
  LoopResumption resumption_;
};

std::string show(const Request& request) {
  std::string text(to_string(request.method()));
  text.append(" ").append(request.path()).append("?").append(request.query()).append(" ").append(request.body());
  return text;
}

// Answers what it was asked; the path says how.
class FakeHandler final : public Handler {
 public:
  static constexpr std::uint64_t kBodyBytesMax = 1'000'000;

  Admission admit(Exchange& exchange) override {
    const Request& request = exchange.request();
    exchange.emplace_context<std::string>(request.path());
    exchange.count_as(0);
    if (request.path() == "/forbidden") return Admission::refuse(Response(403, kJsonType, "no"));
    return Admission::read_body(kBodyBytesMax);
  }

  Task<Response> handle(Exchange& exchange) override {
    const std::string path = exchange.context<std::string>();
    if (path == "/wait") co_return co_await wait(exchange);
    if (path == "/keep") co_return co_await keep(exchange);
    if (path == "/poll") co_return co_await poll(exchange);
    if (path == "/throw") throw std::runtime_error("a failure of the test's");
    if (path == "/prepared") co_return Response(prepared_);
    if (path == "/empty") co_return Response();
    if (path == "/address") co_return Response(200, "", std::string(exchange.client_address()));
    if (path == "/large") co_return large(exchange);
    if (path == "/close") co_return std::move(Response(200, "", "bye").close());
    co_return Response(200, "text/plain", show(exchange.request()));
  }

  Response error_response(const Error& error, Exchange& exchange) override {
    const auto status = [&]() -> std::uint16_t {
      switch (error.code) {
        case ErrorCode::kHttpVersion: return 505;
        case ErrorCode::kHeadTooLarge: return 431;
        case ErrorCode::kTargetTooLong: return 414;
        case ErrorCode::kBodyTooLarge: return 413;
        case ErrorCode::kUnsupportedEncoding: return 415;
        case ErrorCode::kExpectationFailed: return 417;
        case ErrorCode::kRequestTimeout: return 408;
        case ErrorCode::kOverloaded: return 503;
        case ErrorCode::kInternal: return 500;
        default: return 400;
      }
    };
    std::string body =
        std::string(to_string(error.code)) + (exchange.has_request() ? " with " : " without ") + "exchange";
    EXPECT_FALSE(exchange.request_id().empty());
    return Response(status(), "text/plain", std::move(body));
  }

  Gate gate;
  std::atomic<int> received{0};
  std::atomic<int> gone{0};
  std::atomic<int> cancelled{0};

 private:
  Task<Response> wait(Exchange& exchange) {
    const std::string before = show(exchange.request());
    co_await gate.pass(exchange.loop());
    co_return Response(200, "text/plain", before);
  }
  Task<Response> keep(Exchange& exchange) {
    exchange.keep();
    co_await gate.pass(exchange.loop());
    co_return Response(200, "text/plain", show(exchange.request()));
  }
  Task<Response> poll(Exchange& exchange) {
    exchange.watch_client();
    UntilCancelled until(exchange);
    co_await gate.pass(exchange.loop());
    co_await until.wait();
    ++cancelled;
    co_return Response(200, "text/plain", "cancelled");
  }
  Response large(Exchange& exchange) {
    const std::size_t size = std::stoul(std::string(exchange.request().query()));
    Response response(200, "text/plain", std::string(size, 'x'));
    response.after_send([this](SendOutcome outcome) -> Task<void> {
      ++(outcome == SendOutcome::kReceived ? received : gone);
      co_return;
    });
    return response;
  }

  const PreparedResponse prepared_{200, kJsonType, "{\"ok\":true}"};
};

class NullSink final : public LogSink {
 public:
  void write(std::string_view) override {}
};

// A server with the fake handler; stops at the end.
class Served {
 public:
  explicit Served(Options options = {}) {
    options.http_host = "127.0.0.1";
    options.http_port = 0;
    if (options.http_threads == 0) options.http_threads = 2;
    auto opened = Server::open(options, kRoutes, {clock_, logger_, metrics});
    EXPECT_TRUE(opened) << opened.error().message;
    server = std::move(*opened);
    server->start(handler);
  }
  std::uint16_t port() const { return server->port(); }
  bool metric_has(std::string_view line) const { return metrics.expose().find(line) != std::string::npos; }

 private:
  SystemClock clock_;
  NullSink sink_;
  Logger logger_{sink_, clock_, LogLevel::kError, LogFormat::kText};

 public:
  metrics::Registry metrics;
  FakeHandler handler;
  std::unique_ptr<Server> server;
};

std::string post(std::string_view path, std::string_view body, std::string_view fields = "") {
  return "POST " + std::string(path) + " HTTP/1.1\r\nHost: h\r\n" + std::string(fields) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}
std::string get(std::string_view path, std::string_view fields = "") {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: h\r\n" + std::string(fields) + "\r\n";
}

TEST(Server, AnswersOneRequestAfterTheOther) {
  Served served;
  TestClient client(served.port());
  for (int i = 0; i < 3; ++i) {
    const ClientAnswer answer = client.ask(post("/a?b=c", "hello" + std::to_string(i)));
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "POST /a?b=c hello" + std::to_string(i));
    EXPECT_EQ(answer.field("Content-Type"), "text/plain");
    EXPECT_EQ(answer.field("Access-Control-Allow-Origin"), "*");
    EXPECT_EQ(answer.field("Vary"), "Origin");
    EXPECT_EQ(answer.field("X-Request-Id").size(), 24u);
    EXPECT_EQ(answer.field("Connection"), "");
  }
  EXPECT_EQ(client.ask(get("/address")).body, "127.0.0.1");
  EXPECT_EQ(client.ask(get("/prepared")).body, "{\"ok\":true}");
  EXPECT_EQ(client.ask(get("/empty")).status, 204);
  EXPECT_EQ(client.ask(get("/", "X-Request-Id: mine\r\n")).field("X-Request-Id"), "mine");
  EXPECT_EQ(client.ask(get("/close")).field("Connection"), "close");
  EXPECT_TRUE(client.is_closed());
}

TEST(Server, AnswersPipelinedRequestsInOrder) {
  Served served;
  TestClient client(served.port());
  std::string all;
  for (int i = 0; i < 500; ++i) all += i % 50 == 7 ? post("/wait", std::to_string(i)) : post("/", std::to_string(i));
  std::thread opener([&served] {
    served.handler.gate.wait_for_arrivals(1);
    served.handler.gate.open();
  });
  client.send(all);
  for (int i = 0; i < 500; ++i) {
    const std::string body = client.read().body;
    EXPECT_EQ(body.substr(body.rfind(' ') + 1), std::to_string(i));
  }
  opener.join();
}

TEST(Server, ReadsRequestsCutAtEveryByte) {
  Served served;
  TestClient client(served.port());
  const std::string request =
      post("/a", "hello") +
      "POST /b HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\nT: 1\r\n\r\n";
  for (std::size_t cut = 1; cut < request.size(); cut += 3) {
    client.send(std::string_view(request).substr(0, cut));
    client.send(std::string_view(request).substr(cut));
    EXPECT_EQ(client.read().body, "POST /a? hello");
    EXPECT_EQ(client.read().body, "POST /b? hello");
  }
  for (const char c : request) client.send(std::string_view(&c, 1));
  EXPECT_EQ(client.read().body, "POST /a? hello");
  EXPECT_EQ(client.read().body, "POST /b? hello");
}

TEST(Server, ReadsALargeBody) {
  Served served;
  TestClient client(served.port());
  const std::string body(FakeHandler::kBodyBytesMax, 'y');
  EXPECT_EQ(client.ask(post("/", body)).body, "POST /? " + body);
  EXPECT_EQ(client.ask(post("/", body)).body, "POST /? " + body);
  // The request is forgotten only after the client has its answer.
  EXPECT_TRUE(eventually([&] { return served.metric_has("propylon_http_request_in_flight_bytes 0\n"); }));
}

TEST(Server, AsksForABodyOnlyAfterAdmission) {
  Served served;
  TestClient client(served.port());
  const std::string expect = "Expect: 100-continue\r\nContent-Length: 5\r\n";
  client.send("POST / HTTP/1.1\r\nHost: h\r\n" + expect + "\r\n");
  EXPECT_EQ(client.read().status, 100);
  EXPECT_EQ(client.ask("hello").body, "POST /? hello");
  EXPECT_EQ(client.ask("POST / HTTP/1.1\r\nHost: h\r\n" + expect + "\r\nhello").status, 100);
  EXPECT_EQ(client.read().body, "POST /? hello");
  EXPECT_EQ(client.ask("POST /forbidden HTTP/1.1\r\nHost: h\r\n" + expect + "\r\n").status, 403);
  EXPECT_TRUE(client.is_closed());
  TestClient other(served.port());
  EXPECT_EQ(other.ask(post("/", "x", "Expect: foo\r\n")).status, 417);
  EXPECT_EQ(other.ask(get("/")).status, 200);
}

TEST(Server, DropsTheBodyOfARefusedRequest) {
  Served served;
  TestClient client(served.port());
  client.send("POST /forbidden HTTP/1.1\r\nHost: h\r\nContent-Length: 60000\r\n\r\nabc");
  EXPECT_EQ(client.read().status, 403);
  client.send(std::string(59'997, 'x') + get("/next"));
  EXPECT_EQ(client.read().body, "GET /next? ");
  EXPECT_EQ(client.ask(post("/forbidden", "whole")).status, 403);
  EXPECT_EQ(client.ask("POST /forbidden HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n").status, 403);
  EXPECT_TRUE(client.is_closed());
}

TEST(Server, AnswersHeadLikeGetWithoutBody) {
  Served served;
  TestClient client(served.port());
  for (const auto* path : {"/", "/prepared", "/large?100000"}) {
    client.send("HEAD " + std::string(path) + " HTTP/1.1\r\nHost: h\r\n\r\n");
    const ClientAnswer head = client.read(true);
    EXPECT_EQ(head.status, 200) << path;
    EXPECT_NE(head.field("Content-Length"), "0") << path;
    EXPECT_EQ(client.ask(get("/empty")).status, 204) << path;
  }
}

TEST(Server, AnswersOptionsOnAnyPath) {
  Served served;
  TestClient client(served.port());
  for (const auto* path : {"*", "/forbidden", "//"}) {
    const ClientAnswer answer = client.ask(
        "OPTIONS " + std::string(path) +
        " HTTP/1.1\r\nHost: h\r\nAccess-Control-Request-Headers: authorization\r\nContent-Length: 2\r\n\r\nxx");
    EXPECT_EQ(answer.status, 204);
    EXPECT_EQ(answer.field("Access-Control-Allow-Headers"), "authorization");
    EXPECT_EQ(answer.field("Access-Control-Max-Age"), "600");
    EXPECT_EQ(answer.field("Vary"), "Origin, Access-Control-Request-Method, Access-Control-Request-Headers");
    EXPECT_EQ(answer.field("X-Request-Id").size(), 24u);
    EXPECT_EQ(answer.field("Content-Length"), "");
  }
}

TEST(Server, ServesHttp10) {
  Served served;
  TestClient kept(served.port());
  EXPECT_EQ(kept.ask("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").field("Connection"), "keep-alive");
  EXPECT_EQ(kept.ask("GET / HTTP/1.0\r\n\r\n").field("Connection"), "close");
  EXPECT_TRUE(kept.is_closed());
}

struct Refused {
  std::string bytes;
  int status;
};

TEST(Server, RefusesAndCloses) {
  Options options;
  options.http_head_bytes_max = 2048;
  options.http_fields_max = 8;
  options.http_target_bytes_max = 256;
  Served served(options);
  const Refused cases[] = {
      {"hello\r\n\r\n", 400},
      {"\x16\x03\x01", 400},
      {"GET / HTTP/2.0\r\n\r\n", 505},
      {"GET / HTTP/1.1\r\n\r\n", 400},
      {get("/" + std::string(300, 'a')), 414},
      {get("/", "X: " + std::string(3000, 'a') + "\r\n"), 431},
      {get("/", "A:1\r\nB:1\r\nC:1\r\nD:1\r\nE:1\r\nF:1\r\nG:1\r\nH:1\r\n"), 431},
      {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000001\r\n\r\n", 413},
      {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nf4241\r\n", 413},
      {"POST /forbidden HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n", 403},
  };
  for (const auto& refused : cases) {
    TestClient client(served.port());
    // What follows must neither be served nor destroy the answer.
    const ClientAnswer answer = client.ask(refused.bytes + get("/smuggled"));
    EXPECT_EQ(answer.status, refused.status) << refused.bytes;
    EXPECT_EQ(answer.field("Connection"), "close") << refused.bytes;
    EXPECT_EQ(answer.field("Access-Control-Allow-Origin"), "*") << refused.bytes;
    EXPECT_EQ(answer.field("X-Request-Id").size(), 24u) << refused.bytes;
    EXPECT_TRUE(client.is_closed()) << refused.bytes;
  }
}

std::string gzip(std::string_view body) {
  z_stream z{};
  deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&z, body.size()) + 64, '\0');
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
  z.avail_in = static_cast<uInt>(body.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  deflate(&z, Z_FINISH);
  out.resize(out.size() - z.avail_out);
  deflateEnd(&z);
  return out;
}

TEST(Server, DecodesBodies) {
  Served served;
  TestClient client(served.port());
  const std::string field = "Content-Encoding: gzip\r\n";
  const std::string large(900'000, 'z');
  // Small, and large enough to be decoded in several turns, each with a request behind it.
  for (const auto& body : {std::string("hello"), large}) {
    client.send(post("/keep", gzip(body), field) + get("/after"));
    served.handler.gate.open();
    EXPECT_EQ(client.read().body, "POST /keep? " + body);
    EXPECT_EQ(client.read().body, "GET /after? ");
  }
  EXPECT_EQ(client.ask(post("/", "plain", "Content-Encoding: identity\r\n")).body, "POST /? plain");
  EXPECT_EQ(client.ask(post("/", "garbage", field)).status, 400);
  EXPECT_EQ(client.ask(post("/", "x", "Content-Encoding: compress\r\n")).status, 415);
  EXPECT_EQ(client.ask(post("/", "x", "Content-Encoding: gzip, br\r\n")).status, 415);
  EXPECT_EQ(client.ask(post("/", "x", "Content-Encoding: gzip\r\nContent-Encoding: identity\r\n")).status, 415);
  EXPECT_EQ(client.ask(post("/", gzip(std::string(5'000'000, 'b')), field)).status, 413);
  EXPECT_EQ(client.ask(get("/still")).status, 200);
}

TEST(Server, KeepsARequestOverAWait) {
  Served served;
  TestClient waiting(served.port());
  TestClient busy(served.port());
  waiting.send(post("/keep", "precious", "X-Request-Id: mine\r\n") + get("/next"));
  served.handler.gate.wait_for_arrivals(1);
  for (int i = 0; i < 10; ++i) busy.ask(post("/", std::string(1000, 'x')));
  served.handler.gate.open();
  const ClientAnswer answer = waiting.read();
  EXPECT_EQ(answer.body, "POST /keep? precious");
  EXPECT_EQ(answer.field("X-Request-Id"), "mine");
  EXPECT_EQ(waiting.read().body, "GET /next? ");
}

TEST(Server, AnswersFailuresOfHandlersWith500) {
  Served served;
  TestClient client(served.port());
  EXPECT_EQ(client.ask(get("/throw")).status, 500);
  EXPECT_EQ(client.ask(get("/")).status, 200);
}

TEST(Server, TellsAWaitingHandlerThatItsClientHasGone) {
  Served served;
  served.handler.gate.open();
  {
    TestClient client(served.port());
    client.send(get("/poll") + get("/behind"));  // bytes behind the request hide nothing
    served.handler.gate.wait_for_arrivals(1);
    client.end_sending();
    EXPECT_EQ(client.read().body, "cancelled");
  }
  TestClient client(served.port());
  client.send(get("/poll"));
  served.handler.gate.wait_for_arrivals(2);
  client.reset();
  EXPECT_TRUE(eventually([&] { return served.handler.cancelled == 2; }));
}

TEST(Server, FinishesARequestWhoseClientHasStoppedSending) {
  Served served;
  TestClient client(served.port());
  client.send(get("/wait"));
  served.handler.gate.wait_for_arrivals(1);
  client.end_sending();
  served.handler.gate.open();
  EXPECT_EQ(client.read().status, 200);
  EXPECT_TRUE(client.is_closed());
}

TEST(Server, SendsALargeAnswerToASlowReader) {
  Served served;
  TestClient client(served.port());
  client.send(get("/large?16777216") + get("/behind"));
  TestClient other(served.port());
  EXPECT_EQ(other.ask(get("/meanwhile")).status, 200);
  EXPECT_EQ(client.read().body, std::string(16'777'216, 'x'));
  EXPECT_EQ(client.read().body, "GET /behind? ");
  EXPECT_TRUE(eventually([&] { return served.handler.received == 1; }));
}

TEST(Server, ReportsAnAnswerThatNobodyReads) {
  Served served;
  TestClient client(served.port());
  client.send(get("/large?16777216"));
  char byte = 0;
  ASSERT_EQ(::recv(client.fd(), &byte, 1, 0), 1);
  client.reset();
  EXPECT_TRUE(eventually([&] { return served.handler.gone == 1; }));
}

Options short_deadlines() {
  Options options;
  options.http_idle_timeout_ms = options.http_head_timeout_ms = 150;
  options.http_body_timeout_ms = options.http_write_timeout_ms = 150;
  return options;
}

TEST(Server, EndsSlowRequests) {
  Served served(short_deadlines());
  TestClient head(served.port());
  EXPECT_EQ(head.ask("GET / HTTP/1.1\r\nHos").status, 408);
  EXPECT_TRUE(head.is_closed());
  TestClient body(served.port());
  EXPECT_EQ(body.ask("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc").status, 408);
  EXPECT_TRUE(body.is_closed());
  TestClient idle(served.port());
  EXPECT_EQ(idle.ask(get("/")).status, 200);
  EXPECT_TRUE(idle.is_closed());
  TestClient silent(served.port());
  EXPECT_TRUE(silent.is_closed());
  EXPECT_TRUE(served.metric_has("propylon_http_timeouts_total{kind=\"head\"} 1\n"));
  EXPECT_TRUE(served.metric_has("propylon_http_timeouts_total{kind=\"body\"} 1\n"));
  EXPECT_TRUE(served.metric_has("propylon_http_timeouts_total{kind=\"idle\"} 2\n"));
}

TEST(Server, EndsAnAnswerToAReaderThatStopped) {
  Served served(short_deadlines());
  TestClient client(served.port());
  client.send(get("/large?16777216"));
  EXPECT_TRUE(eventually([&] { return served.handler.gone == 1; }));
  EXPECT_TRUE(served.metric_has("propylon_http_timeouts_total{kind=\"write\"} 1\n"));
}

TEST(Server, LetsAHandlerWaitLongerThanAnyDeadlineOfTheConnection) {
  Served served(short_deadlines());
  TestClient waiting(served.port());
  waiting.send(get("/wait"));
  TestClient idle(served.port());
  EXPECT_TRUE(idle.is_closed());
  TestClient later(served.port());
  EXPECT_TRUE(later.is_closed());
  served.handler.gate.open();
  EXPECT_EQ(waiting.read().status, 200);
}

TEST(Server, RefusesConnectionsAboveTheLimit) {
  Options options;
  options.connections_max = 2;
  Served served(options);
  TestClient first(served.port());
  TestClient second(served.port());
  EXPECT_EQ(first.ask(get("/")).status, 200);
  EXPECT_EQ(second.ask(get("/")).status, 200);
  TestClient third(served.port());
  const ClientAnswer answer = third.ask(get("/"));
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.field("Connection"), "close");
  EXPECT_EQ(first.ask(get("/")).status, 200);
  EXPECT_TRUE(served.metric_has("propylon_http_connections_total{outcome=\"refused\"} 1\n"));
}

TEST(Server, RefusesBodiesAboveTheTotalInFlight) {
  Options options;
  options.request_bytes_in_flight_max = 1'200'000;
  Served served(options);
  TestClient first(served.port());
  first.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 900000\r\n\r\n");
  EXPECT_TRUE(eventually([&] { return !served.metric_has("propylon_http_request_in_flight_bytes 0\n"); }));
  TestClient second(served.port());
  const ClientAnswer answer = second.ask("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 900000\r\n\r\n");
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.body, "overloaded with exchange");
  first.send(std::string(900'000, 'x'));
  EXPECT_EQ(first.read().status, 200);
  // The request is forgotten only after the client has its answer.
  EXPECT_TRUE(eventually([&] { return served.metric_has("propylon_http_request_in_flight_bytes 0\n"); }));
}

TEST(Server, DrainsInOrder) {
  Options options;
  options.http_threads = 1;  // so that one closed connection tells that the others were looked at
  Served served(options);
  TestClient idle(served.port());
  EXPECT_EQ(idle.ask(get("/")).status, 200);
  TestClient waiting(served.port());
  waiting.send(get("/wait") + get("/behind"));
  TestClient polling(served.port());
  polling.send(get("/poll"));
  served.handler.gate.wait_for_arrivals(2);
  served.server->drain(0ms, 60'000ms);
  EXPECT_TRUE(idle.is_closed());
  served.handler.gate.open();
  const ClientAnswer answer = waiting.read();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.field("Connection"), "close");
  EXPECT_EQ(polling.read().body, "cancelled");
  EXPECT_TRUE(waiting.is_closed());
  served.server->join();
  EXPECT_TRUE(served.metric_has("propylon_http_connections 0\n"));
}

TEST(Server, TakesConnectionsDuringTheGracePeriod) {
  Served served;
  served.server->drain(60'000ms, 60'000ms);
  TestClient client(served.port());
  EXPECT_EQ(client.ask(get("/")).status, 200);
  served.server->drain(0ms, 0ms);  // hurries
  EXPECT_TRUE(client.is_closed());
  served.server->join();
}

TEST(Server, CutsOffWhatDoesNotFinish) {
  Served served;
  TestClient slow(served.port());
  slow.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc");
  EXPECT_TRUE(eventually([&] { return !served.metric_has("propylon_http_received_bytes_total 0\n"); }));
  served.server->drain(0ms, 50ms);
  EXPECT_TRUE(slow.is_closed());
  served.server->join();
}

TEST(Server, CountsRequestsByRouteAndClass) {
  Served served;
  TestClient client(served.port());
  client.ask(get("/"));
  client.ask(get("/forbidden"));
  client.ask("GET / HTTP/1.1\r\n\r\n");
  EXPECT_TRUE(served.metric_has("propylon_http_requests_total{route=\"echo\",status=\"2xx\"} 1\n"));
  EXPECT_TRUE(served.metric_has("propylon_http_requests_total{route=\"echo\",status=\"4xx\"} 1\n"));
  EXPECT_TRUE(served.metric_has("propylon_http_requests_total{route=\"none\",status=\"4xx\"} 1\n"));
  EXPECT_TRUE(served.metric_has("propylon_http_malformed_total 1\n"));
}

TEST(Server, SaysWhichAddressIsTaken) {
  Served served;
  SystemClock clock;
  NullSink sink;
  const Logger logger(sink, clock, LogLevel::kError, LogFormat::kText);
  metrics::Registry metrics;
  Options options;
  options.http_host = "127.0.0.1";
  options.http_port = served.port();
  const auto second = Server::open(options, {}, {clock, logger, metrics});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kBusy);
  EXPECT_NE(second.error().message.find(served.server->address()), std::string::npos);
  options.http_host = "192.0.2.1";
  EXPECT_EQ(Server::open(options, {}, {clock, logger, metrics}).error().code, ErrorCode::kInvalidConfig);
}

TEST(Server, ListensOnIPv4AndIPv6) {
  SystemClock clock;
  NullSink sink;
  const Logger logger(sink, clock, LogLevel::kError, LogFormat::kText);
  metrics::Registry metrics;
  FakeHandler handler;
  Options options;
  options.http_port = 0;
  const auto server = Server::open(options, {}, {clock, logger, metrics});
  ASSERT_TRUE(server) << server.error().message;
  (*server)->start(handler);
  TestClient client((*server)->port());
  EXPECT_EQ(client.ask(get("/address")).body, "127.0.0.1");
}

TEST(ServerDeathTest, AssertsOnARequestThatWasNotKept) {
  // The handler's own mistake: the views would show another connection's bytes.
  class Careless final : public Handler {
   public:
    Admission admit(Exchange&) override { return Admission::read_body(100); }
    Task<Response> handle(Exchange& exchange) override {
      co_await gate.pass(exchange.loop());
      co_return Response(200, "", std::string(exchange.request().path()));
    }
    Response error_response(const Error&, Exchange&) override { return Response(); }
    Gate gate;
  };
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        SystemClock clock;
        NullSink sink;
        const Logger logger(sink, clock, LogLevel::kError, LogFormat::kText);
        metrics::Registry metrics;
        Careless handler;
        handler.gate.open();
        Options options;
        options.http_host = "127.0.0.1";
        options.http_port = 0;
        auto server = Server::open(options, {}, {clock, logger, metrics});
        (*server)->start(handler);
        TestClient client((*server)->port());
        client.ask(get("/"));
      },
      "request_");
}

TEST(Options, DescribeEveryField) {
  Options options;
  for (const auto& description : describe(options)) {
    EXPECT_FALSE(description.help.empty()) << description.key;
    EXPECT_TRUE(description.set(description.get())) << description.key;
  }
}

}  // namespace
}  // namespace propylon::http

// When an answer counts as received, and when its client is gone: Response::after_send over real sockets.
//
// Most tests stop the server's clock, so that nothing is settled by time unless they move it.
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <thread>

#include "core/fake_clock.h"
#include "http/server.h"
#include "http/test_client.h"

namespace propylon::http {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kSmall = 1000;
constexpr std::size_t kMoreThanAClientTakes = 60'000;  // which the server's kernel takes at once
constexpr int kSmallWindow = 2048;

// /take/SIZE answers that many bytes and wants to know what becomes of them; /close the same and closes; /held waits
// for open() before. Everything else is an answer that nobody asks about.
class Takes final : public Handler {
 public:
  Admission admit(Exchange& exchange) override {
    exchange.emplace_context<std::string>(exchange.request().path());
    return Admission::read_body(1000);
  }
  Task<Response> handle(Exchange& exchange) override {
    const std::string path = exchange.context<std::string>();
    ++handled;
    received_when_handled = received.load();
    if (path.starts_with("/held")) co_await wait(exchange);
    Response response(200, "text/plain", std::string(path.starts_with("/take/") ? std::stoul(path.substr(6)) : 5, 'x'));
    if (path.ends_with("/close")) response.close();
    if (path == "/other") co_return response;
    response.after_send([this](SendOutcome outcome) -> Task<void> {
      ++(outcome == SendOutcome::kReceived ? received : gone);
      co_return;
    });
    co_return response;
  }
  Response error_response(const Error&, Exchange&) override { return Response(500, "", "error"); }

  // Lets one request to /held go on.
  void open() {
    std::lock_guard lock(mutex_);
    if (waiting_) waiting_->resume();
    waiting_ = nullptr;
  }

  std::atomic<int> handled{0};
  std::atomic<int> received{0};
  std::atomic<int> gone{0};
  std::atomic<int> received_when_handled{0};

 private:
  Task<void> wait(Exchange& exchange) {
    LoopResumption resumption(exchange.loop());
    auto start = resumption.start([this, &resumption] {
      std::lock_guard lock(mutex_);
      waiting_ = &resumption;
    });
    co_await start;
  }

  std::mutex mutex_;
  LoopResumption* waiting_ = nullptr;
};

class NullSink final : public LogSink {
 public:
  void write(std::string_view) override {}
};

template <class ServerClock>
class Serving : public ::testing::Test {
 protected:
  Serving() {
    Options options;
    options.http_host = "127.0.0.1";
    options.http_port = 0;
    options.http_threads = 1;
    options.http_write_timeout_ms = 5000;
    server_ = std::move(*Server::open(options, {}, {clock_, logger_, metrics_}));
    server_->start(handler_);
  }
  std::uint16_t port() const { return server_->port(); }
  static std::string get(std::string_view path, std::string_view fields = "") {
    return "GET " + std::string(path) + " HTTP/1.1\r\nHost: h\r\n" + std::string(fields) + "\r\n";
  }
  // A turn of the server's loop.
  void turn() {
    if (!other_) other_ = std::make_unique<TestClient>(port());
    EXPECT_EQ(other_->ask(get("/other")).status, 200);
  }
  bool received(int count) {
    return eventually([&] { return handler_.received == count; });
  }
  bool gone(int count) {
    return eventually([&] { return handler_.gone == count; });
  }
  bool metric_has(std::string_view line) const { return metrics_.expose().find(line) != std::string::npos; }

  ServerClock clock_;
  NullSink sink_;
  Logger logger_{sink_, clock_, LogLevel::kError, LogFormat::kText};
  metrics::Registry metrics_;
  Takes handler_;
  std::unique_ptr<Server> server_;
  std::unique_ptr<TestClient> other_;
};

class Receipt : public Serving<FakeClock> {
 protected:
  void advance(std::chrono::milliseconds by) {
    clock_.advance(by);
    turn();
    turn();  // the loop looks at its clock when a turn begins
  }
  // Long enough for whatever is settled by time; in steps, because one look begins what the next one ends.
  void let_settle() {
    for (int i = 0; i < 4; ++i) advance(60ms);
  }
};

TEST_F(Receipt, IsNotProvenByTheKernelTakingTheAnswer) {
  TestClient client(port());
  EXPECT_EQ(client.ask(get("/take/1000")).status, 200);
  turn();
  EXPECT_EQ(handler_.received, 0);
  EXPECT_EQ(handler_.gone, 0);
  client.reset();
  EXPECT_TRUE(gone(1));
  EXPECT_EQ(handler_.received, 0);
}

TEST_F(Receipt, IsProvenByTheNextRequestBeforeItsHandlerRuns) {
  TestClient client(port());
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(client.ask(get("/take/" + std::to_string(1 + i * 5000))).status, 200);
    EXPECT_EQ(handler_.received, i);
    EXPECT_EQ(handler_.received_when_handled, i);
  }
  EXPECT_EQ(client.ask(get("/other")).status, 200);
  EXPECT_EQ(handler_.received, 20);
  EXPECT_EQ(handler_.received_when_handled, 20);
}

TEST_F(Receipt, IsProvenByTheFirstByteOfTheNextRequest) {
  TestClient client(port());
  EXPECT_EQ(client.ask(get("/take/1000")).status, 200);
  client.send("G");
  EXPECT_TRUE(received(1));
}

TEST_F(Receipt, IsProvenByTimeWithoutAReset) {
  TestClient client(port());
  EXPECT_EQ(client.ask(get("/take/1000")).status, 200);
  advance(60ms);  // now its acknowledgement is seen
  advance(90ms);
  EXPECT_EQ(handler_.received, 0);
  advance(20ms);
  EXPECT_EQ(handler_.received, 1);
  client.reset();
  turn();
  EXPECT_EQ(handler_.gone, 0);
}

TEST_F(Receipt, IsNotProvenByRequestsThatCameBeforeTheAnswer) {
  for (const std::string& pipelined :
       {get("/take/1000") + get("/take/1000"), get("/take/30000") + get("/take/30000")}) {
    TestClient client(port());
    const int before = handler_.gone;
    client.send(pipelined);
    const int handled = handler_.handled;
    EXPECT_TRUE(eventually([&] { return handler_.handled >= handled; }));
    EXPECT_TRUE(client.wait_readable());
    client.reset();
    EXPECT_TRUE(gone(before + 2));
  }
  EXPECT_EQ(handler_.received, 0);
}

TEST_F(Receipt, IsNotProvenByTheRestOfARequestThatBeganBeforeTheAnswer) {
  TestClient client(port());
  client.send(get("/take/1000") + "GET /ta");
  EXPECT_EQ(client.read().status, 200);
  client.send("ke/1000 HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(client.read().status, 200);
  EXPECT_EQ(handler_.received, 0);
  // One that began after both proves both.
  EXPECT_EQ(client.ask(get("/other")).status, 200);
  EXPECT_EQ(handler_.received, 2);
}

TEST_F(Receipt, IsNotProvenByARequestThatLayInTheKernelWhenTheAnswerWasSent) {
  TestClient client(port());
  client.send(get("/held"));
  EXPECT_TRUE(eventually([&] { return handler_.handled == 1; }));
  client.send(get("/take/1000"));  // nobody reads it while the first one is at work
  turn();
  handler_.open();
  EXPECT_EQ(client.read().status, 200);
  EXPECT_EQ(client.read().status, 200);
  EXPECT_EQ(handler_.received, 0);
  EXPECT_EQ(client.ask(get("/other")).status, 200);
  EXPECT_EQ(handler_.received, 2);
}

TEST_F(Receipt, IsNotProvenByARequestWhileTheClientsSystemLacksBytesOfTheAnswer) {
  TestClient client(port(), kSmallWindow);
  client.send(get("/take/" + std::to_string(kMoreThanAClientTakes)));
  EXPECT_TRUE(client.wait_readable());
  client.send(get("/other"));  // without having read
  EXPECT_TRUE(eventually([&] { return handler_.handled == 2; }));
  let_settle();
  EXPECT_EQ(handler_.received, 0);
  EXPECT_EQ(client.read().body.size(), kMoreThanAClientTakes);
  EXPECT_EQ(client.read().status, 200);
  let_settle();
  EXPECT_EQ(handler_.received, 1);
}

TEST_F(Receipt, IsGivenUpWhenAClientTakesTooLongToReadAndItsConnectionIsReset) {
  TestClient client(port(), kSmallWindow);
  client.send(get("/take/" + std::to_string(kMoreThanAClientTakes)));
  EXPECT_TRUE(client.wait_readable());
  EXPECT_TRUE(eventually([&] { return handler_.handled == 1; }));
  let_settle();
  EXPECT_EQ(handler_.gone, 0);
  advance(5s);
  EXPECT_EQ(handler_.gone, 1);
  EXPECT_EQ(handler_.received, 0);
  EXPECT_TRUE(metric_has("propylon_http_timeouts_total{kind=\"write\"} 1\n"));
  // What others are given now is not read here any more.
  EXPECT_NE(client.read().body.size(), kMoreThanAClientTakes);
  EXPECT_TRUE(client.was_reset());
}

TEST_F(Receipt, IsNotProvenByAClientThatClosesWithTheAnswerUnread) {
  for (const auto* path : {"/take/5", "/take/100000", "/close"}) {
    TestClient client(port());
    const int before = handler_.gone;
    client.send(get(path));
    EXPECT_TRUE(client.wait_readable());
    client.close();
    EXPECT_TRUE(gone(before + 1)) << path;
  }
  EXPECT_EQ(handler_.received, 0);
}

TEST_F(Receipt, IsNotProvenByAClientThatHadClosedBeforeTheAnswer) {
  TestClient client(port());
  client.send(get("/held"));
  EXPECT_TRUE(eventually([&] { return handler_.handled == 1; }));
  client.close();
  turn();  // it is known
  handler_.open();
  EXPECT_TRUE(gone(1));
  EXPECT_EQ(handler_.received, 0);
}

TEST_F(Receipt, OfAClientThatOnlyEndedItsSideIsProvenByTime) {
  TestClient client(port());
  client.send(get("/held"));
  EXPECT_TRUE(eventually([&] { return handler_.handled == 1; }));
  client.end_sending();
  turn();
  handler_.open();
  EXPECT_EQ(client.read().status, 200);
  turn();
  EXPECT_EQ(handler_.received, 0);
  let_settle();
  EXPECT_EQ(handler_.received, 1);
  EXPECT_TRUE(client.is_closed());
}

TEST_F(Receipt, OfAClientThatOnlyEndedItsSideIsNotProvenWhenItDiesUnread) {
  TestClient client(port());
  client.send(get("/held/close"));
  EXPECT_TRUE(eventually([&] { return handler_.handled == 1; }));
  client.end_sending();
  turn();
  handler_.open();
  EXPECT_TRUE(client.wait_readable());
  advance(60ms);
  client.close();  // with the answer unread: a reset
  EXPECT_TRUE(gone(1));
  EXPECT_EQ(handler_.received, 0);
}

TEST_F(Receipt, OfALastAnswerHoldsTheConnectionButNotTheClient) {
  TestClient client(port());
  EXPECT_EQ(client.ask(get("/close")).field("Connection"), "close");
  EXPECT_TRUE(client.is_closed());
  client.close();
  turn();
  EXPECT_EQ(handler_.received, 0);
  EXPECT_TRUE(metric_has("propylon_http_connections 2\n"));
  let_settle();
  EXPECT_EQ(handler_.received, 1);
  EXPECT_TRUE(metric_has("propylon_http_connections 1\n"));
}

TEST_F(Receipt, IsWaitedForWhenAClientPipelinesWithoutEnd) {
  constexpr int kRequests = 20;
  TestClient client(port());
  std::string all;
  for (int i = 0; i < kRequests; ++i) all += get("/take/1000");
  client.send(all);
  for (int i = 0; i < 8; ++i) EXPECT_EQ(client.read().status, 200);
  turn();
  EXPECT_EQ(handler_.handled, 8 + 1);
  let_settle();
  EXPECT_EQ(handler_.received, 8);
  for (int i = 8; i < 16; ++i) EXPECT_EQ(client.read().status, 200);
  let_settle();
  for (int i = 16; i < kRequests; ++i) EXPECT_EQ(client.read().status, 200);
  EXPECT_EQ(handler_.received, 16);
  client.reset();
  EXPECT_TRUE(gone(kRequests - 16));
}

TEST_F(Receipt, IsLostWithAConnectionWhoseNextRequestIsAtWork) {
  TestClient client(port());
  client.send(get("/take/1000") + get("/held"));
  EXPECT_TRUE(eventually([&] { return handler_.handled == 2; }));
  client.reset();
  EXPECT_TRUE(gone(1));
  handler_.open();
  EXPECT_TRUE(gone(2));
  EXPECT_EQ(handler_.received, 0);
}

TEST_F(Receipt, OfWhatIsNotSettledIsGivenUpWhenTheServerIsHurried) {
  TestClient client(port());
  EXPECT_EQ(client.ask(get("/take/1000")).status, 200);
  server_->drain(0ms, 60s);
  server_->drain(0ms, 0ms);
  server_->join();
  EXPECT_EQ(handler_.gone, 1);
  EXPECT_EQ(handler_.received, 0);
}

class ReceiptInTime : public Serving<SystemClock> {};

TEST_F(ReceiptInTime, IsProvenSoonWhateverTheClientDoesAfterReading) {
  TestClient idle(port());
  EXPECT_EQ(idle.ask(get("/take/1000")).status, 200);
  TestClient leaving(port());
  EXPECT_EQ(leaving.ask(get("/take/100000")).status, 200);
  leaving.close();
  EXPECT_TRUE(received(2));
  EXPECT_EQ(handler_.gone, 0);
}

TEST_F(ReceiptInTime, IsWaitedForByADrain) {
  TestClient idle(port());
  EXPECT_EQ(idle.ask(get("/take/1000")).status, 200);
  TestClient held(port());
  held.send(get("/held"));
  EXPECT_TRUE(eventually([&] { return handler_.handled == 2; }));
  server_->drain(0ms, 60s);
  handler_.open();
  EXPECT_EQ(held.read().status, 200);
  server_->join();
  EXPECT_EQ(handler_.received, 2);
  EXPECT_EQ(handler_.gone, 0);
}

}  // namespace
}  // namespace propylon::http

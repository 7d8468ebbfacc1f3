// Content codings of answers, from the head of a request to the bytes on the wire.
#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <thread>

#include "http/content_decoder.h"
#include "http/server.h"
#include "http/test_client.h"

namespace propylon::http {
namespace {

using namespace std::chrono_literals;

// Compresses to a half.
std::string hexadecimal(std::size_t bytes) {
  std::mt19937 random(11);
  std::string text(bytes, '\0');
  for (auto& c : text) c = "0123456789abcdef"[random() % 16];
  return text;
}

std::string noise(std::size_t bytes) {
  std::mt19937 random(12);
  std::string text(bytes, '\0');
  for (auto& c : text) c = static_cast<char>(random());
  return text;
}

// The path says what is answered; everything but /plain is offered to be encoded.
class Texts final : public Handler {
 public:
  Admission admit(Exchange& exchange) override {
    exchange.emplace_context<std::string>(exchange.request().path());
    return Admission::read_body(1000);
  }
  Task<Response> handle(Exchange& exchange) override {
    const std::string path = exchange.context<std::string>();
    if (path != "/plain") exchange.offer_encoding();
    if (path == "/later") co_await suspend(exchange);
    ++handled;
    if (path == "/prepared") co_return Response(prepared_);
    Response response(path == "/error" ? 404 : 200, "text/plain", body_of(path));
    response.after_send([this](SendOutcome outcome) -> Task<void> {
      ++(outcome == SendOutcome::kReceived ? received : gone);
      co_return;
    });
    co_return response;
  }
  Response error_response(const Error&, Exchange&) override { return Response(500, "", "error"); }

  static std::string body_of(std::string_view path) {
    if (path == "/tiny") return std::string(1023, 't');
    if (path == "/noise") return noise(5000);
    if (path == "/large") return hexadecimal(3'000'000);
    if (path == "/huge") return hexadecimal(32'000'000);
    return std::string(1024, 's');
  }

  std::atomic<int> handled{0};
  std::atomic<int> received{0};
  std::atomic<int> gone{0};

 private:
  static Task<void> suspend(Exchange& exchange) {
    LoopResumption resumption(exchange.loop());
    auto start = resumption.start([&resumption] { resumption.resume(); });
    co_await start;
  }

  const PreparedResponse prepared_{200, kJsonType, std::string(2000, 'p')};
};

class NullSink final : public LogSink {
 public:
  void write(std::string_view) override {}
};

class AnswerEncoding : public ::testing::Test {
 protected:
  void serve(Options options = {}) {
    options.http_host = "127.0.0.1";
    options.http_port = 0;
    options.http_threads = 2;
    server_ = std::move(*Server::open(options, {}, {clock_, logger_, metrics_}));
    server_->start(handler_);
  }
  static std::string request(std::string_view path, std::string_view accept, std::string_view method = "GET") {
    std::string text(method);
    text.append(" ").append(path).append(" HTTP/1.1\r\nHost: h\r\n");
    if (!accept.empty()) text.append("Accept-Encoding: ").append(accept).append("\r\n");
    return text + "\r\n";
  }
  ClientAnswer get(std::string_view path, std::string_view accept) {
    TestClient client(server_->port());
    return client.ask(request(path, accept));
  }
  // The body behind the answer's coding.
  static std::string decoded(const ClientAnswer& answer) {
    const ContentCoding coding = content_coding(answer.field("Content-Encoding"));
    if (coding == ContentCoding::kIdentity) return answer.body;
    ContentDecoder decoder(coding, answer.body, 100'000'000);
    std::string body;
    auto progress = ContentDecoder::Progress::kGoOn;
    while (progress == ContentDecoder::Progress::kGoOn) progress = decoder.step(body);
    EXPECT_EQ(progress, ContentDecoder::Progress::kComplete);
    return body;
  }
  bool metric_has(std::string_view line) const { return metrics_.expose().find(line) != std::string::npos; }

  SystemClock clock_;
  NullSink sink_;
  Logger logger_{sink_, clock_, LogLevel::kError, LogFormat::kText};
  metrics::Registry metrics_;
  Texts handler_;
  std::unique_ptr<Server> server_;
};

constexpr const char* kVary = "Origin, Accept-Encoding";

TEST_F(AnswerEncoding, IsWhatTheClientLikesBest) {
  serve();
  const std::pair<const char*, const char*> cases[] = {
      {"gzip", "gzip"},
      {"gzip, deflate, br", "br"},
      {"gzip, br, zstd", "zstd"},
      {"zstd;q=0.1, gzip;q=0.2", "gzip"},
      {"br;q=0, zstd;q=0", ""},
      {"identity", ""},
      {"", ""},
      {"*", "gzip"},
  };
  for (const char* path : {"/small", "/later", "/large"}) {
    for (const auto& [accept, coding] : cases) {
      const ClientAnswer answer = get(path, accept);
      EXPECT_EQ(answer.status, 200);
      EXPECT_EQ(answer.field("Content-Encoding"), coding) << path << " " << accept;
      EXPECT_EQ(answer.field("Vary"), kVary) << path << " " << accept;
      EXPECT_TRUE(decoded(answer) == Texts::body_of(path)) << path << " " << accept;
    }
  }
  EXPECT_TRUE(metric_has("propylon_http_encoded_answers_total{coding=\"zstd\"} 3\n"));
  EXPECT_TRUE(metric_has("propylon_http_encoded_answers_total{coding=\"br\"} 3\n"));
  EXPECT_TRUE(metric_has("propylon_http_encoded_answers_total{coding=\"gzip\"} 9\n"));
}

TEST_F(AnswerEncoding, ReadsAllLinesOfTheField) {
  serve();
  TestClient client(server_->port());
  const ClientAnswer answer =
      client.ask("GET /small HTTP/1.1\r\nHost: h\r\naccept-encoding: gzip\r\nACCEPT-ENCODING: br\r\n\r\n");
  EXPECT_EQ(answer.field("Content-Encoding"), "br");
}

TEST_F(AnswerEncoding, IsLeftOutWhereItDoesNotPay) {
  serve();
  for (const char* path : {"/tiny", "/noise", "/prepared"}) {
    const ClientAnswer answer = get(path, "zstd, br, gzip");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.field("Content-Encoding"), "") << path;
    EXPECT_EQ(answer.field("Vary"), kVary) << path;
  }
}

TEST_F(AnswerEncoding, IsForcedByAClientThatRefusesIdentity) {
  serve();
  for (const char* path : {"/tiny", "/noise"}) {
    const ClientAnswer answer = get(path, "br, identity;q=0");
    EXPECT_EQ(answer.field("Content-Encoding"), "br") << path;
    EXPECT_TRUE(decoded(answer) == Texts::body_of(path)) << path;
  }
  // Without anything to choose from, an answer that cannot be read is better than none.
  EXPECT_EQ(get("/small", "compress, *;q=0").body, Texts::body_of("/small"));
}

TEST_F(AnswerEncoding, IsForAnswersThatWereOfferedAndSucceeded) {
  serve();
  for (const char* path : {"/plain", "/error"}) {
    const ClientAnswer answer = get(path, "zstd, br, gzip");
    EXPECT_EQ(answer.field("Content-Encoding"), "") << path;
    EXPECT_EQ(answer.field("Vary"), "Origin") << path;
    EXPECT_EQ(answer.body, Texts::body_of(path)) << path;
  }
}

TEST_F(AnswerEncoding, CanBeSwitchedOffAndStartWhereTheOperatorSays) {
  Options options;
  options.compress_answers = false;
  serve(options);
  EXPECT_EQ(get("/small", "gzip").field("Content-Encoding"), "");
  EXPECT_EQ(get("/small", "gzip").field("Vary"), "Origin");
  options.compress_answers = true;
  options.compress_answers_bytes_min = 1025;
  serve(options);
  EXPECT_EQ(get("/small", "gzip").field("Content-Encoding"), "");
  EXPECT_EQ(get("/large", "gzip").field("Content-Encoding"), "gzip");
}

TEST_F(AnswerEncoding, GivesHeadTheFieldsOfGet) {
  serve();
  for (const char* path : {"/small", "/large", "/tiny"}) {
    TestClient client(server_->port());
    const ClientAnswer whole = client.ask(request(path, "gzip"));
    client.send(request(path, "gzip", "HEAD"));
    const ClientAnswer head = client.read(true);
    for (const char* field : {"Content-Length", "Content-Encoding", "Vary", "Content-Type"}) {
      EXPECT_EQ(head.field(field), whole.field(field)) << path << " " << field;
    }
    EXPECT_EQ(client.ask(request("/small", "")).status, 200);  // no body was left on the wire
  }
}

TEST_F(AnswerEncoding, KeepsTheOrderOfPipelinedRequests) {
  serve();
  TestClient client(server_->port());
  client.send(request("/large", "zstd") + request("/small", "gzip") + request("/large", "br") + request("/plain", ""));
  for (const auto& [path, coding] :
       {std::pair("/large", "zstd"), {"/small", "gzip"}, {"/large", "br"}, {"/plain", ""}}) {
    const ClientAnswer answer = client.read();
    EXPECT_EQ(answer.field("Content-Encoding"), coding);
    EXPECT_TRUE(decoded(answer) == Texts::body_of(path));
  }
}

TEST_F(AnswerEncoding, GoesOutWhateverNumberOfClientsAskAtOnce) {
  serve();
  std::vector<std::unique_ptr<TestClient>> clients;
  for (int i = 0; i < 20; ++i) {
    clients.push_back(std::make_unique<TestClient>(server_->port()));
    clients.back()->send(request("/large", "gzip"));
  }
  // More than wait for the encoder go out as they are.
  for (auto& client : clients) EXPECT_TRUE(decoded(client->read()) == Texts::body_of("/large"));
  EXPECT_TRUE(eventually([&] { return handler_.received == 20; }));
}

TEST_F(AnswerEncoding, TellsTheHandlerThatItsClientHasGoneMeanwhile) {
  serve();
  TestClient client(server_->port());
  client.send(request("/huge", "gzip"));
  EXPECT_TRUE(eventually([&] { return handler_.handled == 1; }));
  client.reset();
  EXPECT_TRUE(eventually([&] { return handler_.gone == 1; }));
  EXPECT_EQ(handler_.received, 0);
}

TEST_F(AnswerEncoding, IsFinishedWhileTheServerDrains) {
  serve();
  TestClient client(server_->port());
  client.send(request("/large", "gzip"));
  EXPECT_TRUE(eventually([&] { return handler_.handled == 1; }));
  server_->drain(0ms, 60'000ms);
  EXPECT_TRUE(decoded(client.read()) == Texts::body_of("/large"));
  EXPECT_TRUE(client.is_closed());
  server_->join();
  EXPECT_TRUE(eventually([&] { return handler_.received == 1; }));
}

}  // namespace
}  // namespace propylon::http

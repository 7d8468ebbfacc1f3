#include "http/response_writer.h"

#include <gtest/gtest.h>

#include "core/fake_clock.h"
#include "http/request_id.h"
#include "http/request_parser.h"

namespace propylon::http {
namespace {

constexpr std::string_view kExpose =
    "Access-Control-Expose-Headers: X-Request-Id, Retry-After, Idempotent-Replayed, WWW-Authenticate, Allow, ETag\r\n";

// A parsed request with the bytes that it views.
struct Parsed {
  explicit Parsed(std::string_view fields)
      : bytes("OPTIONS /a HTTP/1.1\r\nHost: h\r\n" + std::string(fields) + "\r\n") {
    RequestParser parser;
    parser.start(request);
    EXPECT_EQ(parser.parse(bytes, {4096, 100, 100}, request), RequestParser::Progress::kComplete);
  }
  std::string bytes;
  Request request;
};

std::string without_date(std::string text) {
  const std::size_t at = text.find("Date: ");
  return text.erase(at, text.find("\r\n", at) + 2 - at);
}

std::string answer(const Options& options, const Response& response, AfterAnswer after, std::string_view fields = "") {
  const CorsPolicy cors(options);
  FakeClock clock;
  ResponseWriter writer(cors, clock);
  const Parsed parsed(fields);
  std::string out;
  writer.append_head(out, response, cors.allowed_origin(parsed.request), "id", after, clock.steady());
  return without_date(out);
}

TEST(ResponseWriter, WritesWhatEveryAnswerCarries) {
  Response response(429, kJsonType, "{}");
  response.add("Retry-After", "7").vary("Accept");
  EXPECT_EQ(answer({}, response, AfterAnswer::kKeepOpen),
            "HTTP/1.1 429 Too Many Requests\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"
            "Retry-After: 7\r\nAccess-Control-Allow-Origin: *\r\n" +
                std::string(kExpose) + "Vary: Origin, Accept\r\nX-Request-Id: id\r\n\r\n");
}

TEST(ResponseWriter, WritesPreparedAnswersLikeOthers) {
  const PreparedResponse prepared(200, kJsonType, "{}");
  EXPECT_EQ(answer({}, Response(prepared), AfterAnswer::kClose),
            answer({}, Response(200, kJsonType, "{}"), AfterAnswer::kClose));
}

TEST(ResponseWriter, SaysWhatHappensToTheConnection) {
  const Response response(200, "", "");
  EXPECT_EQ(answer({}, response, AfterAnswer::kKeepOpen).find("Connection"), std::string::npos);
  EXPECT_NE(answer({}, response, AfterAnswer::kClose).find("\r\nConnection: close\r\n"), std::string::npos);
  EXPECT_NE(answer({}, response, AfterAnswer::kSayKeepOpen).find("\r\nConnection: keep-alive\r\n"), std::string::npos);
}

TEST(ResponseWriter, GivesNoLengthWhereThereIsNoBody) {
  EXPECT_EQ(answer({}, Response(204, "", ""), AfterAnswer::kKeepOpen).find("Content-Length"), std::string::npos);
}

TEST(ResponseWriter, WritesTheDateOfTheDay) {
  const Options options;
  const CorsPolicy cors(options);
  FakeClock clock;
  ResponseWriter writer(cors, clock);
  const auto date = [&] {
    std::string out;
    writer.append_head(out, Response(200, "", ""), "", "id", AfterAnswer::kKeepOpen, clock.steady());
    const std::size_t at = out.find("Date: ");
    return out.substr(at, out.find("\r\n", at) - at);
  };
  const std::string first = date();
  EXPECT_EQ(first.size(), std::string("Date: Sun, 06 Nov 1994 08:49:37 GMT").size());
  EXPECT_TRUE(first.ends_with(" GMT"));
  clock.advance(std::chrono::seconds(1));
  EXPECT_NE(date(), first);
}

TEST(Cors, AnswersListedOriginsOnly) {
  Options options;
  options.cors_origins = {"https://a.example", "null"};
  const Response response(200, "", "");
  EXPECT_NE(answer(options, response, AfterAnswer::kKeepOpen, "Origin: https://a.example\r\n")
                .find("Access-Control-Allow-Origin: https://a.example\r\n"),
            std::string::npos);
  EXPECT_NE(answer(options, response, AfterAnswer::kKeepOpen, "Origin: null\r\n")
                .find("Access-Control-Allow-Origin: null\r\n"),
            std::string::npos);
  for (const auto* origin : {"", "Origin: https://b.example\r\n", "Origin: https://a.example.b\r\n"}) {
    const std::string text = answer(options, response, AfterAnswer::kKeepOpen, origin);
    EXPECT_EQ(text.find("Allow-Origin"), std::string::npos) << origin;
    EXPECT_NE(text.find("Vary: Origin\r\n"), std::string::npos);
  }
}

std::string preflight(const Options& options, std::string_view fields) {
  const CorsPolicy cors(options);
  std::string out;
  const Parsed parsed(fields);
  cors.append_preflight(out, parsed.request);
  return out;
}

TEST(Cors, EchoesTheHeadersThatABrowserAsksFor) {
  EXPECT_EQ(preflight({}, "Access-Control-Request-Headers: authorization,content-type\r\n"),
            "Access-Control-Allow-Origin: *\r\nAccess-Control-Allow-Methods: GET, HEAD, POST, PUT, PATCH, DELETE\r\n"
            "Vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers\r\n"
            "Access-Control-Allow-Headers: authorization,content-type\r\nAccess-Control-Max-Age: 600\r\n");
  for (const auto* bad : {"", "Access-Control-Request-Headers: a b\r\n", "Access-Control-Request-Headers: a;b\r\n"}) {
    EXPECT_EQ(preflight({}, bad).find("Allow-Headers"), std::string::npos) << bad;
  }
  Options options;
  options.cors_headers = {"Authorization", "X-A"};
  EXPECT_NE(preflight(options, "").find("Access-Control-Allow-Headers: Authorization, X-A\r\n"), std::string::npos);
}

TEST(RequestIds, AreUniqueAndTakeOnlyFitOnesFromClients) {
  RequestIds ids(0x123456789abc);
  std::string first(RequestIds::kBytes, ' ');
  std::string second = first;
  ids.make(first.data());
  EXPECT_EQ(first, "cba987654321000000000001");
  for (int i = 0; i < 255; ++i) ids.make(second.data());
  EXPECT_EQ(second, "cba987654321000000000100");
  EXPECT_TRUE(is_fit_request_id("a"));
  EXPECT_TRUE(is_fit_request_id(std::string(128, '~')));
  for (const auto& bad : {std::string(), std::string(129, 'a'), std::string("a b"), std::string("\x80")}) {
    EXPECT_FALSE(is_fit_request_id(bad));
  }
}

TEST(ResponseDeathTest, AssertsOnALineEndInAHeader) {
  Response response;
  EXPECT_DEATH(response.add("X", "a\r\nSet-Cookie: b"), "");
}

}  // namespace
}  // namespace propylon::http

#include "http/request_parser.h"

#include <gtest/gtest.h>

#include <random>

#include "core/long_tests.h"

namespace propylon::http {
namespace {

constexpr HeadLimits kLimits{1024, 12, 128};
using Progress = RequestParser::Progress;

struct Parsed {
  Progress progress = Progress::kNeedMore;
  Refusal refusal;
  std::size_t head_bytes = 0;
  std::string dump;  // everything that was found
};

std::string dump(const Request& request) {
  std::string text(to_string(request.method()));
  text.append(" ").append(request.target()).append("|").append(request.path()).append("|").append(request.query());
  text += request.is_http_1_0() ? " 1.0" : " 1.1";
  text += request.keep_alive() ? " keep" : " close";
  text += " length=" + std::to_string(request.content_length());
  if (request.is_chunked()) text += " chunked";
  if (request.expects_continue()) text += " expects";
  if (request.expects_other()) text += " expects-other";
  for (std::size_t i = 0; i < request.field_count(); ++i) {
    text.append("\n").append(request.field(i).name).append("=").append(request.field(i).value);
  }
  for (std::size_t i = 0; i < kKnownFields; ++i) {
    const auto known = static_cast<KnownField>(i);
    if (request.has(known)) {
      text.append("\n#").append(std::to_string(i)).append(" x").append(std::to_string(request.lines(known)));
      text.append(" ").append(request.value(known));
    }
  }
  return text;
}

// Parses in pieces that end at the given places; each piece lies in memory of its own.
Parsed parse_in_pieces(std::string_view bytes, const std::vector<std::size_t>& ends) {
  Request request;
  RequestParser parser;
  parser.start(request);
  Parsed parsed;
  for (const std::size_t end : ends) {
    const std::string piece(bytes.substr(0, end));
    parsed.progress = parser.parse(piece, kLimits, request);
    if (parsed.progress == Progress::kComplete) {
      parsed.head_bytes = parser.head_bytes();
      parsed.dump = dump(request);
    }
    if (parsed.progress != Progress::kNeedMore) break;
  }
  parsed.refusal = parser.refusal();
  return parsed;
}

Parsed parse(std::string_view bytes) { return parse_in_pieces(bytes, {bytes.size()}); }

void expect_equal(const Parsed& a, const Parsed& b, std::string_view what) {
  EXPECT_EQ(a.progress, b.progress) << what;
  EXPECT_STREQ(a.refusal.text, b.refusal.text) << what;
  EXPECT_EQ(a.head_bytes, b.head_bytes) << what;
  EXPECT_EQ(a.dump, b.dump) << what;
}

// Whole, byte by byte, and cut in two at every byte.
void expect_same_in_pieces(std::string_view bytes) {
  const Parsed whole = parse(bytes);
  std::vector<std::size_t> each;
  for (std::size_t end = 1; end <= bytes.size(); ++end) {
    each.push_back(end);
    expect_equal(whole, parse_in_pieces(bytes, {end, bytes.size()}), bytes);
  }
  expect_equal(whole, parse_in_pieces(bytes, each), bytes);
}

struct Malformed {
  const char* section;  // of RFC 9112 unless it says 9110
  std::string_view head;
  ErrorCode code = ErrorCode::kMalformedHttp;
};

using namespace std::string_view_literals;

const Malformed kMalformed[] = {
    // The request line.
    {"3", "hello\r\n\r\n"},
    {"3", "GET /\r\nHost: x\r\n\r\n"},
    {"3", "GET\r\nHost: x\r\n\r\n"},
    {"3", "GET  HTTP/1.1\r\nHost: x\r\n\r\n"},
    {"3", " GET / HTTP/1.1\r\nHost: x\r\n\r\n"},
    {"3", "GET / HTTP/1.1 \r\nHost: x\r\n\r\n"},
    {"3", "GET\t/ HTTP/1.1\r\nHost: x\r\n\r\n"},
    {"3", "GET / HTTP/1.1 x\r\nHost: x\r\n\r\n"},
    {"3", "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n"},
    {"3", "GET /  HTTP/1.1\r\nHost: x\r\n\r\n"},
    {"2.2", "\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n"},
    {"2.2", "\nGET / HTTP/1.1\r\nHost: x\r\n\r\n"},
    {"3.1", "G@T / HTTP/1.1\r\nHost: x\r\n\r\n"},
    {"3.1", "FOO / HTTP/1.1\r\nHost: x\r\n\r\n"},
    {"3.1", "get / HTTP/1.1\r\nHost: x\r\n\r\n"},
    {"3.1", "GETT / HTTP/1.1\r\nHost: x\r\n\r\n"},
    {"3.1", "GE T / HTTP/1.1\r\nHost: x\r\n\r\n"},
    {"2.3", "GET / FTP/1.1\r\nHost: x\r\n\r\n"},
    {"2.3", "GET / http/1.1\r\nHost: x\r\n\r\n"},
    {"2.3", "GET / HTTP/1.10\r\nHost: x\r\n\r\n"},
    {"2.3", "GET / HTTP/01.1\r\nHost: x\r\n\r\n"},
    {"2.3", "GET / HTTP/1,1\r\nHost: x\r\n\r\n"},
    {"2.3", "GET / HTTP/a.1\r\nHost: x\r\n\r\n"},
    {"2.3", "GET / HTTP/1\r\nHost: x\r\n\r\n"},
    {"2.3", "GET / HTTP/1.1.1\r\nHost: x\r\n\r\n"},
    {"2.3", "GET / HTTP/2.0\r\nHost: x\r\n\r\n", ErrorCode::kHttpVersion},
    {"2.3", "GET / HTTP/1.2\r\nHost: x\r\n\r\n", ErrorCode::kHttpVersion},
    {"2.3", "GET / HTTP/0.9\r\nHost: x\r\n\r\n", ErrorCode::kHttpVersion},
    {"2.3", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", ErrorCode::kHttpVersion},
    // The target.
    {"3.2", "GET a HTTP/1.1\r\nHost: x\r\n\r\n"},
    {"3.2", "GET ?x=1 HTTP/1.1\r\nHost: x\r\n\r\n"},
    {"3.2", "GET * HTTP/1.1\r\nHost: x\r\n\r\n"},
    {"3.2", "OPTIONS ** HTTP/1.1\r\nHost: x\r\n\r\n"},
    {"3.2", "GET /a#b HTTP/1.1\r\nHost: x\r\n\r\n"},
    {"3.2", "GET /\x80 HTTP/1.1\r\nHost: x\r\n\r\n"},
    {"3.2", "GET /\xc3\xa4 HTTP/1.1\r\nHost: x\r\n\r\n"},
    {"3.2.2", "GET http:///a HTTP/1.1\r\nHost: x\r\n\r\n"},
    {"3.2.2", "GET ftp://x/a HTTP/1.1\r\nHost: x\r\n\r\n"},
    {"3.2.2", "GET http:/x/a HTTP/1.1\r\nHost: x\r\n\r\n"},
    {"3.2.2", "GET http://u@x/a HTTP/1.1\r\nHost: x\r\n\r\n"},
    {"3.2.2", "GET http://x:port/a HTTP/1.1\r\nHost: x\r\n\r\n"},
    {"3.2.3", "CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n"},
    {"3.2.3", "GET x:443 HTTP/1.1\r\nHost: x\r\n\r\n"},
    // Line ends and control characters.
    {"2.2", "GET / HTTP/1.1\nHost: x\n\n"},
    {"2.2", "GET / HTTP/1.1\r\nHost: x\n\r\n"},
    {"2.2", "GET / HTTP/1.1\r\nHost: x\r\n\n"},
    {"2.2", "GET / HTTP/1.1\r\nHost: x\r\r\n\r\n"},
    {"2.2", "GET / HTTP/1.1\r\nHost: x\rA: b\r\n\r\n"},
    {"2.2", "GET / HTTP/1.1\rHost: x\r\n\r\n"},
    {"2.2", "GET / HTTP/1.1\r\nHost: x\r\n\rx"},
    {"9110 5.5", "GET / HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n"sv},
    {"9110 5.5", "GET / HTTP/1.1\r\nHost: x\r\nA\0: b\r\n\r\n"sv},
    {"9110 5.5", "GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n"sv},
    {"9110 5.5", "GET / HTTP/1.1\r\nHost: x\r\nA: \x01\r\n\r\n"},
    {"9110 5.5", "GET / HTTP/1.1\r\nHost: x\r\nA: \x7f\r\n\r\n"},
    {"9110 5.5", "GET / HTTP/1.1\r\nHost: x\r\nA: \x1b[0m\r\n\r\n"},
    {"9110 5.5", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"sv},
    // Fields.
    {"5", "GET / HTTP/1.1\r\nHost: x\r\nfoo\r\n\r\n"},
    {"5.1", "GET / HTTP/1.1\r\nHost: x\r\nFoo : x\r\n\r\n"},
    {"5.1", "GET / HTTP/1.1\r\nHost: x\r\nFoo\t: x\r\n\r\n"},
    {"5.1", "GET / HTTP/1.1\r\nHost : x\r\n\r\n"},
    {"5.1", "GET / HTTP/1.1\r\nHost: x\r\n: x\r\n\r\n"},
    {"5.1", "GET / HTTP/1.1\r\nHost: x\r\nF(o): x\r\n\r\n"},
    {"5.1", "GET / HTTP/1.1\r\nHost: x\r\nF\xc3\xa4: x\r\n\r\n"},
    {"5.1", "GET / HTTP/1.1\r\nHost: x\r\n\"F\": x\r\n\r\n"},
    {"5.1", "GET / HTTP/1.1\r\nHost: x\r\nF/o: x\r\n\r\n"},
    {"5.2", "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n"},
    {"5.2", "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n\tc\r\n\r\n"},
    {"2.2", "GET / HTTP/1.1\r\n Host: x\r\n\r\n"},
    {"5.2", "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n \r\n\r\n"},
    // Host.
    {"3.2", "GET / HTTP/1.1\r\n\r\n"},
    {"3.2", "GET / HTTP/1.1\r\nA: b\r\n\r\n"},
    {"3.2", "GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n"},
    {"3.2", "GET / HTTP/1.1\r\nHost: x\r\nhost: y\r\n\r\n"},
    {"3.2", "GET / HTTP/1.0\r\nHost: x\r\nHost: y\r\n\r\n"},
    {"3.2", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"},
    {"3.2", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"},
    {"3.2", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"},
    {"3.2", "GET / HTTP/1.1\r\nHost: a:b\r\n\r\n"},
    {"3.2", "GET / HTTP/1.1\r\nHost: a:123456\r\n\r\n"},
    {"3.2", "GET / HTTP/1.1\r\nHost: :80\r\n\r\n"},
    {"3.2", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n"},
    {"3.2", "GET / HTTP/1.1\r\nHost: []\r\n\r\n"},
    {"3.2", "GET / HTTP/1.1\r\nHost: [::1]x\r\n\r\n"},
    {"3.2", "GET / HTTP/1.1\r\nHost: a?b\r\n\r\n"},
    {"3.2", "GET / HTTP/1.1\r\nHost: \xc3\xa4\r\n\r\n"},
    // The length of the body.
    {"6.3", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n"},
    {"6.3", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\ncontent-length: 5\r\n\r\n"},
    {"6.3", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1, 1\r\n\r\n"},
    {"6.2", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n"},
    {"6.2", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\n"},
    {"6.2", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n"},
    {"6.2", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0x1\r\n\r\n"},
    {"6.2", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1 1\r\n\r\n"},
    {"6.2", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1.0\r\n\r\n"},
    {"6.2", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length:\r\n\r\n"},
    {"6.2", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n"},
    {"6.1", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"},
    {"6.1", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n"},
    {"6.1", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"},
    {"6.1", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"},
    {"6.1", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, chunked\r\n\r\n"},
    {"6.1", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"},
    {"6.1", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, gzip\r\n\r\n"},
    {"6.1", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: foo\r\n\r\n"},
    {"6.1", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: identity\r\n\r\n"},
    {"6.1", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding:\r\n\r\n"},
    {"6.1", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: \"chunked\"\r\n\r\n"},
    {"6.1", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n"},
};

TEST(RequestParser, RefusesEveryMalformedHead) {
  for (const auto& bad : kMalformed) {
    const Parsed parsed = parse(bad.head);
    EXPECT_EQ(parsed.progress, Progress::kRefused) << bad.section << ": " << bad.head;
    EXPECT_EQ(parsed.refusal.code, bad.code) << bad.section << ": " << bad.head;
  }
  EXPECT_GE(std::size(kMalformed), 80u);
}

TEST(RequestParser, RefusesTheSameInPieces) {
  for (const auto& bad : kMalformed) expect_same_in_pieces(bad.head);
}

struct Good {
  std::string_view head;
  std::string_view dump;
};

const Good kGood[] = {
    {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "GET /|/| 1.1 keep length=0\nHost=x\n#9 x1 x"},
    {"\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n", "GET /|/| 1.1 keep length=0\nHost=x\n#9 x1 x"},
    {"\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n", "GET /|/| 1.1 keep length=0\nHost=x\n#9 x1 x"},
    {"HEAD /a?b=c?d HTTP/1.0\r\n\r\n", "HEAD /a?b=c?d|/a|b=c?d 1.0 close length=0"},
    {"GET / HTTP/1.0\r\nConnection: x , Keep-Alive\r\n\r\n",
     "GET /|/| 1.0 keep length=0\nConnection=x , Keep-Alive\n#4 x1 x , Keep-Alive"},
    {"GET / HTTP/1.1\r\nHost:\r\nConnection: keep-alive\r\nConnection: CLOSE\r\n\r\n",
     "GET /|/| 1.1 close length=0\nHost=\nConnection=keep-alive\nConnection=CLOSE\n#4 x2 keep-alive\n#9 x1 "},
    {"OPTIONS * HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", "OPTIONS *|*| 1.1 keep length=0\nHost=[::1]:80\n#9 x1 [::1]:80"},
    {"GET HTTP://h:1/a?q HTTP/1.1\r\nHost: other\r\n\r\n",
     "GET HTTP://h:1/a?q|/a|q 1.1 keep length=0\nHost=other\n#9 x1 other"},
    {"GET http://h HTTP/1.1\r\nHost: h\r\n\r\n", "GET http://h|/| 1.1 keep length=0\nHost=h\n#9 x1 h"},
    {"GET http://h?q HTTP/1.1\r\nHost: h\r\n\r\n", "GET http://h?q|/|q 1.1 keep length=0\nHost=h\n#9 x1 h"},
    {"GET /<b>\"'&\\^|{} HTTP/1.1\r\nHost: h\r\n\r\n",
     "GET /<b>\"'&\\^|{}|/<b>\"'&\\^|{}| 1.1 keep length=0\nHost=h\n#9 x1 h"},
    {"POST / HTTP/1.1\r\nhOsT: h\r\ncontent-LENGTH:  012\t\r\n\r\n",
     "POST /|/| 1.1 keep length=12\nhOsT=h\ncontent-LENGTH=012\n#6 x1 012\n#9 x1 h"},
    {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\nExpect: 100-Continue\r\n\r\n",
     "POST /|/| 1.1 keep length=0 chunked expects\nHost=h\nTransfer-Encoding=Chunked\nExpect=100-Continue\n"
     "#8 x1 100-Continue\n#9 x1 h\n#15 x1 Chunked"},
    {"POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nExpect: foo\r\n\r\n",
     "POST /|/| 1.1 keep length=0 expects-other\nHost=h\nExpect=100-continue\nExpect=foo\n#8 x2 100-continue\n#9 x1 h"},
    {"POST / HTTP/1.0\r\nExpect: foo\r\n\r\n", "POST /|/| 1.0 close length=0\nExpect=foo\n#8 x1 foo"},
    // Equal repeats are stored once, other values are lines of their own, an unknown name is no known one.
    {"GET / HTTP/1.1\r\nHost: h\r\nX-A: 1\r\nx-a: 1\r\nX-A: 2\r\nX-A:  1 \r\nAcceptx: y\r\nA: \r\n\r\n",
     "GET /|/| 1.1 keep length=0\nHost=h\nX-A=1\nX-A=2\nAcceptx=y\nA=\n#9 x1 h"},
    {"GET / HTTP/1.1\r\nHost: h\r\nAuthorization: a\r\nAuthorization: a\r\n\r\n",
     "GET /|/| 1.1 keep length=0\nHost=h\nAuthorization=a\n#3 x2 a\n#9 x1 h"},
    {"GET / HTTP/1.1\r\nHost: h\r\nX: \xe4 \tb\r\n\r\n", "GET /|/| 1.1 keep length=0\nHost=h\nX=\xe4 \tb\n#9 x1 h"},
    {"TRACE / HTTP/1.1\r\nHost: h\r\nUpgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\n\r\n",
     "TRACE /|/| 1.1 keep length=0\nHost=h\nUpgrade=h2c\nConnection=Upgrade, HTTP2-Settings\n"
     "#4 x1 Upgrade, HTTP2-Settings\n#9 x1 h"},
};

TEST(RequestParser, ReadsGoodHeads) {
  for (const auto& good : kGood) {
    const Parsed parsed = parse(good.head);
    EXPECT_EQ(parsed.progress, Progress::kComplete) << good.head;
    EXPECT_EQ(parsed.dump, good.dump);
    EXPECT_EQ(parsed.head_bytes, good.head.size());
    expect_same_in_pieces(good.head);
  }
}

TEST(RequestParser, LeavesTheBodyAlone) {
  const Parsed parsed = parse("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\n\0\r\n"sv);
  EXPECT_EQ(parsed.progress, Progress::kComplete);
  EXPECT_EQ(parsed.head_bytes, 47u);
}

std::string head_of_size(std::size_t size) {
  std::string head = "GET / HTTP/1.1\r\nHost: h\r\nX: ";
  return head + std::string(size - head.size() - 4, 'x') + "\r\n\r\n";
}

TEST(RequestParser, HoldsItsLimits) {
  EXPECT_EQ(parse(head_of_size(kLimits.head_bytes_max)).progress, Progress::kComplete);
  for (const auto& head : {head_of_size(kLimits.head_bytes_max + 1), head_of_size(kLimits.head_bytes_max * 2)}) {
    EXPECT_EQ(parse(head).refusal.code, ErrorCode::kHeadTooLarge);
    expect_same_in_pieces(head);
  }
  const auto target = [](std::size_t size) {
    return "GET /" + std::string(size - 1, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n";
  };
  EXPECT_EQ(parse(target(kLimits.target_bytes_max)).progress, Progress::kComplete);
  for (const std::size_t size : {kLimits.target_bytes_max + 1, kLimits.target_bytes_max + 500}) {
    EXPECT_EQ(parse(target(size)).refusal.code, ErrorCode::kTargetTooLong);
    expect_same_in_pieces(target(size));
  }
  const auto fields = [](std::size_t different, std::size_t copies) {
    std::string head = "GET / HTTP/1.1\r\nHost: h\r\n";
    for (std::size_t i = 1; i < different; ++i) head += "X" + std::to_string(i) + ": 1\r\n";
    for (std::size_t i = 0; i < copies; ++i) head += "X1: 1\r\n";
    return head + "\r\n";
  };
  EXPECT_EQ(parse(fields(kLimits.fields_max, 80)).progress, Progress::kComplete);
  EXPECT_EQ(parse(fields(kLimits.fields_max + 1, 0)).refusal.code, ErrorCode::kHeadTooLarge);
}

TEST(RequestParser, GivesTheSameForRandomCutsAndDamage) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE("PROPYLON_TEST_SEED=" + std::to_string(seed));
  std::mt19937 random(static_cast<std::uint32_t>(seed));
  const auto below = [&random](std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random); };
  for (int round = 0; round < 3000; ++round) {
    std::string bytes(kGood[below(std::size(kGood))].head);
    for (std::size_t i = below(4); i > 0; --i) bytes[below(bytes.size())] = "\r\n\t :/x\0,1"[below(10)];
    std::vector<std::size_t> ends;
    for (std::size_t end = 0; end < bytes.size();) {
      end = std::min(bytes.size(), end + 1 + below(12));
      ends.push_back(end);
    }
    expect_equal(parse(bytes), parse_in_pieces(bytes, ends), bytes);
  }
}

}  // namespace
}  // namespace propylon::http

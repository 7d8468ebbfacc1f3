// Request smuggling and malformed HTTP, as a table: each request is sent whole and in pieces, with a well-formed
// request right behind it that must not be served where it is uncertain where the refused one ends.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "core/long_tests.h"
#include "hostile/malformed_request.h"
#include "support/gateway.h"
#include "support/json_members.h"

namespace propylon::testing {
namespace {

constexpr const char* kSmuggled =
    "POST /stations/smuggled/produce/single HTTP/1.1\r\nHost: x\r\nAuthorization: {bearer}\r\nContent-Length: 8\r\n\r\n"
    "smuggled";
constexpr const char* kStatus = "GET /monitoring/status HTTP/1.1\r\nHost: x\r\n\r\n";
constexpr const char* kOk = R"({"status":"ok"})";
// A larger request comes in a few pieces of random sizes instead of byte by byte.
constexpr std::size_t kByteByByteMax = 600;
constexpr int kRandomCuts = 12;

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
  return text;
}

class HostileHttp : public GatewayTest {
 protected:
  static void SetUpTestSuite() {
    start({});
    seed() = test_seed();
    std::printf("split points: PROPYLON_TEST_SEED=%llu\n", static_cast<unsigned long long>(seed()));
  }
  static std::uint64_t& seed() {
    static std::uint64_t value = 0;
    return value;
  }

  std::string filled(const std::string& bytes) {
    return replaced(replaced(bytes, "{bearer}", gateway().bearer()), "{station}", station_name());
  }
  // Of the test; station names have no letters in upper case.
  std::string station_name() const {
    std::string name = station();
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return name;
  }

  // In one piece, and in several.
  std::vector<std::vector<std::string>> ways_to_send(const std::string& bytes) const {
    std::set<std::size_t> cuts;
    std::mt19937_64 random(seed() + bytes.size());
    if (bytes.size() <= kByteByByteMax) {
      for (std::size_t i = 1; i < bytes.size(); ++i) cuts.insert(i);
    } else {
      for (int i = 0; i < kRandomCuts; ++i) cuts.insert(random() % bytes.size());
    }
    std::vector<std::string> pieces;
    std::size_t from = 0;
    for (const std::size_t cut : cuts) {
      if (cut > from) pieces.push_back(bytes.substr(from, cut - from));
      from = std::max(from, cut);
    }
    pieces.push_back(bytes.substr(from));
    return {{bytes}, pieces};
  }
};

class Malformed : public HostileHttp, public ::testing::WithParamInterface<MalformedRequest> {
 protected:
  // Behind all cases: none of them has stored anything.
  static void TearDownTestSuite() {
    const HttpFields administrator{{"Authorization", gateway().bearer()}};
    EXPECT_EQ(gateway().send("GET", "/stations/smuggled", administrator).status, 404);
    // And what was sent behind them is a request that would have.
    HttpClient client(gateway().process().port());
    client.send(replaced(kSmuggled, "{bearer}", gateway().bearer()));
    EXPECT_EQ(client.receive().body, kStored);
    EXPECT_EQ(gateway().send("GET", "/stations/smuggled", administrator).status, 200);
    HostileHttp::TearDownTestSuite();
  }
};

TEST_P(Malformed, IsRefused) {
  const MalformedRequest& request = GetParam();
  const std::string bytes = filled(request.bytes);
  SCOPED_TRACE(request.rfc + ": " + ::testing::PrintToString(bytes.substr(0, 300)));
  for (auto pieces : ways_to_send(bytes)) {
    SCOPED_TRACE(std::to_string(pieces.size()) + " pieces");
    pieces.push_back(request.then == Then::kCloses ? filled(kSmuggled) : kStatus);
    HttpClient client(gateway().process().port());
    // The server may close before it has read everything.
    for (const auto& piece : pieces) {
      if (!client.try_send(piece)) break;
    }
    const auto answer = client.receive();
    const bool retryable = request.status == 408 || request.status == 503;
    Problem expected{.status = request.status, .code = request.code, .retryable = retryable};
    if (request.status == 401) expected.message = "\"Unauthorized\"";
    expect_problem(answer, expected);
    if (request.then == Then::kCloses) {
      EXPECT_EQ(answer.field("Connection"), "close");
      EXPECT_TRUE(client.closes()) << "a second answer came: " << client.receive().body;
    } else {
      EXPECT_FALSE(answer.has("Connection"));
      EXPECT_EQ(client.receive().body, kOk);
    }
  }
}

std::vector<MalformedRequest> all_malformed() {
  std::vector<MalformedRequest> all;
  for (const auto& part :
       {malformed_lengths(), malformed_chunks(), malformed_fields(), malformed_request_lines(), malformed_targets()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

struct NameOf {
  template <class Case>
  std::string operator()(const ::testing::TestParamInfo<Case>& test) const {
    return test.param.name;
  }
};

INSTANTIATE_TEST_SUITE_P(Request, Malformed, ::testing::ValuesIn(all_malformed()), NameOf());

class Odd : public HostileHttp, public ::testing::WithParamInterface<OddRequest> {};

TEST_P(Odd, IsServed) {
  const OddRequest& request = GetParam();
  const std::string bytes = filled(request.bytes);
  SCOPED_TRACE(request.rfc + ": " + ::testing::PrintToString(bytes.substr(0, 300)));
  std::vector<std::string> stored;
  for (auto pieces : ways_to_send(bytes)) {
    SCOPED_TRACE(std::to_string(pieces.size()) + " pieces");
    pieces.push_back(kStatus);
    HttpClient client(gateway().process().port());
    for (const auto& piece : pieces) client.send(piece);
    const auto answer = client.receive();
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(answer.body, request.stored.empty() ? kOk : kStored);
    if (request.then == Then::kCloses) {
      EXPECT_TRUE(client.closes());
    } else {
      EXPECT_EQ(client.receive().body, kOk);
    }
    stored.insert(stored.end(), request.stored.begin(), request.stored.end());
  }
  if (!stored.empty()) {
    EXPECT_EQ(payloads_of(gateway().drain(station_name())), stored);
  }
}

INSTANTIATE_TEST_SUITE_P(Request, Odd, ::testing::ValuesIn(odd_requests()), NameOf());

class TheTable : public ::testing::Test {};

TEST_F(TheTable, HasAtLeast120CasesEachOfAnotherKind) {
  std::set<std::string> names;
  std::set<std::string> bytes;
  for (const auto& request : all_malformed()) {
    EXPECT_TRUE(names.insert(request.name).second) << request.name;
    EXPECT_TRUE(bytes.insert(request.bytes).second) << request.name;
    EXPECT_FALSE(request.rfc.empty()) << request.name;
  }
  EXPECT_GE(names.size(), 120U);
  std::printf("%zu malformed requests, %zu odd ones\n", names.size(), odd_requests().size());
}

}  // namespace
}  // namespace propylon::testing

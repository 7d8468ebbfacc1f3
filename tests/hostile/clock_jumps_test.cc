// The calendar clock jumps, forwards and backwards, while the server runs (docs/operations.md, "When the clock jumps"):
// deadlines do not notice, nothing hangs, and nothing is deleted that a clock set right would have kept.
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "support/gateway.h"
#include "support/json_members.h"
#include "support/shifted_clock.h"

namespace propylon::testing {
namespace {

using namespace std::chrono_literals;
using Strings = std::vector<std::string>;

constexpr std::chrono::seconds kHour = 1h;
constexpr std::chrono::seconds kDay = 24h;
constexpr std::chrono::seconds kYear = 365 * kDay;

class ClockJumps : public ::testing::Test {
 protected:
  // One server for all that do not jump forwards with messages in it.
  static void SetUpTestSuite() {
    if (ShiftedClock::possible()) shared() = std::make_unique<Jumping>();
  }
  static void TearDownTestSuite() {
    if (!shared()) return;
    EXPECT_EQ(shared()->gateway.process().terminate().code, 0);
    shared().reset();
  }
  void SetUp() override {
    if (!ShiftedClock::possible()) GTEST_SKIP() << "the library that shifts cannot be loaded before the sanitizers";
    use(*shared());
  }
  void TearDown() override {
    if (shared()) shared()->clock.shift(0s);
  }

  struct Jumping {
    ShiftedClock clock;
    Gateway gateway{ServerOptions{.flags = {"--http-head-timeout-ms", "1000"}, .environment = clock.environment()}};
  };
  static std::unique_ptr<Jumping>& shared() {
    static std::unique_ptr<Jumping> one;
    return one;
  }
  void use(Jumping& jumping) {
    clock = &jumping.clock;
    gateway = &jumping.gateway;
    gateway->forget_token();
  }
  void restart() const {
    gateway->process().kill();
    gateway->process().start();
  }

  int status_with(const std::string& token) const {
    return gateway->send("GET", "/stations", {{"Authorization", "Bearer " + token}}).status;
  }
  std::string new_token() const {
    gateway->forget_token();
    return gateway->token();
  }
  void make_station(const std::string& name, const std::string& age_s) const {
    const auto made = gateway->send("PUT", "/stations/" + name, gateway->authorized(),
                                    R"({"retention":{"type":"message_age_sec","value":)" + age_s + "}}");
    ASSERT_EQ(made.status, 201) << made.body;
  }
  Strings kept(const std::string& station, const std::string& group) const {
    return payloads_of(gateway->drain(station, group));
  }
  int date_year() const {
    // "Sun, 06 Nov 1994 08:49:37 GMT"
    return std::stoi(gateway->send("GET", "/livez").field("Date").substr(12, 4));
  }

  const ShiftedClock* clock = nullptr;
  Gateway* gateway = nullptr;
};

TEST_F(ClockJumps, AreSeenByTheServer) {
  const int year = date_year();
  clock->shift(10 * kYear);
  const auto deadline = std::chrono::steady_clock::now() + 10s;
  while (date_year() < year + 9) ASSERT_LT(std::chrono::steady_clock::now(), deadline);
  clock->shift(-10 * kYear);
  while (date_year() > year - 9) ASSERT_LT(std::chrono::steady_clock::now(), deadline);
}

TEST_F(ClockJumps, ForwardsEndTokensAndNewOnesWork) {
  const std::string token = new_token();
  EXPECT_EQ(status_with(token), 200);
  clock->shift(kHour);
  // A token that was verified a moment ago is believed for a minute; in another process it is refused at once.
  restart();
  EXPECT_EQ(status_with(token), 401);
  const std::string later = new_token();
  EXPECT_EQ(status_with(later), 200);
  clock->shift(0s);
  EXPECT_EQ(status_with(token), 200) << "an hour back it is good again";
  EXPECT_EQ(status_with(later), 200);
}

TEST_F(ClockJumps, BackwardsLeaveTokensGood) {
  const std::string token = new_token();
  for (const auto back : {-kHour, -20 * kYear}) {
    clock->shift(back);
    EXPECT_EQ(status_with(token), 200);
    const std::string earlier = new_token();
    EXPECT_EQ(status_with(earlier), 200);
    restart();
    EXPECT_EQ(status_with(token), 200);
    EXPECT_EQ(status_with(earlier), 200);
  }
}

TEST_F(ClockJumps, BackwardsDeleteNothing) {
  make_station("aged", "3600");
  gateway->produce("aged", "one");
  for (const auto back : {-kHour, -kYear, -20 * kYear}) {
    clock->shift(back);
    ASSERT_EQ(gateway->produce("aged", "back").body, kStored);
    EXPECT_EQ(kept("aged", "g" + std::to_string(-back.count())).front(), "one");
  }
  restart();
  const Strings all{"one", "back", "back", "back"};
  EXPECT_EQ(kept("aged", "after-restart"), all);
  clock->shift(0s);
  EXPECT_EQ(kept("aged", "set-right"), all) << "times of messages never run backwards: none looks older than it is";
}

TEST_F(ClockJumps, ForwardsDeleteWhatIsTooOldByTheNewTimeAndNothingElse) {
  Jumping own;
  use(own);
  make_station("hour", "3600");
  make_station("year", "31536000");
  make_station("ever", "0");
  for (const char* station : {"hour", "year", "ever"}) gateway->produce(station, "old");
  clock->shift(2 * kHour);
  gateway->forget_token();
  for (const char* station : {"hour", "year", "ever"}) gateway->produce(station, "new");
  EXPECT_EQ(kept("hour", "g"), Strings{"new"});
  EXPECT_EQ(kept("year", "g"), (Strings{"old", "new"}));
  clock->shift(100 * kYear);
  gateway->forget_token();
  EXPECT_TRUE(kept("hour", "h").empty());
  EXPECT_TRUE(kept("year", "h").empty());
  EXPECT_EQ(kept("ever", "h"), (Strings{"old", "new"}));
  clock->shift(0s);
  gateway->forget_token();
  // What comes now is stamped with the latest time there ever was, and kept the longer for it.
  for (const char* station : {"hour", "year", "ever"}) ASSERT_EQ(gateway->produce(station, "back").body, kStored);
  EXPECT_EQ(kept("hour", "i"), Strings{"back"});
  EXPECT_EQ(kept("ever", "i"), (Strings{"old", "new", "back"}));
}

TEST_F(ClockJumps, DoNotMoveTheEndOfALongPoll) {
  for (const auto by : {-kYear, kYear}) {
    clock->shift(0s);
    gateway->forget_token();
    HttpClient client(gateway->process().port());
    const auto begin = std::chrono::steady_clock::now();
    client.send(HttpClient::render("POST", "/stations/quiet/consume/batch", gateway->authorized(),
                                   consume_body({.group = "g", .wait_ms = 800})));
    EXPECT_FALSE(client.readable_within(100ms));
    clock->shift(by);
    expect_json(client.receive(), "[]");
    EXPECT_GE(std::chrono::steady_clock::now() - begin, 800ms);
  }
}

TEST_F(ClockJumps, DoNotMoveOtherDeadlines) {
  for (const auto by : {-kYear, kYear}) {
    HttpClient slow(gateway->process().port());
    slow.send("GET / HTTP/1.1\r\n");
    EXPECT_FALSE(slow.readable_within(100ms));
    clock->shift(by);
    expect_problem(slow.receive(), {.status = 408, .code = "request_timeout", .retryable = true});
  }
}

TEST_F(ClockJumps, DoNotMoveTheTimeToTryAgain) {
  const std::string wrong = R"({"username":"nobody","password":"wrong"})";
  {
    std::vector<std::jthread> guesses;
    for (int i = 0; i < 10; ++i) guesses.emplace_back([&] { gateway->authenticate(wrong); });
  }
  for (const auto by : {0 * kDay, kYear, -kYear}) {
    clock->shift(by);
    const auto blocked = gateway->authenticate(wrong);
    EXPECT_EQ(blocked.status, 429) << blocked.body;
    const int retry_after_s = std::stoi(blocked.field("Retry-After"));
    EXPECT_GT(retry_after_s, 0);
    EXPECT_LE(retry_after_s, 60);
  }
}

TEST_F(ClockJumps, DoNotMoveLeases) {
  const auto made = gateway->send("PUT", "/stations/leased", gateway->authorized(), R"({"ack_wait_ms":60000})");
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string large(4 << 20, 'x');
  for (int i = 0; i < 3; ++i) gateway->produce("leased", large);
  HttpClient slow(gateway->process().port());
  slow.send(HttpClient::render("POST", "/stations/leased/consume/batch", gateway->authorized(),
                               consume_body({.group = "g", .batch_size = 3})));
  ASSERT_TRUE(slow.readable_within(20s));
  for (const auto by : {kYear, -kYear}) {
    clock->shift(by);
    gateway->forget_token();
    EXPECT_TRUE(kept("leased", "g").empty()) << "they are still the slow reader's";
  }
  EXPECT_EQ(messages_of(slow.receive()).size(), 3U);
  EXPECT_TRUE(kept("leased", "g").empty());
}

TEST_F(ClockJumps, DuringLoadLoseNothing) {
  std::size_t stored = 0;
  gateway->token();
  for (int i = 0; i < 400; ++i) {
    if (i % 20 == 0) clock->shift(i % 40 == 0 ? -kDay * i : 5 * 60s);
    if (gateway->produce("load", std::to_string(i)).body == kStored) ++stored;
  }
  EXPECT_EQ(stored, 400U);
  EXPECT_EQ(kept("load", "g").size(), stored);
  restart();
  gateway->forget_token();
  EXPECT_EQ(kept("load", "h").size(), stored);
}

}  // namespace
}  // namespace propylon::testing

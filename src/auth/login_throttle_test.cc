#include "auth/login_throttle.h"

#include <gtest/gtest.h>

namespace propylon::auth {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

const SteadyTime kStart{1h};
const LoginAttempt kBob{.account = AccountId{1}, .user = "bob", .client_address = "192.0.2.1"};

void fail_times(LoginThrottle& throttle, int times, const LoginAttempt& attempt = kBob) {
  for (int i = 0; i < times; ++i) (void)throttle.failed(attempt, kStart);
}

TEST(LoginThrottle, SlowsDownThenBlocks) {
  LoginThrottle throttle;
  const std::vector<milliseconds> delays = {0ms, 0ms, 0ms, 0ms, 250ms, 500ms, 1s, 2s, 4s, 0ms};
  for (std::size_t i = 0; i < delays.size(); ++i) {
    EXPECT_EQ(throttle.block_left(kBob, kStart), 0ms) << i;
    EXPECT_EQ(throttle.failed(kBob, kStart), delays[i]) << i;
  }
  EXPECT_EQ(throttle.block_left(kBob, kStart), 30s);
  EXPECT_EQ(throttle.block_left(kBob, kStart + 29s), 1s);
}

TEST(LoginThrottle, BlocksNobodyBeforeTheTenthFailureAlsoWhenAnotherLoopsClockIsBehind) {
  LoginThrottle throttle;
  fail_times(throttle, 9);
  EXPECT_EQ(throttle.block_left(kBob, kStart - 5ms), 0ms);
}

TEST(LoginThrottle, LetsOneTryAfterABlockAndDoublesTheNext) {
  LoginThrottle throttle;
  fail_times(throttle, 10);
  SteadyTime now = kStart;
  for (const milliseconds block : std::vector<milliseconds>{30s, 60s, 120s, 240s, 480s, 15min, 15min, 15min}) {
    EXPECT_EQ(throttle.block_left(kBob, now), block);
    now += block;
    EXPECT_EQ(throttle.block_left(kBob, now), 0ms);
    EXPECT_GT(throttle.block_left(kBob, now), 0ms) << "a second one beside it has to wait";
    (void)throttle.failed(kBob, now);
  }
}

TEST(LoginThrottle, ForgetsAfterASuccessAndAfterSilence) {
  LoginThrottle throttle;
  fail_times(throttle, 10);
  throttle.succeeded(kBob);
  EXPECT_EQ(throttle.block_left(kBob, kStart), 0ms);
  EXPECT_EQ(throttle.failed(kBob, kStart), 0ms);
  fail_times(throttle, 9);
  EXPECT_EQ(throttle.block_left(kBob, kStart), 30s);
  EXPECT_EQ(throttle.block_left(kBob, kStart + 30s + 15min), 0ms);
  EXPECT_EQ(throttle.failed(kBob, kStart + 30s + 15min), 0ms);
  throttle.succeeded({AccountId{9}, "nobody", ""});
}

TEST(LoginThrottle, CountsPerAccountUserAndAddress) {
  LoginThrottle throttle;
  fail_times(throttle, 10);
  for (const LoginAttempt& other :
       {LoginAttempt{AccountId{2}, "bob", "192.0.2.1"}, LoginAttempt{AccountId{1}, "eve", "192.0.2.1"},
        LoginAttempt{AccountId{1}, "bob", "192.0.2.2"}}) {
    EXPECT_EQ(throttle.block_left(other, kStart), 0ms);
  }
}

TEST(LoginThrottle, CountsAnIpv6NetworkAsOneAddress) {
  LoginThrottle throttle;
  fail_times(throttle, 10, {AccountId{1}, "bob", "2001:db8:1:2::1"});
  EXPECT_GT(throttle.block_left({AccountId{1}, "bob", "2001:db8:1:2:ffff::9"}, kStart), 0ms);
  EXPECT_EQ(throttle.block_left({AccountId{1}, "bob", "2001:db8:1:3::1"}, kStart), 0ms);
  fail_times(throttle, 10, {AccountId{1}, "eve", "::ffff:192.0.2.1"});
  EXPECT_EQ(throttle.block_left({AccountId{1}, "eve", "::ffff:192.0.2.2"}, kStart), 0ms);
}

TEST(LoginThrottle, HoldsABoundedNumberOfPairsAndDropsTheOldest) {
  LoginThrottle throttle(2);
  fail_times(throttle, 10, {AccountId{1}, "a", ""});
  fail_times(throttle, 10, {AccountId{1}, "b", ""});
  EXPECT_GT(throttle.block_left({AccountId{1}, "a", ""}, kStart), 0ms);
  fail_times(throttle, 10, {AccountId{1}, std::string(1'000'000, 'c'), ""});
  EXPECT_GT(throttle.block_left({AccountId{1}, "a", ""}, kStart), 0ms);
  EXPECT_EQ(throttle.block_left({AccountId{1}, "b", ""}, kStart), 0ms);
}

}  // namespace
}  // namespace propylon::auth

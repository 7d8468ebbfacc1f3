#include "auth/login_throttle.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include "core/name_rules.h"

namespace propylon::auth {
namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

constexpr std::uint32_t kDelayedFrom = 5;
constexpr milliseconds kFirstDelay = 250ms;
constexpr std::uint32_t kBlockedFrom = 10;
constexpr milliseconds kFirstBlock = 30s;
constexpr milliseconds kLongestBlock = 15min;
constexpr std::uint32_t kDoublingsMax = 10;  // far beyond the longest block
constexpr milliseconds kForgetAfter = 15min;
constexpr std::size_t kAddressBytesMax = 64;

// Whoever has an IPv6 address has 2^64 of them: only the network counts.
std::string network_of(std::string_view address) {
  std::string text(address.substr(0, kAddressBytesMax));
  std::array<char, 16> bytes{};
  if (::inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1) return text;
  constexpr std::string_view kMappedIpv4("\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);
  const std::string_view whole(bytes.data(), bytes.size());
  return std::string(whole.starts_with(kMappedIpv4) ? whole.substr(12) : whole.substr(0, 8));
}

// Bounded, whatever a stranger sends as a name.
std::string key_of(const LoginAttempt& attempt) {
  std::string key = std::to_string(attempt.account.value) + '\n' + network_of(attempt.client_address) + '\n';
  return key.append(attempt.user.substr(0, kNameBytesMax + 1));
}

milliseconds delay_after(std::uint32_t failures) {
  if (failures < kDelayedFrom || failures >= kBlockedFrom) return 0ms;
  return kFirstDelay * (1 << (failures - kDelayedFrom));
}

milliseconds block_after(std::uint32_t failures) {
  if (failures < kBlockedFrom) return 0ms;
  return std::min(kFirstBlock * (1 << std::min(failures - kBlockedFrom, kDoublingsMax)), kLongestBlock);
}

}  // namespace

LoginThrottle::LoginThrottle(std::size_t pairs_max) : pairs_max_(pairs_max) {}

LoginThrottle::Pairs::iterator LoginThrottle::find(const std::string& key, SteadyTime now) {
  const auto it = by_key_.find(key);
  if (it == by_key_.end()) return pairs_.end();
  const auto pair = it->second;
  if (now >= pair->forget_at) {
    by_key_.erase(it);
    pairs_.erase(pair);
    return pairs_.end();
  }
  pairs_.splice(pairs_.begin(), pairs_, pair);
  return pair;
}

milliseconds LoginThrottle::block_left(const LoginAttempt& attempt, SteadyTime now) {
  const std::string key = key_of(attempt);
  const std::lock_guard lock(mutex_);
  const auto pair = find(key, now);
  if (pair == pairs_.end()) return 0ms;
  // Before the tenth failure nobody is blocked; and the clocks of two loops differ by a turn, so their times do not
  // compare to the millisecond.
  if (pair->failures < kBlockedFrom) return 0ms;
  if (now < pair->blocked_until) return std::chrono::ceil<milliseconds>(pair->blocked_until - now);
  // The one that is let through shuts the door behind itself until it is judged.
  pair->blocked_until = now + block_after(pair->failures);
  return 0ms;
}

milliseconds LoginThrottle::failed(const LoginAttempt& attempt, SteadyTime now) {
  std::string key = key_of(attempt);
  const std::lock_guard lock(mutex_);
  auto pair = find(key, now);
  if (pair == pairs_.end()) {
    if (pairs_.size() >= pairs_max_) {
      by_key_.erase(pairs_.back().key);
      pairs_.pop_back();
    }
    pairs_.push_front(Pair{.key = std::move(key)});
    pair = pairs_.begin();
    by_key_.emplace(pair->key, pair);
  }
  ++pair->failures;
  pair->blocked_until = now + block_after(pair->failures);
  pair->forget_at = pair->blocked_until + kForgetAfter;
  return delay_after(pair->failures);
}

void LoginThrottle::succeeded(const LoginAttempt& attempt) {
  const std::string key = key_of(attempt);
  const std::lock_guard lock(mutex_);
  const auto it = by_key_.find(key);
  if (it == by_key_.end()) return;
  const auto pair = it->second;
  by_key_.erase(it);
  pairs_.erase(pair);
}

}  // namespace propylon::auth

// Slows down whoever guesses passwords, without letting him lock others out.
//
// Counted per account, user and client address (an IPv6 address by its /64). Failures 1-4 cost nothing, each of the
// next five delays its refusal (250 ms doubling to 4 s), and from the tenth on further attempts are refused unheard for
// 30 s, doubling to 15 minutes. A success, or 15 minutes of silence after the last block, forgets the pair.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/clock.h"
#include "core/ids.h"
#include "core/thread_annotations.h"

namespace propylon::auth {

struct LoginAttempt {
  AccountId account;
  std::string_view user;
  std::string_view client_address;  // without port
};

// Holds `pairs_max` pairs; the one unused for longest goes first. Thread: any (locks inside).
class LoginThrottle final {
 public:
  explicit LoginThrottle(std::size_t pairs_max = 10'000);

  // How long this attempt must stay away: zero when it may go on. One attempt at a time is let through after a block.
  std::chrono::milliseconds block_left(const LoginAttempt& attempt, SteadyTime now);
  // Counts a failure; gives how long its answer is to be held back.
  std::chrono::milliseconds failed(const LoginAttempt& attempt, SteadyTime now);
  void succeeded(const LoginAttempt& attempt);

 private:
  struct Pair {
    std::string key;
    std::uint32_t failures = 0;
    SteadyTime blocked_until{};
    SteadyTime forget_at{};
  };
  using Pairs = std::list<Pair>;  // most recently used first
  Pairs::iterator find(const std::string& key, SteadyTime now);

  const std::size_t pairs_max_;
  std::mutex mutex_;
  Pairs pairs_ GUARDED_BY(mutex_);
  std::unordered_map<std::string_view, Pairs::iterator> by_key_ GUARDED_BY(mutex_);
};

}  // namespace propylon::auth

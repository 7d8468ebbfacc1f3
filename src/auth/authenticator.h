// Judges credentials: logins, refreshes, and what each request carries.
//
// The hot path is try_check(): a token that was verified before is found in the loop's own cache, without a lock and
// without an allocation; a new one is verified inline. Only names with passwords that were not seen before need
// check_slowly(), which hashes the password on threads of its own, a few at a time behind a bounded queue: a storm of
// logins is answered kOverloaded and leaves the loops alone. Any change of a user acts on the next request.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/credentials.h"
#include "auth/jwt.h"
#include "auth/login_throttle.h"
#include "auth/options.h"
#include "auth/password_hash.h"
#include "auth/principal.h"
#include "auth/user_directory.h"
#include "auth/verified_cache.h"
#include "core/clock.h"
#include "core/loop.h"
#include "core/result.h"
#include "core/secret.h"
#include "core/task.h"
#include "core/thread_annotations.h"
#include "core/worker_pool.h"

namespace propylon::auth {

// How long the tokens of a pair shall live; zero or negative: the configured default; at most 1,000 years.
struct Lifetimes {
  std::int64_t access_min = 0;
  std::int64_t refresh_min = 0;
};

struct LoginRequest {
  UserRef user;  // resolve_user()
  Secret password;
  std::string client_address;  // without port; for the throttle
  Lifetimes lifetimes;
};

struct TokenPair {
  std::string access;
  std::string refresh;
  std::int64_t access_lifetime_ms = 0;
  std::int64_t refresh_lifetime_ms = 0;
};

// Thread: any loop's; a call stays on its loop, whose index() must be below `loops`. The loops must outlive it: its
// destructor waits for the password hashes that are under way. Options, directory and clock outlive it too.
class Authenticator final {
 public:
  Authenticator(const Options& options, TokenKeys keys, const UserDirectory& users, const Clock& clock,
                std::size_t loops);
  ~Authenticator();

  // Name and password against tokens. An unknown user costs and answers the same as a wrong password.
  // Errors: kUnauthorized (counted; from the fifth on held back), kTooManyAttempts (with retry_after_s),
  // kOverloaded (the queue of hashes is full; nothing was judged).
  Task<Result<TokenPair>> authenticate(Loop& loop, LoginRequest request);

  // A refresh token against new tokens; it stays valid until it expires. Does not block.
  // Errors: kUnauthorized.
  Result<TokenPair> refresh(std::string_view refresh_token, Lifetimes lifetimes);

  // Who sends these credentials. An empty optional means that a password must be hashed to know: await check_slowly().
  // Errors: kUnauthorized (none, bad, expired, of a removed or changed user).
  std::optional<Result<Principal>> try_check(Loop& loop, const PresentedCredentials& presented);

  // Who was checked a while ago, as of now: for requests that wait. Does not block.
  // Errors: kUnauthorized (the user was removed, or all his tokens and passwords of then were ended).
  Result<Principal> check_again(const Principal& principal) const;

  // For what try_check() could not decide. Views are read before the first suspension.
  // Errors: as authenticate().
  Task<Result<Principal>> check_slowly(Loop& loop, PresentedCredentials presented, std::string_view client_address);

 private:
  using Digest = std::array<char, 32>;
  // What a password is checked for; lives in the coroutine that waits for it.
  struct PasswordCheck {
    UserRef who;
    Secret password;
    std::string client_address;
    std::optional<Digest> digest;  // under which the pair is remembered when it is good
  };
  struct KnownUser {
    std::shared_ptr<const User> user;     // null: unknown
    std::uint64_t directory_version = 0;  // at the time of the look-up, or earlier
  };

  Result<Principal> check_token(Loop& loop, std::string_view token);
  bool still_good(VerifiedEntry& entry, SteadyTime now) const;
  SteadyTime recheck_at(std::int64_t expires_at_s, SteadyTime now) const;
  Digest digest_of(std::string_view basic) const;
  std::optional<Principal> remembered(const Digest& digest, SteadyTime now);
  void remember(const Digest& digest, const KnownUser& known, SteadyTime now);
  Task<Result<std::shared_ptr<const User>>> check_password(Loop& loop, PasswordCheck& check);
  Result<bool> judge(const PasswordCheck& check, const KnownUser& known, SteadyTime now);
  TokenPair issue(const User& user, Lifetimes lifetimes) const;
  std::int64_t now_s() const;

  const Options& options_;
  const TokenCodec codec_;
  const UserDirectory& users_;
  const Clock& clock_;
  const PasswordHasher hasher_;
  const std::array<unsigned char, 32> digest_key_;  // random per process: digests mean nothing outside it
  LoginThrottle throttle_;
  std::vector<VerifiedCache> tokens_;  // one per loop, touched by that loop alone
  std::mutex basics_mutex_;
  VerifiedCache basics_ GUARDED_BY(basics_mutex_);
  WorkerPool pool_;  // last: its jobs use what stands above
};

}  // namespace propylon::auth

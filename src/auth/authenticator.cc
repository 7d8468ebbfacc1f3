#include "auth/authenticator.h"

#include <sodium.h>

#include <algorithm>

#include "core/assert.h"
#include "core/yield_to_loops.h"

namespace propylon::auth {
namespace {

using namespace std::chrono_literals;

// How long a verified token is believed without a look at the wall clock.
constexpr std::chrono::seconds kRecheckAfter = 60s;

std::unexpected<Error> refuse(std::string why) { return fail(ErrorCode::kUnauthorized, std::move(why)); }
// One sentence for unknown users, wrong passwords and wrong accounts.
std::unexpected<Error> refuse_login() { return refuse("The user name or the password is wrong."); }

std::unexpected<Error> refuse_attempt(std::chrono::milliseconds left) {
  Error error{ErrorCode::kTooManyAttempts, "There were too many failed logins of this user from this address.", {}, 0};
  error.retry_after_s = static_cast<std::uint32_t>(std::chrono::ceil<std::chrono::seconds>(left).count());
  return std::unexpected(std::move(error));
}

// Suspends on a timer of the loop.
class Pause final : public Timer {
 public:
  Pause(Loop& loop, std::chrono::milliseconds length) : loop_(loop), length_(length) {}
  ~Pause() { loop_.disarm(*this); }
  bool await_ready() const noexcept { return length_.count() == 0; }
  void await_suspend(std::coroutine_handle<> waiter) {
    waiter_ = waiter;
    loop_.arm(*this, loop_.now() + length_);
  }
  void await_resume() const noexcept {}
  void expired() override { waiter_.resume(); }

 private:
  Loop& loop_;
  const std::chrono::milliseconds length_;
  std::coroutine_handle<> waiter_;
};

std::array<unsigned char, 32> random_key() {
  PPL_ASSERT(sodium_init() >= 0);
  std::array<unsigned char, 32> key{};
  randombytes_buf(key.data(), key.size());
  return key;
}

std::vector<VerifiedCache> make_caches(std::size_t loops, std::size_t entries) {
  std::vector<VerifiedCache> caches;
  for (std::size_t i = 0; i < loops; ++i) caches.emplace_back(entries);
  return caches;
}

// Whether tokens and passwords that were good for this user of this version are good still.
bool still_stands(const User* now, std::uint64_t user_id, std::uint64_t token_version) {
  return now && now->id == user_id && now->token_version == token_version;
}

}  // namespace

Authenticator::Authenticator(const Options& options, TokenKeys keys, const UserDirectory& users, const Clock& clock,
                             std::size_t loops)
    : options_(options),
      codec_(std::move(keys)),
      users_(users),
      clock_(clock),
      hasher_({.passes = options.password_hash_passes, .memory_kib = options.password_hash_memory_kib}),
      digest_key_(random_key()),
      tokens_(make_caches(loops, options.verified_token_cache_entries)),
      basics_(options.verified_token_cache_entries),
      pool_("password", options.password_hash_threads, options.password_hash_queue_max) {}

Authenticator::~Authenticator() = default;

std::int64_t Authenticator::now_s() const {
  return std::chrono::floor<std::chrono::seconds>(clock_.wall()).time_since_epoch().count();
}

SteadyTime Authenticator::recheck_at(std::int64_t expires_at_s, SteadyTime now) const {
  const auto wall = clock_.wall();
  const auto limit = wall + kRecheckAfter;
  // Compared in seconds first: an expiry near the end of the range has no microseconds.
  if (expires_at_s > std::chrono::ceil<std::chrono::seconds>(limit).time_since_epoch().count())
    return now + kRecheckAfter;
  return now + std::min<std::chrono::microseconds>(WallTime(std::chrono::seconds(expires_at_s)) - wall, kRecheckAfter);
}

bool Authenticator::still_good(VerifiedEntry& entry, SteadyTime now) const {
  // Read before the user is: a change in between makes the entry look old, never new.
  const std::uint64_t version = users_.version();
  if (entry.directory_version == version && now < entry.recheck_at) return true;
  if (entry.expires_at_s <= now_s()) return false;
  const auto user = users_.find(entry.user->account, entry.user->name);
  if (!still_stands(user.get(), entry.user->id, entry.user->token_version)) return false;
  // A copy of its own, so that loops do not share the line of memory that counts the references.
  if (user->revision != entry.user->revision) entry.user = std::make_shared<const User>(*user);
  entry.directory_version = version;
  entry.recheck_at = recheck_at(entry.expires_at_s, now);
  return true;
}

Result<Principal> Authenticator::check_token(Loop& loop, std::string_view token) {
  PPL_ASSERT(loop.index() < tokens_.size());
  VerifiedCache& cache = tokens_[loop.index()];
  if (VerifiedEntry* const entry = cache.find(token)) {
    if (still_good(*entry, loop.now())) return Principal{entry->user};
    cache.erase(*entry);
  }
  const std::uint64_t version = users_.version();
  const Claims claims = PPL_TRY(codec_.verify(token, TokenType::kAccess, now_s()));
  const auto user = users_.find(claims.account, claims.subject);
  if (!still_stands(user.get(), claims.user_id, claims.token_version)) return refuse("The token is no longer valid.");
  VerifiedEntry& entry = cache.insert(token);
  entry.user = std::make_shared<const User>(*user);
  entry.directory_version = version;
  entry.expires_at_s = claims.expires_at_s;
  entry.recheck_at = recheck_at(claims.expires_at_s, loop.now());
  return Principal{entry.user};
}

Authenticator::Digest Authenticator::digest_of(std::string_view basic) const {
  Digest digest{};
  crypto_generichash(reinterpret_cast<unsigned char*>(digest.data()), digest.size(),
                     reinterpret_cast<const unsigned char*>(basic.data()), basic.size(), digest_key_.data(),
                     digest_key_.size());
  return digest;
}

std::optional<Principal> Authenticator::remembered(const Digest& digest, SteadyTime now) {
  const std::lock_guard lock(basics_mutex_);
  VerifiedEntry* const entry = basics_.find({digest.data(), digest.size()});
  if (!entry) return std::nullopt;
  if (still_good(*entry, now)) return Principal{entry->user};
  basics_.erase(*entry);
  return std::nullopt;
}

void Authenticator::remember(const Digest& digest, const KnownUser& known, SteadyTime now) {
  const std::lock_guard lock(basics_mutex_);
  VerifiedEntry& entry = basics_.insert({digest.data(), digest.size()});
  entry.user = known.user;
  entry.directory_version = known.directory_version;
  entry.expires_at_s = std::numeric_limits<std::int64_t>::max();
  entry.recheck_at = now + kRecheckAfter;
}

std::optional<Result<Principal>> Authenticator::try_check(Loop& loop, const PresentedCredentials& presented) {
  if (presented.authorization.empty()) {
    if (presented.query_token.empty()) return refuse("There are no credentials.");
    return check_token(loop, presented.query_token);
  }
  const auto authorization = parse_authorization(presented.authorization);
  if (!authorization) return refuse("The Authorization header is neither Bearer nor Basic.");
  if (authorization->scheme == Authorization::Scheme::kBearer) return check_token(loop, authorization->value);
  auto principal = remembered(digest_of(authorization->value), loop.now());
  if (!principal) return std::nullopt;
  return Result<Principal>(*std::move(principal));
}

Result<Principal> Authenticator::check_again(const Principal& principal) const {
  auto user = users_.find(principal.account(), principal.name());
  if (!still_stands(user.get(), principal.user->id, principal.user->token_version)) {
    return refuse("The credentials are no longer valid.");
  }
  return Principal{std::move(user)};
}

Task<Result<Principal>> Authenticator::check_slowly(Loop& loop, PresentedCredentials presented,
                                                    std::string_view client_address) {
  auto known = try_check(loop, presented);
  if (known) co_return *std::move(known);
  const std::string_view basic = parse_authorization(presented.authorization)->value;
  auto pair = decode_basic(basic);
  if (!pair) co_return refuse("The Basic credentials are not base64 of user:password.");
  auto who = resolve_user(pair->user, {}, {});
  if (!who) co_return refuse_login();
  PasswordCheck check{.who = *std::move(who),
                      .password = std::move(pair->password),
                      .client_address = std::string(client_address),
                      .digest = digest_of(basic)};
  auto user = co_await check_password(loop, check);
  if (!user) co_return std::unexpected(std::move(user).error());
  co_return Principal{std::move(*user)};
}

Task<Result<TokenPair>> Authenticator::authenticate(Loop& loop, LoginRequest request) {
  PasswordCheck check{.who = std::move(request.user),
                      .password = std::move(request.password),
                      .client_address = std::move(request.client_address),
                      .digest = std::nullopt};
  auto user = co_await check_password(loop, check);
  if (!user) co_return std::unexpected(std::move(user).error());
  co_return issue(**user, request.lifetimes);
}

// Known and unknown users take the same way, with a hash of the same cost.
Task<Result<std::shared_ptr<const User>>> Authenticator::check_password(Loop& loop, PasswordCheck& check) {
  const LoginAttempt attempt{
      .account = check.who.account, .user = check.who.name, .client_address = check.client_address};
  const auto blocked = throttle_.block_left(attempt, loop.now());
  if (blocked.count() > 0) co_return refuse_attempt(blocked);

  KnownUser known{.user = nullptr, .directory_version = users_.version()};
  known.user = users_.find(check.who.account, check.who.name);
  auto work = [this, &check, &known, now = loop.now()] { return judge(check, known, now); };
  const auto good = co_await run_on(pool_, loop, std::move(work));
  if (!good) co_return std::unexpected(good.error());
  if (*good) {
    throttle_.succeeded(attempt);
    co_return std::move(known.user);
  }
  const auto held_back = throttle_.failed(attempt, loop.now());
  if (held_back.count() > 0) {
    Pause pause(loop, held_back);
    co_await pause;
  }
  co_return refuse_login();
}

Result<bool> Authenticator::judge(const PasswordCheck& check, const KnownUser& known, SteadyTime now) {
  // Another request with the same credentials may have been judged while this one was queued.
  if (check.digest && remembered(*check.digest, now)) return true;
  yield_to_loops(Patience::kCanWait);
  const bool good = hasher_.verify(known.user ? known.user->password_hash : hasher_.dummy_hash(), check.password);
  if (!good || !known.user) return false;
  if (check.digest) remember(*check.digest, known, now);
  return true;
}

Result<TokenPair> Authenticator::refresh(std::string_view refresh_token, Lifetimes lifetimes) {
  const Claims claims = PPL_TRY(codec_.verify(refresh_token, TokenType::kRefresh, now_s()));
  const auto user = users_.find(claims.account, claims.subject);
  if (!still_stands(user.get(), claims.user_id, claims.token_version)) return refuse("The token is no longer valid.");
  return issue(*user, lifetimes);
}

TokenPair Authenticator::issue(const User& user, Lifetimes lifetimes) const {
  const std::int64_t now = now_s();
  const auto token = [&](TokenType type, std::int64_t life_s) {
    return codec_.issue({.subject = user.name,
                         .account = user.account,
                         .issued_at_s = now,
                         .expires_at_s = now + life_s,
                         .id = make_token_id(),
                         .type = type,
                         .user_id = user.id,
                         .token_version = user.token_version});
  };
  const auto access_s = lifetime_s(lifetimes.access_min, static_cast<std::int64_t>(options_.token_expiry_min));
  const auto refresh_s =
      lifetime_s(lifetimes.refresh_min, static_cast<std::int64_t>(options_.refresh_token_expiry_min));
  return {.access = token(TokenType::kAccess, access_s),
          .refresh = token(TokenType::kRefresh, refresh_s),
          .access_lifetime_ms = access_s * 1000,
          .refresh_lifetime_ms = refresh_s * 1000};
}

}  // namespace propylon::auth

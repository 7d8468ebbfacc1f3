// Tokens that this server issues and verifies: JSON Web Tokens (RFC 7519) signed with HMAC-SHA256 (RFC 7515), nothing
// else.
//
//   base64url({"alg":"HS256","typ":"JWT"}) . base64url(claims) . base64url(HMAC-SHA256(key, the two parts before))
//   claims: {"sub":"bob","acc":1,"iat":1767225600,"exp":1767226500,"jti":"22 letters","typ":"access","uid":17,"ver":1}
//
// Times are seconds since 1970. A token never holds a password, a hash or a permission.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/ids.h"
#include "core/result.h"
#include "core/secret.h"

namespace propylon::auth {

// Longer ones are refused unread. Ours are below 600 bytes for the longest user name.
inline constexpr std::size_t kTokenBytesMax = 4096;

enum class TokenType : std::uint8_t { kAccess, kRefresh };

struct Claims {
  std::string subject;  // user name
  AccountId account;
  std::int64_t issued_at_s = 0;
  std::int64_t expires_at_s = 0;  // the first second at which the token is no longer good
  std::string id;                 // unique, random
  TokenType type = TokenType::kAccess;
  std::uint64_t user_id = 0;        // so that a user who is made anew under the same name is another one
  std::uint64_t token_version = 0;  // the user's when it was issued
};

// One key each, so that a refresh token is no access token even before its type is read.
struct TokenKeys {
  Secret access;
  Secret refresh;
};

// Thread: any.
class TokenCodec final {
 public:
  // Keys must not be empty.
  explicit TokenCodec(TokenKeys keys);

  std::string issue(const Claims& claims) const;
  // The claims of a token that was issued here with this type's key, is of this type and has not expired at `now_s`.
  // The algorithm is pinned before anything is computed: a header that is not in meaning the one above is refused.
  // Errors: kUnauthorized for everything that is wrong; about 2 us.
  Result<Claims> verify(std::string_view token, TokenType type, std::int64_t now_s) const;

 private:
  const Secret& key_of(TokenType type) const { return type == TokenType::kAccess ? keys_.access : keys_.refresh; }
  TokenKeys keys_;
};

// A fresh token id.
std::string make_token_id();

// Minutes asked for as a lifetime: absent, zero and negative give the default; more than 1,000 years is lowered to
// that.
inline constexpr std::int64_t kLifetimeMinMax = 1000LL * 366 * 24 * 60;
std::int64_t lifetime_s(std::int64_t asked_min, std::int64_t default_min);

}  // namespace propylon::auth

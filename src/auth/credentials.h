// Reads what clients send to say who they are.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "core/ids.h"
#include "core/result.h"
#include "core/secret.h"

namespace propylon::auth {

// What a request carries. Empty means absent. Views of the request's bytes.
struct PresentedCredentials {
  std::string_view authorization;  // the value of the Authorization header
  std::string_view query_token;    // of `?authorization=`, percent-decoded; used only without the header
};

struct Authorization {
  enum class Scheme { kBearer, kBasic } scheme;
  std::string_view value;  // the token, or base64 of user:password
};

// `Bearer x`, `Bearer: x` (Debezium sends the colon), `Basic x`; any letter case, extra blanks around x. Empty optional
// for anything else. What x is made of is not looked at: nothing with a blank in it is ever verified. Does not
// allocate.
std::optional<Authorization> parse_authorization(std::string_view header);

struct NameAndPassword {
  std::string user;  // as sent, for example "bob$2"
  Secret password;
};

// RFC 7617: base64 of user, colon, password; the password may hold colons. Empty optional when it is not that.
std::optional<NameAndPassword> decode_basic(std::string_view base64);

struct UserRef {
  AccountId account = kDefaultAccount;
  std::string name;
};

// Which user is meant: the account comes from the body, else the query, else `user$<id>`, else it is 1. An AccountId
// of 0 means "none given"; so does `$0`. The part behind `$` never belongs to the name.
// Errors: kInvalidRequest (field "username") when what follows `$` is not a number. The name's rules are not checked:
// a name that breaks them belongs to nobody.
Result<UserRef> resolve_user(std::string_view user_name, AccountId from_body, AccountId from_query);

// A positive decimal number up to 2^63-1, as in `?accountId=2`. "0" gives 0, which means "none given".
// Errors: kInvalidRequest naming `field`.
Result<AccountId> parse_account(std::string_view text, std::string_view field);

}  // namespace propylon::auth

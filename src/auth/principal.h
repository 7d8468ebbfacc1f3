// Who makes a request, after its credentials were judged.
#pragma once
#include <memory>
#include <string_view>

#include "auth/user.h"

namespace propylon::auth {

// The user is a snapshot as of the check: a request that runs for long keeps what it began with. The pointer is never
// null in a Principal that came from the Authenticator; a default one may do nothing (auth/permissions.h).
// shared_ptr: the cache of verified tokens and the requests in flight share it, and neither knows who is last.
struct Principal {
  std::shared_ptr<const User> user;

  AccountId account() const { return user->account; }
  std::string_view name() const { return user->name; }
  Role role() const { return user->role; }
};

}  // namespace propylon::auth

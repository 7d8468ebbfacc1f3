// Makes, changes and removes users.
//
// Every change is durable in the catalog before it is answered, and acts on the next request: the directory hears of
// it before the call that made it returns, and the Authenticator's caches follow the directory. A changed password
// ends all tokens of the user; a changed role or permission keeps them. An account never loses its last administrator.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/credentials.h"
#include "auth/options.h"
#include "auth/password_hash.h"
#include "auth/user.h"
#include "auth/user_directory.h"
#include "catalog/catalog.h"
#include "catalog/precondition.h"
#include "core/loop.h"
#include "core/result.h"
#include "core/secret.h"
#include "core/task.h"
#include "core/worker_pool.h"

namespace propylon::auth {

inline constexpr std::size_t kPasswordCharactersMin = 8;
inline constexpr std::size_t kPasswordBytesMax = 1024;
inline constexpr std::size_t kDescriptionBytesMax = 1024;
// Station patterns of one user, all grants together: each request of a client looks at them.
inline constexpr std::size_t kPatternsMax = 1000;

// What is absent stays as it is; in a new user it is a client without description, with every station of the account.
struct UserChange {
  std::optional<Secret> password{};
  std::optional<Role> role{};
  std::optional<std::optional<std::vector<Grant>>> permissions{};  // the inner one absent: every station
  std::optional<std::string> description{};
};

struct UserPut {
  User user;
  bool created = false;
};

Error no_such_user(std::string_view name);  // kUserNotFound

// Passwords are hashed and documents written on a thread of its own, one change after the other, behind a bounded
// queue. Thread: any loop's; a call stays on its loop. The loops must outlive it: its destructor waits for the change
// that is under way. Catalog, directory and options outlive it too.
class UserAdministration final {
 public:
  UserAdministration(const Options& options, catalog::Catalog& catalog, const UserDirectory& users);

  // Names are checked by the caller (core/name_rules.h), patterns come from normalize_pattern().
  //
  // Errors of all three, and nothing was changed: kPreconditionFailed; kConflict (it would take the account's last
  // administrator away, or somebody else changes the same user all the time); kInvalidRequest naming the field (a limit
  // above, a new user without password); kOverloaded (the queue is full); those of the catalog; kDamaged when the
  // user's document cannot be read (only remove() still works).

  // Makes the user or changes him. Without a difference nothing is written and the revision stays; a password that is
  // the same as before makes no difference.
  Task<Result<UserPut>> put(Loop& loop, UserRef who, UserChange change, catalog::Precondition precondition);
  // Errors: also kUserNotFound.
  Task<Result<User>> patch(Loop& loop, UserRef who, UserChange change, catalog::Precondition precondition);
  // Ends all tokens of the user; a new user of the same name is another one. Errors: also kUserNotFound.
  Task<Result<void>> remove(Loop& loop, UserRef who, catalog::Precondition precondition);

 private:
  enum class IfMissing : std::uint8_t { kCreate, kRefuse };

  Task<Result<UserPut>> apply(Loop& loop, UserRef who, UserChange change, catalog::Precondition precondition,
                              IfMissing if_missing);
  // On the thread of its own.
  Result<UserPut> apply_now(const UserRef& who, const UserChange& change, const catalog::Precondition& precondition,
                            IfMissing if_missing);
  Result<void> remove_now(const UserRef& who, const catalog::Precondition& precondition);
  Result<User> new_user(const UserRef& who, const UserChange& change) const;
  Result<User> changed_user(const catalog::Document& current, const UserChange& change) const;

  catalog::Catalog& catalog_;
  const UserDirectory& users_;
  const PasswordHasher hasher_;
  // One thread: of two administrators who remove each other the second must see what the first did. Last: its jobs use
  // what stands above.
  WorkerPool pool_;
};

}  // namespace propylon::auth

// The users in memory, always as the catalog has them.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>

#include "auth/password_hash.h"
#include "auth/user.h"
#include "catalog/mirror.h"
#include "core/page.h"
#include "core/result.h"
#include "core/secret.h"

namespace propylon::auth {

// Follows the catalog as every mirror does (catalog/mirror.h): a change is here before the call that made it returns,
// and one that makes a user's document unreadable takes that user away. Thread: any (locks inside).
class UserDirectory final {
 public:
  // Errors: those of the catalog; kDamaged when a user's document cannot be read.
  static Result<std::unique_ptr<UserDirectory>> open(catalog::Catalog& catalog);

  // Null when there is no such user.
  std::shared_ptr<const User> find(AccountId account, std::string_view name) const {
    return users_.find(account, name);
  }
  Page<std::shared_ptr<const User>> page(AccountId account, const PageRequest& request) const {
    return users_.page(account, request);
  }
  // Whether the account has an administrator of another name.
  bool has_other_administrator(AccountId account, std::string_view name) const;
  // Grows with every change, after the change can be found. One load: for the hot path.
  std::uint64_t version() const { return users_.version(); }

 private:
  explicit UserDirectory(catalog::Mirror<User> users) : users_(std::move(users)) {}
  const catalog::Mirror<User> users_;
};

// Shows a generated password to whoever starts the server. An error: it could not be shown.
using ShowPassword = std::function<Result<void>(std::string_view user, const Secret& password)>;

struct AdministratorSetup {
  bool created = false;
  bool password_replaced = false;
  bool left_to_others = false;  // there is no such administrator, and there are others: somebody removed this one
  Secret generated_password{};  // set only when one was made up; it was shown, and is stored nowhere
};

// Makes sure that account 1 has an administrator. This one, when missing, is made with the configured password; without
// one he is made only when there is no other administrator, with a generated password. An existing one gets the
// configured password when it is another than the stored (which ends all his tokens) and is left alone otherwise. A
// user of that name who is no administrator is never made one. Blocks for a password hash or two.
// A generated password is shown before the administrator is stored: whatever fails or ends the process later, nobody is
// left with an administrator whose password was never seen.
// Errors: those of `show`, nobody was made then; kInvalidName; kInvalidConfig when the user exists and neither he nor
// anybody else is an administrator; kDamaged when a user's document cannot be read; those of the catalog.
Result<AdministratorSetup> ensure_administrator(catalog::Catalog& catalog, const PasswordHasher& hasher,
                                                std::string_view name, const Secret& configured_password,
                                                const ShowPassword& show);

}  // namespace propylon::auth

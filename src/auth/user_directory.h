// The users in memory, always as the catalog has them.
#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "auth/password_hash.h"
#include "auth/user.h"
#include "catalog/catalog.h"
#include "core/result.h"
#include "core/secret.h"

namespace propylon::auth {

// A part of a list.
struct UserPage {
  std::vector<std::shared_ptr<const User>> users;
  bool more = false;  // go on behind the last one's name
};

// A change in the catalog is here before the call that made it returns. A change that makes a user's document
// unreadable takes that user away (fails closed). Thread: any (locks inside). Lives as long as the catalog or longer.
class UserDirectory final {
 public:
  // Errors: those of the catalog; kDamaged when a user's document cannot be read.
  static Result<std::unique_ptr<UserDirectory>> open(catalog::Catalog& catalog);
  ~UserDirectory();

  // Null when there is no such user.
  std::shared_ptr<const User> find(AccountId account, std::string_view name) const;
  // By name; at most `limit` (at least 1) whose names begin with `prefix` and stand behind `after` (empty: all).
  UserPage page(AccountId account, std::string_view prefix, std::string_view after, std::size_t limit) const;
  // Whether the account has an administrator of another name.
  bool has_other_administrator(AccountId account, std::string_view name) const;
  // Grows with every change, after the change can be found. One load: for the hot path.
  std::uint64_t version() const { return version_->load(std::memory_order_acquire); }

 private:
  struct State;
  explicit UserDirectory(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;  // shared with the catalog's watch, which cannot be taken back
  const std::atomic<std::uint64_t>* version_;
};

struct AdministratorSetup {
  bool created = false;
  bool password_replaced = false;
  bool left_to_others = false;  // there is no such administrator, and there are others: somebody removed this one
  Secret generated_password{};  // set only when one was made up: show it once, it is stored nowhere
};

// Makes sure that account 1 has an administrator. This one, when missing, is made with the configured password; without
// one he is made only when there is no other administrator, with a generated password. An existing one gets the
// configured password when it is another than the stored (which ends all his tokens) and is left alone otherwise. A
// user of that name who is no administrator is never made one. Blocks for a password hash or two.
// Errors: kInvalidName; kInvalidConfig when the user exists and neither he nor anybody else is an administrator;
// kDamaged when a user's document cannot be read; those of the catalog.
Result<AdministratorSetup> ensure_administrator(catalog::Catalog& catalog, const PasswordHasher& hasher,
                                                std::string_view name, const Secret& configured_password);

}  // namespace propylon::auth

#include "auth/user_directory.h"

#include <map>
#include <mutex>
#include <shared_mutex>

#include "core/name_rules.h"
#include "core/thread_annotations.h"

namespace propylon::auth {

struct UserDirectory::State {
  using Key = std::pair<AccountId, std::string>;

  void apply(const catalog::Change& change) {
    const std::unique_lock lock(mutex);
    const Key key{change.document.account, change.document.name};
    if (opening) seen[key] = change.document.revision;
    std::shared_ptr<const User> user;
    if (change.what == catalog::Change::What::kPut) user = read(change.document);
    put(key, std::move(user));
  }

  // What list() found; a change that the watch has brought meanwhile is newer.
  void add_listed(const catalog::Document& document, User user) {
    const std::unique_lock lock(mutex);
    const Key key{document.account, document.name};
    if (const auto it = seen.find(key); it != seen.end() && it->second >= document.revision) return;
    put(key, std::make_shared<const User>(std::move(user)));
  }

  void opened() {
    const std::unique_lock lock(mutex);
    opening = false;
    seen.clear();
  }

  mutable std::shared_mutex mutex;
  std::map<Key, std::shared_ptr<const User>> users GUARDED_BY(mutex);
  std::map<Key, std::uint64_t> seen GUARDED_BY(mutex);  // revisions of changes while opening
  bool opening GUARDED_BY(mutex) = true;
  std::atomic<std::uint64_t> version{1};

 private:
  static std::shared_ptr<const User> read(const catalog::Document& document) {
    auto user = user_from_document(document);
    return user ? std::make_shared<const User>(*std::move(user)) : nullptr;
  }

  void put(const Key& key, std::shared_ptr<const User> user) {
    if (user)
      users[key] = std::move(user);
    else
      users.erase(key);
    version.fetch_add(1, std::memory_order_release);
  }
};

UserDirectory::UserDirectory(std::shared_ptr<State> state) : state_(std::move(state)), version_(&state_->version) {}
UserDirectory::~UserDirectory() = default;

Result<std::unique_ptr<UserDirectory>> UserDirectory::open(catalog::Catalog& catalog) {
  auto state = std::make_shared<State>();
  catalog.watch(catalog::Kind::kUser, [state](const catalog::Change& change) { state->apply(change); });
  for (const auto& document : PPL_TRY(catalog.list(catalog::Kind::kUser))) {
    state->add_listed(document, PPL_TRY(user_from_document(document)));
  }
  state->opened();
  return std::unique_ptr<UserDirectory>(new UserDirectory(std::move(state)));
}

std::shared_ptr<const User> UserDirectory::find(AccountId account, std::string_view name) const {
  const std::shared_lock lock(state_->mutex);
  const auto it = state_->users.find({account, std::string(name)});
  return it == state_->users.end() ? nullptr : it->second;
}

UserPage UserDirectory::page(AccountId account, std::string_view prefix, std::string_view after,
                             std::size_t limit) const {
  const std::shared_lock lock(state_->mutex);
  const auto& users = state_->users;
  UserPage page;
  auto it = after < prefix ? users.lower_bound({account, std::string(prefix)})
                           : users.upper_bound({account, std::string(after)});
  for (; it != users.end() && it->first.first == account && it->first.second.starts_with(prefix); ++it) {
    page.more = page.users.size() == limit;
    if (page.more) break;
    page.users.push_back(it->second);
  }
  return page;
}

bool UserDirectory::has_other_administrator(AccountId account, std::string_view name) const {
  const std::shared_lock lock(state_->mutex);
  const auto& users = state_->users;
  for (auto it = users.lower_bound({account, ""}); it != users.end() && it->first.first == account; ++it) {
    if (it->second->role == Role::kAdmin && it->first.second != name) return true;
  }
  return false;
}

namespace {

Result<AdministratorSetup> create_administrator(catalog::Catalog& catalog, const PasswordHasher& hasher,
                                                std::string_view name, const Secret& configured) {
  AdministratorSetup setup{.created = true};
  if (configured.empty()) setup.generated_password = generate_password();
  User user{.name = std::string(name), .role = Role::kAdmin};
  user.password_hash = PPL_TRY(hasher.hash(configured.empty() ? setup.generated_password : configured));
  (void)PPL_TRY(catalog.create(catalog::Kind::kUser, kDefaultAccount, name, to_catalog_body(user)));
  return setup;
}

Result<bool> has_administrator(catalog::Catalog& catalog) {
  for (const auto& document : PPL_TRY(catalog.list(catalog::Kind::kUser))) {
    const User user = PPL_TRY(user_from_document(document));
    if (user.account == kDefaultAccount && user.role == Role::kAdmin) return true;
  }
  return false;
}

}  // namespace

Result<AdministratorSetup> ensure_administrator(catalog::Catalog& catalog, const PasswordHasher& hasher,
                                                std::string_view name, const Secret& configured) {
  PPL_CHECK(check_user_name(name));
  const auto document = PPL_TRY(catalog.find(catalog::Kind::kUser, kDefaultAccount, name));
  if (!document) {
    if (configured.empty() && PPL_TRY(has_administrator(catalog))) return AdministratorSetup{.left_to_others = true};
    return create_administrator(catalog, hasher, name, configured);
  }
  User user = PPL_TRY(user_from_document(*document));
  if (user.role != Role::kAdmin) {
    if (PPL_TRY(has_administrator(catalog))) return AdministratorSetup{.left_to_others = true};
    return fail(ErrorCode::kInvalidConfig,
                "The user \"" + user.name + "\" exists and is no administrator, and nobody else is one.", "root_user");
  }
  if (configured.empty() || hasher.verify(user.password_hash, configured)) return AdministratorSetup{};
  user.password_hash = PPL_TRY(hasher.hash(configured));
  ++user.token_version;
  (void)PPL_TRY(
      catalog.replace(catalog::Kind::kUser, kDefaultAccount, name, to_catalog_body(user), document->revision));
  return AdministratorSetup{.password_replaced = true};
}

}  // namespace propylon::auth

#include "auth/user_directory.h"

#include "core/name_rules.h"

namespace propylon::auth {

Result<std::unique_ptr<UserDirectory>> UserDirectory::open(catalog::Catalog& catalog) {
  auto users = PPL_TRY(catalog::Mirror<User>::open(catalog, catalog::Kind::kUser, user_from_document));
  return std::unique_ptr<UserDirectory>(new UserDirectory(std::move(users)));
}

bool UserDirectory::has_other_administrator(AccountId account, std::string_view name) const {
  return users_.any_of(account, [&](const User& user) { return user.role == Role::kAdmin && user.name != name; });
}

namespace {

Result<AdministratorSetup> create_administrator(catalog::Catalog& catalog, const PasswordHasher& hasher,
                                                std::string_view name, const Secret& configured,
                                                const ShowPassword& show) {
  AdministratorSetup setup{.created = true};
  if (configured.empty()) setup.generated_password = generate_password();
  User user{.name = std::string(name), .role = Role::kAdmin};
  user.password_hash = PPL_TRY(hasher.hash(configured.empty() ? setup.generated_password : configured));
  if (configured.empty()) PPL_CHECK(show(name, setup.generated_password));
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
                                                std::string_view name, const Secret& configured,
                                                const ShowPassword& show) {
  PPL_CHECK(check_user_name(name));
  const auto document = PPL_TRY(catalog.find(catalog::Kind::kUser, kDefaultAccount, name));
  if (!document) {
    if (configured.empty() && PPL_TRY(has_administrator(catalog))) return AdministratorSetup{.left_to_others = true};
    return create_administrator(catalog, hasher, name, configured, show);
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

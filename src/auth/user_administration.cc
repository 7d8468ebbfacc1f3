#include "auth/user_administration.h"

#include <algorithm>

#include "catalog/change_document.h"
#include "core/yield_to_loops.h"

namespace propylon::auth {
namespace {

using catalog::Document;
using catalog::Kind;

constexpr std::size_t kQueueMax = 64;

std::unexpected<Error> refuse_last_administrator(std::string_view name) {
  return fail(ErrorCode::kConflict,
              "\"" + std::string(name) + "\" is the last administrator of the account; make another one first.");
}

std::unexpected<Error> refuse_field(const char* field, const std::string& wanted) {
  return fail(ErrorCode::kInvalidRequest, "The field \"" + std::string(field) + "\" " + wanted + ".", field);
}

// Of UTF-8 text: every byte but those that go on with a character.
std::size_t characters_in(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::ranges::count_if(utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

Result<void> check_limits(const UserChange& change) {
  if (change.password) {
    const std::string_view password = change.password->reveal();
    if (characters_in(password) < kPasswordCharactersMin)
      return refuse_field("password", "must have at least " + std::to_string(kPasswordCharactersMin) + " characters");
    if (password.size() > kPasswordBytesMax)
      return refuse_field("password", "must have at most " + std::to_string(kPasswordBytesMax) + " bytes");
  }
  if (change.description && change.description->size() > kDescriptionBytesMax)
    return refuse_field("description", "must have at most " + std::to_string(kDescriptionBytesMax) + " bytes");
  std::size_t patterns = 0;
  if (change.permissions && *change.permissions) {
    for (const Grant& grant : **change.permissions) patterns += grant.stations.size();
  }
  if (patterns > kPatternsMax)
    return refuse_field("permissions", "must have at most " + std::to_string(kPatternsMax) + " stations in all");
  return {};
}

// All but the password, which has a version to raise.
void edit(User& user, const UserChange& change) {
  if (change.role) user.role = *change.role;
  if (change.permissions) user.permissions = *change.permissions;
  if (change.description) user.description = *change.description;
}

}  // namespace

Error no_such_user(std::string_view name) {
  return {ErrorCode::kUserNotFound, "There is no user \"" + std::string(name) + "\".", {}, 0};
}

UserAdministration::UserAdministration(const Options& options, catalog::Catalog& catalog, const UserDirectory& users)
    : catalog_(catalog),
      users_(users),
      hasher_({.passes = options.password_hash_passes, .memory_kib = options.password_hash_memory_kib}),
      pool_("users", 1, kQueueMax) {}

Task<Result<UserPut>> UserAdministration::put(Loop& loop, UserRef who, UserChange change,
                                              catalog::Precondition precondition) {
  return apply(loop, std::move(who), std::move(change), precondition, IfMissing::kCreate);
}

Task<Result<User>> UserAdministration::patch(Loop& loop, UserRef who, UserChange change,
                                             catalog::Precondition precondition) {
  auto changed = co_await apply(loop, std::move(who), std::move(change), precondition, IfMissing::kRefuse);
  if (!changed) co_return std::unexpected(std::move(changed).error());
  co_return std::move(changed->user);
}

Task<Result<UserPut>> UserAdministration::apply(Loop& loop, UserRef who, UserChange change,
                                                catalog::Precondition precondition, IfMissing if_missing) {
  if (auto good = check_limits(change); !good) co_return std::unexpected(std::move(good).error());
  auto work = [&] { return apply_now(who, change, precondition, if_missing); };
  auto result = co_await run_on(pool_, loop, std::move(work));
  co_return std::move(result);
}

Task<Result<void>> UserAdministration::remove(Loop& loop, UserRef who, catalog::Precondition precondition) {
  auto work = [&] { return remove_now(who, precondition); };
  auto result = co_await run_on(pool_, loop, std::move(work));
  co_return std::move(result);
}

Result<UserPut> UserAdministration::apply_now(const UserRef& who, const UserChange& change,
                                              const catalog::Precondition& precondition, IfMissing if_missing) {
  yield_to_loops(Patience::kCanWait);
  bool created = false;
  const auto decide = [&](const std::optional<Document>& current) -> Result<std::optional<std::string>> {
    if (!current && if_missing == IfMissing::kRefuse) return std::unexpected(no_such_user(who.name));
    PPL_CHECK(catalog::check(precondition, current, "User " + who.name));
    created = !current;
    return to_catalog_body(PPL_TRY(current ? changed_user(*current, change) : new_user(who, change)));
  };
  const auto stored = PPL_TRY(catalog::change_document(catalog_, Kind::kUser, who.account, who.name, decide));
  return UserPut{.user = PPL_TRY(user_from_document(*stored)), .created = created};
}

Result<User> UserAdministration::new_user(const UserRef& who, const UserChange& change) const {
  if (!change.password) return refuse_field("password", "is required for a new user");
  User user{.account = who.account, .name = who.name};
  edit(user, change);
  user.password_hash = PPL_TRY(hasher_.hash(*change.password));
  return user;
}

Result<User> UserAdministration::changed_user(const Document& current, const UserChange& change) const {
  User user = PPL_TRY(user_from_document(current));
  const Role before = user.role;
  edit(user, change);
  if (before == Role::kAdmin && user.role != Role::kAdmin && !users_.has_other_administrator(user.account, user.name))
    return refuse_last_administrator(user.name);
  if (change.password && !hasher_.verify(user.password_hash, *change.password)) {
    user.password_hash = PPL_TRY(hasher_.hash(*change.password));
    ++user.token_version;
  }
  return user;
}

Result<void> UserAdministration::remove_now(const UserRef& who, const catalog::Precondition& precondition) {
  yield_to_loops(Patience::kCanWait);
  const auto decide = [&](const std::optional<Document>& current) -> Result<std::optional<std::string>> {
    if (!current) return std::unexpected(no_such_user(who.name));
    PPL_CHECK(catalog::check(precondition, current, "User " + who.name));
    const auto user = user_from_document(*current);
    if (user && user->role == Role::kAdmin && !users_.has_other_administrator(who.account, who.name))
      return refuse_last_administrator(who.name);
    return std::nullopt;
  };
  PPL_CHECK(catalog::change_document(catalog_, Kind::kUser, who.account, who.name, decide));
  return {};
}

}  // namespace propylon::auth

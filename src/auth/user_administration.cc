#include "auth/user_administration.h"

#include <algorithm>

#include "core/yield_to_loops.h"

namespace propylon::auth {
namespace {

using catalog::Kind;

constexpr std::size_t kQueueMax = 64;
// Other writers than this one are other gateways on the same catalog: one lost race is chance, three are a fault.
constexpr int kAttemptsMax = 3;

std::unexpected<Error> refuse_race() {
  return fail(ErrorCode::kConflict, "Somebody else changes this user at the same time.");
}

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

std::optional<std::uint64_t> revision_of(const std::optional<catalog::Document>& document) {
  return document ? std::optional(document->revision) : std::nullopt;
}

// The user of a document that was written; an empty optional when somebody else was faster.
Result<std::optional<UserPut>> written(const Result<catalog::Document>& document, bool created) {
  if (!document && document.error().code == ErrorCode::kConflict) return std::optional<UserPut>();
  if (!document) return std::unexpected(document.error());
  return std::optional(UserPut{.user = PPL_TRY(user_from_document(*document)), .created = created});
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
  auto work = [&]() -> Result<UserPut> {
    yield_to_loops(Patience::kCanWait);
    for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
      if (auto put = PPL_TRY(try_put(who, change, precondition, if_missing))) return *std::move(put);
    }
    return refuse_race();
  };
  auto result = co_await run_on(pool_, loop, std::move(work));
  co_return std::move(result);
}

Task<Result<void>> UserAdministration::remove(Loop& loop, UserRef who, catalog::Precondition precondition) {
  auto work = [&]() -> Result<void> {
    for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
      if (PPL_TRY(try_remove(who, precondition))) return {};
    }
    return refuse_race();
  };
  auto result = co_await run_on(pool_, loop, std::move(work));
  co_return std::move(result);
}

Result<std::optional<UserPut>> UserAdministration::try_put(const UserRef& who, const UserChange& change,
                                                           const catalog::Precondition& precondition,
                                                           IfMissing if_missing) {
  const auto document = PPL_TRY(catalog_.find(Kind::kUser, who.account, who.name));
  if (!document && if_missing == IfMissing::kRefuse) return std::unexpected(no_such_user(who.name));
  PPL_CHECK(catalog::check(precondition, revision_of(document)));
  if (!document) return try_create(who, change);
  const User current = PPL_TRY(user_from_document(*document));
  return try_replace(current, change);
}

Result<std::optional<UserPut>> UserAdministration::try_create(const UserRef& who, const UserChange& change) {
  if (!change.password) return refuse_field("password", "is required for a new user");
  User user{.account = who.account, .name = who.name};
  edit(user, change);
  user.password_hash = PPL_TRY(hasher_.hash(*change.password));
  return written(catalog_.create(Kind::kUser, who.account, who.name, to_catalog_body(user)), true);
}

Result<std::optional<UserPut>> UserAdministration::try_replace(const User& current, const UserChange& change) {
  User next = current;
  edit(next, change);
  if (current.role == Role::kAdmin && next.role != Role::kAdmin &&
      !users_.has_other_administrator(current.account, current.name)) {
    return refuse_last_administrator(current.name);
  }
  if (change.password) PPL_CHECK(set_password(next, *change.password));
  std::string body = to_catalog_body(next);
  if (body == to_catalog_body(current)) return std::optional(UserPut{.user = current});
  return written(catalog_.replace(Kind::kUser, current.account, current.name, std::move(body), current.revision),
                 false);
}

Result<void> UserAdministration::set_password(User& user, const Secret& password) const {
  if (hasher_.verify(user.password_hash, password)) return {};
  user.password_hash = PPL_TRY(hasher_.hash(password));
  ++user.token_version;
  return {};
}

Result<bool> UserAdministration::try_remove(const UserRef& who, const catalog::Precondition& precondition) {
  const auto document = PPL_TRY(catalog_.find(Kind::kUser, who.account, who.name));
  if (!document) return std::unexpected(no_such_user(who.name));
  PPL_CHECK(catalog::check(precondition, document->revision));
  const auto user = user_from_document(*document);
  if (user && user->role == Role::kAdmin && !users_.has_other_administrator(who.account, who.name))
    return refuse_last_administrator(who.name);
  const auto removed = catalog_.remove(Kind::kUser, who.account, who.name, document->revision);
  if (!removed && removed.error().code == ErrorCode::kConflict) return false;
  PPL_CHECK(removed);
  return true;
}

}  // namespace propylon::auth

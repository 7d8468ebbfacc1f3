// What an administrator sends about users: a body that is taken survives being stored and read, and its patterns are in
// normal form; a list's query is within its limits.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "api/list_query.h"
#include "api/user_body.h"
#include "auth/permissions.h"
#include "auth/user.h"
#include "core/assert.h"
#include "core/name_rules.h"

using namespace propylon;

namespace {

void check(const auth::UserChange& change) {
  auth::User user;
  if (change.role) user.role = *change.role;
  if (change.permissions) user.permissions = *change.permissions;
  if (change.description) user.description = *change.description;
  const std::string body = auth::to_catalog_body(user);
  const auto read = auth::user_from_document({.kind = catalog::Kind::kUser, .account = {}, .name = "u", .body = body});
  PPL_ASSERT(read);
  PPL_ASSERT(auth::to_catalog_body(*read) == body);
  if (!user.permissions) return;
  for (const auto& grant : *user.permissions) {
    for (const auto& pattern : grant.stations) PPL_ASSERT(auth::normalize_pattern(pattern).value() == pattern);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto null_means : {api::NullMeans::kAbsent, api::NullMeans::kDefault}) {
    if (const auto change = api::read_user_body(text, null_means)) check(*change);
  }
  if (const auto list = api::read_list_query(text)) {
    PPL_ASSERT(list->limit >= 1 && list->limit <= api::kListLimitMax);
    PPL_ASSERT(list->after.size() <= kNameBytesMax);
  }
  return 0;
}

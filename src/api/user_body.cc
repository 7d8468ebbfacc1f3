#include "api/user_body.h"

#include <utility>

#include "auth/permissions.h"

namespace propylon::api {
namespace {

constexpr std::size_t kAdminWord = 0;
constexpr std::size_t kClientWord = 1;

std::string at(const std::string& path, std::size_t index) { return path + "[" + std::to_string(index) + "]"; }

// Without the list nobody could say whether all or none is meant.
Result<std::vector<json::Value>> required_list(const AdminFields& fields, std::string_view name) {
  const auto value = fields.find(name);
  if (value) return value->array(fields.path_of(name));
  return fail(ErrorCode::kInvalidRequest, "The field \"" + fields.path_of(name) + "\" is required.",
              fields.path_of(name));
}

Result<std::vector<std::string>> read_stations(const AdminFields& fields) {
  std::vector<std::string> stations;
  for (const json::Value& value : PPL_TRY(required_list(fields, "stations"))) {
    const std::string path = at(fields.path_of("stations"), stations.size());
    auto pattern = auth::normalize_pattern(PPL_TRY(value.string(path)));
    if (!pattern) return fail(pattern.error().code, path + ": " + pattern.error().message, path);
    stations.push_back(*std::move(pattern));
  }
  return stations;
}

Result<void> read_actions(const AdminFields& fields, auth::Grant& grant) {
  std::size_t index = 0;
  for (const json::Value& value : PPL_TRY(required_list(fields, "actions"))) {
    const std::string path = at(fields.path_of("actions"), index++);
    const std::string action = PPL_TRY(value.string(path));
    if (action != "produce" && action != "consume") {
      return fail(ErrorCode::kInvalidRequest, "The field \"" + path + "\" must be \"produce\" or \"consume\".", path);
    }
    (action == "produce" ? grant.produce : grant.consume) = true;
  }
  return {};
}

Result<std::vector<auth::Grant>> read_grants(const AdminFields& fields, const json::Value& list) {
  std::vector<auth::Grant> grants;
  for (const json::Value& value : PPL_TRY(list.array(fields.path_of("permissions")))) {
    const std::string path = at(fields.path_of("permissions"), grants.size());
    const AdminFields inside = PPL_TRY(fields.element(value, path, {"stations", "actions"}));
    auth::Grant grant;
    grant.stations = PPL_TRY(read_stations(inside));
    PPL_CHECK(read_actions(inside, grant));
    grants.push_back(std::move(grant));
  }
  return grants;
}

}  // namespace

Result<auth::UserChange> read_user_body(ByteView body, NullMeans null_means) {
  const AdminBody read = PPL_TRY(AdminBody::read(body, null_means, {"password", "role", "permissions", "description"}));
  const AdminFields fields = read.fields();
  auth::UserChange change;
  if (fields.resets("password")) {
    return fail(ErrorCode::kInvalidRequest, "The field \"password\" cannot be null: a user always has one.",
                "password");
  }
  if (auto password = PPL_TRY(fields.string("password", ""))) change.password = Secret(*std::move(password));
  if (const auto role = PPL_TRY(fields.word("role", {"admin", "client"}, kClientWord)))
    change.role = *role == kAdminWord ? auth::Role::kAdmin : auth::Role::kClient;
  if (fields.resets("permissions")) change.permissions.emplace();
  if (const auto list = fields.find("permissions")) change.permissions = PPL_TRY(read_grants(fields, *list));
  change.description = PPL_TRY(fields.string("description", ""));
  return change;
}

}  // namespace propylon::api

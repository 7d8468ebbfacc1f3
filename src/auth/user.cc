#include "auth/user.h"

#include "json/document.h"
#include "json/writer.h"

namespace propylon::auth {
namespace {

std::unexpected<Error> damaged(const catalog::Document& document, const std::string& why) {
  return fail(ErrorCode::kDamaged, "The catalog's document of user \"" + document.name + "\" (account " +
                                       std::to_string(document.account.value) + ") cannot be read: " + why);
}

Result<std::vector<std::string>> texts(const json::Object& object, std::string_view field) {
  std::vector<std::string> result;
  const auto values = PPL_TRY(object.array(field));
  if (!values) return result;
  for (const json::Value& value : *values) result.push_back(PPL_TRY(value.string(field)));
  return result;
}

Result<Grant> read_grant(const json::Object& object) {
  Grant grant;
  grant.stations = PPL_TRY(texts(object, "stations"));
  for (const auto& action : PPL_TRY(texts(object, "actions"))) {
    if (action == "produce")
      grant.produce = true;
    else if (action == "consume")
      grant.consume = true;
    else
      return fail(ErrorCode::kInvalidRequest, "Unknown action \"" + action + "\".", "actions");
  }
  return grant;
}

Result<std::vector<Grant>> read_grants(const std::vector<json::Value>& values) {
  std::vector<Grant> grants;
  for (const json::Value& value : values) {
    const json::Object object = PPL_TRY(value.object("permissions"));
    grants.push_back(PPL_TRY(read_grant(object)));
  }
  return grants;
}

Result<User> read_body(std::string_view body) {
  const auto document = PPL_TRY(json::Document::parse_object(body));
  const json::Object object = document.object();
  User user;
  user.password_hash = PPL_TRY(object.string("password_hash")).value_or("");
  user.description = PPL_TRY(object.string("description")).value_or("");
  const auto role = PPL_TRY(object.string("role"));
  if (role != "admin" && role != "client")
    return fail(ErrorCode::kInvalidRequest, "Its role is neither admin nor client.", "role");
  user.role = role == "admin" ? Role::kAdmin : Role::kClient;
  const auto version = PPL_TRY(object.integer("ver"));
  if (!version || *version < 1) return fail(ErrorCode::kInvalidRequest, "Its ver is missing.", "ver");
  user.token_version = static_cast<std::uint64_t>(*version);
  if (const auto permissions = PPL_TRY(object.array("permissions")))
    user.permissions = PPL_TRY(read_grants(*permissions));
  return user;
}

void write_grant(json::Writer& writer, const Grant& grant) {
  writer.begin_object().key("stations").begin_array();
  for (const auto& pattern : grant.stations) writer.string(pattern);
  writer.end_array().key("actions").begin_array();
  if (grant.produce) writer.string("produce");
  if (grant.consume) writer.string("consume");
  writer.end_array().end_object();
}

}  // namespace

Result<User> user_from_document(const catalog::Document& document) {
  auto user = read_body(document.body);
  if (!user) return damaged(document, user.error().message);
  user->account = document.account;
  user->name = document.name;
  user->id = document.id;
  user->revision = document.revision;
  return user;
}

std::string to_catalog_body(const User& user) {
  std::string body;
  json::Writer writer(body);
  writer.begin_object().key("password_hash").string(user.password_hash).key("role").string(to_string(user.role));
  if (user.permissions) {
    writer.key("permissions");
    write_grants(writer, *user.permissions);
  }
  writer.key("ver").number(user.token_version).key("description").string(user.description).end_object();
  return body;
}

void write_grants(json::Writer& writer, const std::vector<Grant>& grants) {
  writer.begin_array();
  for (const Grant& grant : grants) write_grant(writer, grant);
  writer.end_array();
}

std::string_view to_string(Role role) {
  switch (role) {
    case Role::kAdmin: return "admin";
    case Role::kClient: return "client";
  }
  return "client";
}

}  // namespace propylon::auth

#include "app/settings.h"

#include <algorithm>

#include "core/name_rules.h"
#include "http/characters.h"
#include "http/cors.h"

namespace propylon::app {
namespace {

std::unexpected<Error> bad_setting(const std::string& key, const std::string& why) {
  return fail(ErrorCode::kInvalidConfig, key + " " + why, key);
}

}  // namespace

std::vector<config::OptionGroup> describe_all(Settings& settings) {
  return {{"app", "The program: its data, its log lines, how it stops.", describe(settings.app)},
          {"http", "Sockets, limits and timeouts.", describe(settings.http)},
          {"api", "The endpoints.", describe(settings.api)},
          {"auth", "Users, passwords and tokens.", describe(settings.auth)},
          {"schemas", "What messages must look like.", describe(settings.schemas)},
          {"broker", "Stations and consumer groups.", describe(settings.broker)},
          {"log", "The message log.", describe(settings.log)}};
}

Result<void> check(const Settings& settings) {
  if (settings.app.data_dir.empty()) return bad_setting("data_dir", "is empty");
  if (const auto name = check_user_name(settings.auth.root_user); !name) {
    return bad_setting("root_user", "is \"" + settings.auth.root_user + "\": " + name.error().message);
  }
  for (const auto& origin : settings.http.cors_origins) {
    if (origin == "*" || http::is_origin(origin)) continue;
    return bad_setting("cors_origins", "has \"" + origin +
                                           "\"; an origin is as https://shop.example or https://shop.example:8443, " +
                                           "in lower case and with nothing behind it");
  }
  for (const auto& name : settings.http.cors_headers) {
    if (!http::is_token(name)) return bad_setting("cors_headers", "has \"" + name + "\", which is no field name");
  }
  return {};
}

}  // namespace propylon::app

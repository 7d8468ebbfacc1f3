#include "api/routes.h"

#include <algorithm>
#include <array>

#include "core/ascii.h"

namespace propylon::api {
namespace {

using http::Method;

// clang-format off
constexpr std::array kRoutes = {
    Route{Method::kPost,   "/auth/authenticate",                   "authenticate",          authenticate,          Caller::kPublic,        BodyLimit::kJson},
    Route{Method::kPost,   "/auth/refreshToken",                   "refresh_token",         refresh_token,         Caller::kPublic,        BodyLimit::kJson},
    Route{Method::kPost,   "/stations/{station}/produce/single",   "produce_single",        produce_single,        Caller::kProducer,      BodyLimit::kMessage},
    Route{Method::kPost,   "/stations/{station}/produce/batch",    "produce_batch",         produce_batch,         Caller::kProducer,      BodyLimit::kBatch},
    Route{Method::kPost,   "/stations/{station}/consume/batch",    "consume_batch",         consume_batch,         Caller::kConsumer,      BodyLimit::kJson},
    Route{Method::kGet,    "/stations",                            "list_stations",         list_stations,         Caller::kAdministrator, BodyLimit::kJson},
    Route{Method::kGet,    "/stations/{station}",                  "get_station",           get_station,           Caller::kStationReader, BodyLimit::kJson},
    Route{Method::kPut,    "/stations/{station}",                  "put_station",           put_station,           Caller::kAdministrator, BodyLimit::kJson},
    Route{Method::kPatch,  "/stations/{station}",                  "patch_station",         patch_station,         Caller::kAdministrator, BodyLimit::kJson},
    Route{Method::kDelete, "/stations/{station}",                  "delete_station",        delete_station,        Caller::kAdministrator, BodyLimit::kJson},
    Route{Method::kPost,   "/stations/{station}/purge",            "purge_station",         purge_station,         Caller::kAdministrator, BodyLimit::kJson},
    Route{Method::kGet,    "/stations/{station}/groups",           "list_groups",           list_groups,           Caller::kStationReader, BodyLimit::kJson},
    Route{Method::kPatch,  "/stations/{station}/groups/{group}",   "seek_group",            seek_group,            Caller::kAdministrator, BodyLimit::kJson},
    Route{Method::kDelete, "/stations/{station}/groups/{group}",   "delete_group",          delete_group,          Caller::kAdministrator, BodyLimit::kJson},
    Route{Method::kGet,    "/stations/{station}/dead-letters",     "list_dead_letters",     list_dead_letters,     Caller::kStationReader, BodyLimit::kJson},
    Route{Method::kDelete, "/stations/{station}/dead-letters/{dead_letter}", "delete_dead_letter", delete_dead_letter, Caller::kAdministrator, BodyLimit::kJson},
    Route{Method::kPut,    "/stations/{station}/schema",           "attach_schema",         attach_schema,         Caller::kAdministrator, BodyLimit::kJson},
    Route{Method::kDelete, "/stations/{station}/schema",           "detach_schema",         detach_schema,         Caller::kAdministrator, BodyLimit::kJson},
    Route{Method::kGet,    "/schemas",                             "list_schemas",          list_schemas,          Caller::kAdministrator, BodyLimit::kJson},
    Route{Method::kGet,    "/schemas/{schema}",                    "get_schema",            get_schema,            Caller::kAdministrator, BodyLimit::kJson},
    Route{Method::kPut,    "/schemas/{schema}",                    "put_schema",            put_schema,            Caller::kAdministrator, BodyLimit::kSchema},
    Route{Method::kDelete, "/schemas/{schema}",                    "delete_schema",         delete_schema,         Caller::kAdministrator, BodyLimit::kJson},
    Route{Method::kGet,    "/schemas/{schema}/versions/{version}", "get_schema_version",    get_schema_version,    Caller::kAdministrator, BodyLimit::kJson},
    Route{Method::kPut,    "/schemas/{schema}/active",             "activate_schema",       activate_schema,       Caller::kAdministrator, BodyLimit::kJson},
    Route{Method::kPost,   "/schemas/{schema}/validate",           "validate_message",      validate_message,      Caller::kSchemaReader,  BodyLimit::kMessage},
    Route{Method::kGet,    "/users",                               "list_users",            list_users,            Caller::kAdministrator, BodyLimit::kJson},
    Route{Method::kGet,    "/users/{user}",                        "get_user",              get_user,              Caller::kAdministrator, BodyLimit::kJson},
    Route{Method::kPut,    "/users/{user}",                        "put_user",              put_user,              Caller::kAdministrator, BodyLimit::kJson},
    Route{Method::kPatch,  "/users/{user}",                        "patch_user",            patch_user,            Caller::kAdministrator, BodyLimit::kJson},
    Route{Method::kDelete, "/users/{user}",                        "delete_user",           delete_user,           Caller::kAdministrator, BodyLimit::kJson},
    Route{Method::kGet,    "/monitoring/status",                   "monitoring_status",     monitoring_status,     Caller::kPublic,        BodyLimit::kJson},
    Route{Method::kGet,    "/livez",                               "livez",                 livez,                 Caller::kPublic,        BodyLimit::kJson},
    Route{Method::kGet,    "/readyz",                              "readyz",                readyz,                Caller::kPublic,        BodyLimit::kJson},
    Route{Method::kGet,    "/metrics",                             "metrics",               metrics_exposition,    Caller::kMetricsReader, BodyLimit::kJson},
    Route{Method::kGet,    "/monitoring/getResourcesUtilization",  "resources_utilization", resources_utilization, Caller::kPublic,        BodyLimit::kJson, true},
};
// clang-format on

constexpr auto kNames = [] {
  std::array<std::string_view, kRoutes.size()> names;
  std::ranges::transform(kRoutes, names.begin(), &Route::name);
  return names;
}();

// Escaped letters do not count: this is about the form of a refusal.
bool is_under(std::string_view path, std::string_view folder) {
  return path.size() >= folder.size() && equals_lower(path.substr(0, folder.size()), folder);
}

static_assert(std::ranges::is_sorted(kRoutes, {}, &Route::development_only));

}  // namespace

std::span<const Route> routes(const Options& options) {
  const auto end = options.dev_endpoints ? kRoutes.end() : std::ranges::find(kRoutes, true, &Route::development_only);
  return {kRoutes.begin(), end};
}

std::span<const std::string_view> route_names() { return kNames; }

bool is_auth_path(std::string_view path) { return is_under(path, "/auth/"); }

bool is_open_path(std::string_view path) { return path == "/" || is_under(path, "/monitoring/"); }

std::uint64_t body_bytes_max(BodyLimit limit, const Options& options) {
  switch (limit) {
    case BodyLimit::kMessage: return options.message_bytes_max;
    case BodyLimit::kBatch: return options.batch_body_bytes_max;
    case BodyLimit::kSchema: return options.schema_body_bytes_max;
    case BodyLimit::kJson: return options.json_body_bytes_max;
  }
  return 0;
}

}  // namespace propylon::api

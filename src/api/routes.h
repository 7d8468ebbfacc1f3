// The table of routes: method, path, name, who may call, how large a body may be, and the endpoint.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>

#include "api/endpoints.h"
#include "api/options.h"
#include "http/request.h"

namespace propylon::api {

enum class Caller : std::uint8_t {
  kPublic,         // anybody, without credentials
  kProducer,       // who may produce at the station of the path
  kConsumer,       // who may consume from the station of the path
  kStationReader,  // who may consume from the station of the path, and administrators
  kSchemaReader,   // who may consume from a station that has the schema of the path, and administrators
  kAdministrator,  // an administrator of the account
  kMetricsReader,  // an administrator; anybody when metrics_public is set
};

enum class BodyLimit : std::uint8_t { kMessage, kBatch, kSchema, kJson };

struct Route {
  http::Method method;
  std::string_view path;  // a pattern of http/router.h; captures.h knows the names in it
  std::string_view name;  // the metrics' and the log's label
  Endpoint* endpoint;
  Caller caller;
  BodyLimit body;
  bool development_only = false;  // exists only with dev_endpoints; such rows come last
};

// The routes that exist with these options: a prefix of the table, so that an index means the same everywhere.
std::span<const Route> routes(const Options& options);

// The names of the whole table, in its order: what http::Server::open() wants. Lives for ever.
std::span<const std::string_view> route_names();

// Whether a path lies in the folder of the logins, whose error answers carry the reference's "message".
bool is_auth_path(std::string_view path);

// Whether a path at which there is nothing may say so without credentials: the root and the monitoring folder.
bool is_open_path(std::string_view path);

// In bytes.
std::uint64_t body_bytes_max(BodyLimit limit, const Options& options);

}  // namespace propylon::api

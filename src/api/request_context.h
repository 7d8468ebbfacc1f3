// What the checks of a request have found out, for its endpoint. Lives in the exchange.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "api/error_response.h"
#include "api/station_name.h"
#include "auth/principal.h"

namespace propylon::api {

struct Route;

// Thread: the loop of its exchange.
struct RequestContext {
  enum class Path : std::uint8_t {
    kUnknown,      // no route; `route` is null
    kOtherMethod,  // a route of this path with other methods; `allow` is set
    kFound,
  };

  const Route* route = nullptr;
  Path path = Path::kUnknown;
  bool is_public = false;            // nobody asks for credentials
  bool credentials_pending = false;  // a password must be hashed before anything else is judged
  std::string_view allow;            // lives as long as the server
  std::uint64_t users_version = 0;   // of the directory, at the latest when the principal was found
  auth::Principal principal;         // empty on public routes
  StationName station;               // these: empty, or 0, where the path names none
  std::string group;                 // in normal form
  std::string user;
  std::string schema;         // in normal form
  std::uint32_t version = 0;  // of the schema
  std::string dead_letter;
  ErrorForm form;
};

}  // namespace propylon::api

// What the HTTP server's requests mean: the door from src/http into everything else.
//
// routes.cc is the table of endpoints, pipeline.cc the order of the checks, error_response.cc the only way from an
// Error to an answer.
#pragma once
#include <cstddef>

#include "api/access_log.h"
#include "api/options.h"
#include "api/pipeline.h"
#include "api/services.h"
#include "http/handler.h"

namespace propylon::api {

// Give http::Server::open() the names of route_names() (api/routes.h). Thread: any loop's (http/handler.h).
class Api final : public http::Handler {
 public:
  // `loops` is the server's number of loops; `options` outlive the Api, as do the surroundings.
  Api(const Surroundings& surroundings, const Options& options, std::size_t loops);

  http::Admission admit(http::Exchange& exchange) override;
  Task<http::Response> handle(http::Exchange& exchange) override;
  http::Response error_response(const Error& error, http::Exchange& exchange) override;

 private:
  Task<http::Response> handle_and_log(http::Exchange& exchange);

  Services services_;
  const Pipeline pipeline_;
  const AccessLog access_log_;
};

}  // namespace propylon::api

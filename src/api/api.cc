#include "api/api.h"

#include "http/exchange.h"

namespace propylon::api {

Api::Api(const Surroundings& surroundings, const Options& options, std::size_t loops)
    : services_(surroundings, options, loops),
      pipeline_(services_),
      access_log_(surroundings.logger, surroundings.clock) {}

http::Admission Api::admit(http::Exchange& exchange) {
  auto admission = pipeline_.admit(exchange);
  if (services_.options.access_log) {
    if (const http::Response* refusal = admission.refusal()) {
      access_log_.write(exchange, {refusal->status(), refusal->body().size()});
    }
  }
  return admission;
}

Task<http::Response> Api::handle(http::Exchange& exchange) {
  return services_.options.access_log ? handle_and_log(exchange) : pipeline_.handle(exchange);
}

Task<http::Response> Api::handle_and_log(http::Exchange& exchange) {
  auto response = co_await pipeline_.handle(exchange);
  access_log_.write(exchange, {response.status(), response.body().size()});
  co_return response;
}

http::Response Api::error_response(const Error& error, http::Exchange* exchange, std::string_view request_id) {
  auto response =
      services_.errors.respond(error, request_id, exchange ? error_form_of(exchange->request()) : ErrorForm{});
  if (services_.options.access_log) {
    services_.logger.info("request", {{"route", "none"},
                                      {"status", response.status()},
                                      {"answer_bytes", response.body().size()},
                                      {"request_id", request_id}});
  }
  return response;
}

}  // namespace propylon::api

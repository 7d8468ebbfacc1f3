#include "api/api.h"

#include "api/request_context.h"
#include "http/exchange.h"

namespace propylon::api {
namespace {

ErrorForm form_of(http::Exchange& exchange) {
  if (exchange.has_context()) return exchange.context<RequestContext>().form;
  return exchange.has_request() ? error_form_of(exchange.request()) : ErrorForm{};
}

}  // namespace

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

http::Response Api::error_response(const Error& error, http::Exchange& exchange) {
  auto response = services_.errors.respond(error, exchange.request_id(), form_of(exchange));
  if (services_.options.access_log) access_log_.write(exchange, {response.status(), response.body().size()});
  return response;
}

}  // namespace propylon::api

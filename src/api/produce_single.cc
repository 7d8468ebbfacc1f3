// POST /stations/{station}/produce/single: the body, any bytes of any type, is one message.
//
// The hot path: nothing here allocates.
#include "api/endpoints.h"
#include "api/produce_precondition.h"
#include "api/request_context.h"
#include "api/services.h"
#include "broker/broker.h"
#include "http/exchange.h"

namespace propylon::api {

Task<http::Response> produce_single(Services& services, http::Exchange& exchange) {
  const http::Request& request = exchange.request();
  const auto& context = exchange.context<RequestContext>();
  std::string& headers = services.scratch_of(exchange.loop()).header_block;
  if (auto checked = check_preconditions(request); !checked) co_return refuse(services, exchange, checked.error());
  if (auto written = services.message_headers.write(request, headers); !written) {
    co_return refuse(services, exchange, written.error());
  }
  const ByteView payload = request.body();
  const broker::AppendRequest append{.station = {context.principal.account(), context.station.view()},
                                     .if_missing = services.if_missing(),
                                     .headers = headers,
                                     .payloads = {&payload, 1}};
  auto appended = co_await services.broker.append(exchange.loop(), append);
  if (!appended) co_return refuse(services, exchange, appended.error());
  services.counters.produced_messages.add();
  services.counters.produced_bytes.add(payload.size());
  co_return http::Response(services.stored);
}

}  // namespace propylon::api

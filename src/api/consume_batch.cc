// POST /stations/{station}/consume/batch: hands messages to a member of a group, and acknowledges them once the socket
// has taken the whole answer. When the client has gone they are given back at once.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "api/consume_request.h"
#include "api/endpoints.h"
#include "api/message_json.h"
#include "api/request_context.h"
#include "api/services.h"
#include "broker/broker.h"
#include "http/exchange.h"

namespace propylon::api {
namespace {

// What the end of a delivery needs when its request is gone.
struct Delivery {
  std::unique_ptr<metrics::ByteBudget::Share> held;
  std::unique_ptr<broker::Fetched> fetched;
  std::string station;
  std::string group;
  std::string request_id;
};

std::uint64_t payload_bytes(const broker::Fetched& fetched) {
  std::uint64_t bytes = 0;
  for (const auto& message : fetched.messages()) bytes += message.payload.size();
  return bytes;
}

Task<void> settle(Services& services, Loop& loop, Delivery& delivery, http::SendOutcome outcome) {
  const bool accepted = outcome == http::SendOutcome::kAccepted;
  if (accepted) {
    services.counters.consumed_messages.add(delivery.fetched->messages().size());
    services.counters.consumed_bytes.add(payload_bytes(*delivery.fetched));
  }
  const auto settlement = accepted ? broker::Settlement::kAcknowledge : broker::Settlement::kGiveBack;
  const auto settled = co_await services.broker.settle(loop, *delivery.fetched, settlement);
  if (settled) co_return;
  services.logger.error("a delivery could not be settled; its messages are handed out again when the lease ends",
                        {{"station", delivery.station},
                         {"group", delivery.group},
                         {"messages", delivery.fetched->messages().size()},
                         {"settlement", accepted ? "acknowledge" : "give_back"},
                         {"error", settled.error().message},
                         {"request_id", delivery.request_id}});
}

std::size_t answer_bytes(const broker::Fetched& fetched) {
  std::size_t bytes = 2;
  for (const auto& message : fetched.messages()) bytes += estimated_json_bytes(message);
  return bytes;
}

std::string render(const broker::Fetched& fetched, PayloadForm form) {
  std::string body;
  body.reserve(answer_bytes(fetched));
  json::Writer writer(body);
  writer.begin_array();
  for (const auto& message : fetched.messages()) write_message(writer, body, message, form);
  writer.end_array();
  return body;
}

broker::FetchRequest fetch_request(const Services& services, http::Exchange& exchange, const ConsumeRequest& request) {
  const auto& context = exchange.context<RequestContext>();
  return {.station = {context.principal.account(), context.station.view()},
          .if_missing = services.if_missing(),
          .group = request.group,
          .consumer = request.consumer,
          .max_messages = request.batch_size,
          .max_bytes = services.options.response_bytes_max,
          .min_messages = request.min_messages,
          .deadline = exchange.loop().now() + request.wait};
}

// Messages and answer stay until the client has taken the answer, however slowly it reads: without a total a few
// hundred clients that do not read would take all memory. False when there is no room; one answer always fits.
bool hold(Services& services, Delivery& delivery) {
  const std::uint64_t bytes = payload_bytes(*delivery.fetched) + answer_bytes(*delivery.fetched);
  delivery.held = std::make_unique<metrics::ByteBudget::Share>(services.unread_answers);
  return delivery.held->grow_to(std::min(bytes, services.options.unread_answer_bytes_max));
}

http::Response answer(Services& services, http::Exchange& exchange, const ConsumeRequest& request, Delivery delivery) {
  http::Response response(200, http::kJsonType, render(*delivery.fetched, request.form));
  response.after_send([&services, &loop = exchange.loop(), delivery = std::move(delivery)](
                          http::SendOutcome outcome) mutable { return settle(services, loop, delivery, outcome); });
  return response;
}

}  // namespace

Task<http::Response> consume_batch(Services& services, http::Exchange& exchange) {
  const auto fields = read_consume_fields(exchange.request().body());
  if (!fields) co_return refuse(services, exchange, fields.error(), {.error_text = kUnreadableConsumeBody});
  const auto request = judge_consume_fields(*fields, services.options);
  if (!request) co_return refuse(services, exchange, request.error());
  exchange.watch_client();
  exchange.offer_encoding();
  const broker::FetchRequest fetch = fetch_request(services, exchange, *request);
  auto fetched = co_await services.broker.fetch(exchange.loop(), fetch, exchange.cancellation());
  if (!fetched) co_return refuse(services, exchange, fetched.error());
  if ((*fetched)->messages().empty()) co_return http::Response(services.no_messages);
  Delivery delivery{.held = nullptr,
                    .fetched = std::move(*fetched),
                    .station = std::string(exchange.context<RequestContext>().station.view()),
                    .group = request->group,
                    .request_id = std::string(exchange.request_id())};
  if (!hold(services, delivery)) {
    co_await settle(services, exchange.loop(), delivery, http::SendOutcome::kGone);
    co_return refuse(services, exchange, unread_answers_are_full());
  }
  co_return answer(services, exchange, *request, std::move(delivery));
}

}  // namespace propylon::api

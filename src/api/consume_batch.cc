// POST /stations/{station}/consume/batch: hands messages to a member of a group, and acknowledges them once there is
// proof that the client's system has the whole answer (docs/decisions/0013-proof-of-receipt.md). When the client has
// gone, or there is no answer to send, they are given back at once.
#include <algorithm>
#include <memory>
#include <new>
#include <string>
#include <utility>

#include "api/consume_request.h"
#include "api/endpoints.h"
#include "api/message_json.h"
#include "api/request_context.h"
#include "api/services.h"
#include "auth/authenticator.h"
#include "auth/permissions.h"
#include "auth/user_directory.h"
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
  const bool received = outcome == http::SendOutcome::kReceived;
  if (received) {
    services.counters.consumed_messages.add(delivery.fetched->messages().size());
    services.counters.consumed_bytes.add(payload_bytes(*delivery.fetched));
  }
  const auto settlement = received ? broker::Settlement::kAcknowledge : broker::Settlement::kGiveBack;
  const auto settled = co_await services.broker.settle(loop, *delivery.fetched, settlement);
  if (settled) co_return;
  services.logger.error("a delivery could not be settled; its messages are handed out again when the lease ends",
                        {{"station", delivery.station},
                         {"group", delivery.group},
                         {"messages", delivery.fetched->messages().size()},
                         {"settlement", received ? "acknowledge" : "give_back"},
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

http::Response answer(Services& services, http::Exchange& exchange, const ConsumeRequest& request,
                      Delivery&& delivery) {
  http::Response response(200, http::kJsonType, render(*delivery.fetched, request.form));
  response.after_send([&services, &loop = exchange.loop(), delivery = std::move(delivery)](
                          http::SendOutcome outcome) mutable { return settle(services, loop, delivery, outcome); });
  return response;
}

// Whether who asked may still have what came meanwhile: a fetch waits for up to a minute.
// Errors: kUnauthorized, kForbidden.
Result<void> judge_again(const Services& services, const RequestContext& context) {
  if (services.users.version() == context.users_version) return {};
  const auth::Principal now = PPL_TRY(services.authenticator.check_again(context.principal));
  return auth::authorize(now, auth::Action::kConsume, now.account(), context.station.view());
}

// What is to be sent; with an error nothing is, and the delivery is still to be settled.
// Errors: kUnauthorized, kForbidden, kOverloaded (no room for the answer).
Result<http::Response> hand_out(Services& services, http::Exchange& exchange, const ConsumeRequest& request,
                                Delivery& delivery) {
  PPL_CHECK(judge_again(services, exchange.context<RequestContext>()));
  if (delivery.fetched->messages().empty()) return http::Response(services.no_messages);
  try {
    if (!hold(services, delivery)) return std::unexpected(unread_answers_are_full());
    return answer(services, exchange, request, std::move(delivery));
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::kOverloaded, "There is no memory for the answer.");
  }
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
  Delivery delivery{.held = nullptr,
                    .fetched = std::move(*fetched),
                    .station = std::string(exchange.context<RequestContext>().station.view()),
                    .group = request->group,
                    .request_id = std::string(exchange.request_id())};
  auto response = hand_out(services, exchange, *request, delivery);
  if (response) co_return std::move(*response);
  // Gone with the function that was to settle it only where memory for that was refused: then its lease ends it.
  if (delivery.fetched) co_await settle(services, exchange.loop(), delivery, http::SendOutcome::kGone);
  co_return refuse(services, exchange, response.error());
}

}  // namespace propylon::api

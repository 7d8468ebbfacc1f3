// POST /stations/{station}/produce/batch: each element of a JSON array is one message, byte for byte as written.
//
// The elements that can be stored are stored together, with one append. With ?atomic=true all of them are or none.
#include <algorithm>
#include <string>

#include "api/batch_result.h"
#include "api/content_type.h"
#include "api/endpoints.h"
#include "api/produce_precondition.h"
#include "api/request_context.h"
#include "api/services.h"
#include "broker/broker.h"
#include "http/exchange.h"
#include "http/url.h"
#include "json/array_split.h"

namespace propylon::api {
namespace {

constexpr json::ArrayLimits kLimits{.elements = broker::kBatchMessagesMax, .depth = 1024};

using Elements = std::vector<std::string_view>;

Result<bool> read_atomic(std::string_view query) {
  bool atomic = false;
  http::QueryReader reader(query);
  while (const auto pair = reader.next()) {
    if (pair->name != "atomic") continue;
    if (pair->value != "true" && pair->value != "false") {
      return fail(ErrorCode::kInvalidRequest, "The query's atomic must be true or false.", "atomic");
    }
    atomic = pair->value == "true";
  }
  return atomic;
}

Result<void> check_type(const http::Request& request) {
  if (looks_like_json(request.body()) || has_json_type_or_none(request.value(http::KnownField::kContentType))) {
    return {};
  }
  return fail(ErrorCode::kUnsupportedMediaType,
              "A batch is a JSON array: send it as application/json, as any +json type or without a type.",
              "Content-Type");
}

// Everything about the request but the single elements.
Result<bool> read_batch(const Services& services, const http::Request& request, LoopScratch& scratch) {
  PPL_CHECK(check_preconditions(request));
  PPL_CHECK(check_type(request));
  const bool atomic = PPL_TRY(read_atomic(request.query()));
  PPL_CHECK(json::split_array(request.body(), scratch.elements, kLimits));
  PPL_CHECK(services.message_headers.write(request, scratch.header_block));
  return atomic;
}

// How large an element may be. The broker looks again: the station's limit may change meanwhile.
std::uint64_t element_bytes_max(const Services& services, http::Exchange& exchange) {
  const auto& context = exchange.context<RequestContext>();
  const broker::StationRef ref{context.principal.account(), context.station.view()};
  return std::min(services.options.message_bytes_max,
                  services.broker.produce_rules(exchange.loop(), ref).max_message_bytes);
}

std::uint64_t total_bytes(const Elements& elements) {
  std::uint64_t bytes = 0;
  for (const auto element : elements) bytes += element.size();
  return bytes;
}

BatchResult judge_elements(Elements& elements, std::uint64_t bytes_max) {
  BatchResult result(elements.size());
  for (std::size_t i = 0; i < elements.size(); ++i) {
    if (elements[i].size() <= bytes_max) continue;
    result.refuse(i, {ErrorCode::kBodyTooLarge,
                      "The element has " + std::to_string(elements[i].size()) + " bytes; a message may have " +
                          std::to_string(bytes_max) + ".",
                      {},
                      0});
  }
  std::erase_if(elements, [&](std::string_view element) { return element.size() > bytes_max; });
  return result;
}

broker::AppendRequest append_request(const Services& services, http::Exchange& exchange, const LoopScratch& scratch) {
  const auto& context = exchange.context<RequestContext>();
  return {.station = {context.principal.account(), context.station.view()},
          .if_missing = services.if_missing(),
          .headers = scratch.header_block,
          .payloads = scratch.elements};
}

http::Response refuse_partly(const Services& services, http::Exchange& exchange, const BatchResult& result) {
  const std::string members = result.members_json();
  return refuse(services, exchange, result.error(), {.allow = {}, .message_json = {}, .members_json = members});
}

// Some elements can not be stored: stores the others, or with `atomic` none.
Task<http::Response> produce_good_elements(Services& services, http::Exchange& exchange, bool atomic,
                                           std::uint64_t bytes_max) {
  LoopScratch& scratch = services.scratch_of(exchange.loop());
  BatchResult result = judge_elements(scratch.elements, bytes_max);
  if (atomic) result.refuse_rest();
  if (atomic || scratch.elements.empty()) co_return refuse_partly(services, exchange, result);
  const std::size_t count = scratch.elements.size();
  const std::uint64_t bytes = total_bytes(scratch.elements);
  const broker::AppendRequest append = append_request(services, exchange, scratch);
  auto appended = co_await services.broker.append(exchange.loop(), append);
  if (!appended) co_return refuse(services, exchange, appended.error());
  services.counters.produced_messages.add(count);
  services.counters.produced_bytes.add(bytes);
  result.stored_from(appended->first);
  co_return refuse_partly(services, exchange, result);
}

}  // namespace

Task<http::Response> produce_batch(Services& services, http::Exchange& exchange) {
  LoopScratch& scratch = services.scratch_of(exchange.loop());
  const auto atomic = read_batch(services, exchange.request(), scratch);
  if (!atomic) co_return refuse(services, exchange, atomic.error());
  const Elements& elements = scratch.elements;
  if (elements.empty()) co_return http::Response(services.stored);
  const std::uint64_t bytes_max = element_bytes_max(services, exchange);
  if (std::ranges::any_of(elements, [&](std::string_view element) { return element.size() > bytes_max; })) {
    auto partly = produce_good_elements(services, exchange, *atomic, bytes_max);
    co_return co_await std::move(partly);
  }
  const std::size_t count = elements.size();
  const std::uint64_t bytes = total_bytes(elements);
  const broker::AppendRequest append = append_request(services, exchange, scratch);
  auto appended = co_await services.broker.append(exchange.loop(), append);
  if (!appended) co_return refuse(services, exchange, appended.error());
  services.counters.produced_messages.add(count);
  services.counters.produced_bytes.add(bytes);
  co_return http::Response(services.stored);
}

}  // namespace propylon::api

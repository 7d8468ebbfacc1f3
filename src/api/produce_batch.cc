// POST /stations/{station}/produce/batch: each element of a JSON array is one message, byte for byte as written.
//
// The elements that can be stored are stored together, with one append. With ?atomic=true all of them are or none.
#include <algorithm>
#include <string>

#include "api/batch_judgement.h"
#include "api/content_type.h"
#include "api/endpoints.h"
#include "api/judge_beside.h"
#include "api/produce_precondition.h"
#include "api/schema_refusal.h"
#include "api/services.h"
#include "api/station_request.h"
#include "api/station_schema.h"
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
  // A line of it that is an array would be taken for a batch today and for one message some day.
  if (has_line_delimited_type(request.value(http::KnownField::kContentType))) {
    return fail(ErrorCode::kUnsupportedMediaType,
                "Lines of JSON are not read here: send one JSON array, as application/json.", "Content-Type");
  }
  if (looks_like_json(request.body()) || has_json_type_or_none(request.value(http::KnownField::kContentType))) {
    return {};
  }
  return fail(ErrorCode::kUnsupportedMediaType,
              "A batch is a JSON array: send it as application/json, as any +json type or without a type.",
              "Content-Type");
}

// Everything about the request but the single elements.
Result<bool> read_batch(const http::Request& request, Elements& elements) {
  PPL_CHECK(check_preconditions(request));
  PPL_CHECK(check_type(request));
  const bool atomic = PPL_TRY(read_atomic(request.query()));
  auto split = json::split_array(request.body(), elements, kLimits);
  if (!split && split.error().code != ErrorCode::kBodyTooLarge) {
    return fail(split.error().code, "A batch is one JSON array. " + split.error().message);
  }
  PPL_CHECK(std::move(split));
  return atomic;
}

std::uint64_t total_bytes(const Elements& elements) {
  std::uint64_t bytes = 0;
  for (const auto element : elements) bytes += element.size();
  return bytes;
}

// How large an element may be. The broker looks again: the station's limit may change meanwhile.
std::uint64_t element_bytes_max(const Services& services, const broker::ProduceRules& rules) {
  return std::min(services.options.message_bytes_max, rules.max_message_bytes);
}

// Nothing is held up and nothing allocated for it.
bool all_are_known_to_fit(Services& services, http::Exchange& exchange, const Elements& elements) {
  const auto& rules = produce_rules(services, exchange);
  const std::uint64_t bytes_max = element_bytes_max(services, rules);
  if (std::ranges::any_of(elements, [&](std::string_view element) { return element.size() > bytes_max; })) return false;
  const StationSchema schema = schema_of(services, exchange, rules);
  if (!schema.wanted) return true;
  return schema.at_hand() && total_bytes(elements) <= kJudgedOnLoopBytes &&
         std::ranges::all_of(elements, [&](std::string_view element) { return schema.accepts(element); });
}

// Stores the elements, and counts them.
Task<Result<broker::Appended>> store(Services& services, http::Exchange& exchange, const Elements& elements) {
  std::string& headers = services.scratch_of(exchange.loop()).header_block;
  if (auto written = services.message_headers.write(exchange.request(), headers); !written) {
    co_return std::unexpected(std::move(written).error());
  }
  const std::uint64_t bytes = total_bytes(elements);
  const std::size_t count = elements.size();
  const broker::AppendRequest append{
      .station = station_of(exchange), .if_missing = services.if_missing(), .headers = headers, .payloads = elements};
  auto appended = co_await services.broker.append(exchange.loop(), append);
  if (!appended) co_return appended;
  services.counters.produced_messages.add(count);
  services.counters.produced_bytes.add(bytes);
  co_return appended;
}

Task<void> keep_misfits(Services& services, http::Exchange& exchange, const Elements& elements,
                        const BatchJudgement& judgement) {
  std::vector<broker::RefusedMessage> refused;
  for (const std::size_t index : judgement.misfits) {
    const auto* refusal = judgement.result.refusal(index);
    refused.push_back({elements[index], refusal->error.message, refusal->violations_json});
  }
  if (!refused.empty()) co_await keep_refused(services, exchange, refused);
}

// Judges each element and stores the good ones, or with `atomic` none when one is refused.
Task<http::Response> store_what_fits(Services& services, http::Exchange& exchange, bool atomic) {
  exchange.keep();
  const auto held = co_await load_schema(services, exchange);
  if (!held) co_return refuse(services, exchange, held.error());
  Elements elements;
  (void)json::split_array(exchange.request().body(), elements, kLimits);  // as before: what came before moved
  const std::uint64_t bytes_max = element_bytes_max(services, produce_rules(services, exchange));
  auto judged = co_await judge_beside(services, exchange.loop(), total_bytes(elements), [&](schema::Scratch& scratch) {
    return judge_batch(elements, bytes_max, *held, scratch);
  });
  if (!judged) co_return refuse(services, exchange, judged.error());
  const bool any_refused = judged->result.any_refused();
  if (any_refused && atomic) judged->result.refuse_rest();
  if (!judged->good.empty() && !(any_refused && atomic)) {
    auto appended = co_await store(services, exchange, judged->good);
    if (!appended) co_return refuse(services, exchange, appended.error());
    judged->result.stored_from(appended->first);
  }
  if (!any_refused) co_return http::Response(services.stored);
  co_await keep_misfits(services, exchange, elements, *judged);
  const std::string members = judged->result.members_json();
  co_return refuse(services, exchange, judged->result.error(),
                   {.allow = {}, .message_json = {}, .members_json = members});
}

}  // namespace

Task<http::Response> produce_batch(Services& services, http::Exchange& exchange) {
  Elements& elements = services.scratch_of(exchange.loop()).elements;
  const auto atomic = read_batch(exchange.request(), elements);
  if (!atomic) co_return refuse(services, exchange, atomic.error());
  if (elements.empty()) co_return http::Response(services.stored);
  if (!all_are_known_to_fit(services, exchange, elements)) {
    auto partly = store_what_fits(services, exchange, *atomic);
    co_return co_await std::move(partly);
  }
  auto stored = store(services, exchange, elements);
  const auto appended = co_await std::move(stored);
  if (!appended) co_return refuse(services, exchange, appended.error());
  co_return http::Response(services.stored);
}

}  // namespace propylon::api

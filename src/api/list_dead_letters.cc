// GET /stations/{station}/dead-letters?limit=&after=: the messages that were refused and kept, the oldest first.
//
// An answer holds at most response_bytes_max of messages (one always fits), so it may be shorter than `limit`.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "api/admin_answer.h"
#include "api/dead_letter_json.h"
#include "api/endpoints.h"
#include "api/list_query.h"
#include "api/services.h"
#include "api/station_request.h"
#include "core/decimal.h"
#include "http/exchange.h"

namespace propylon::api {
namespace {

Result<broker::DeadLetterPageRequest> read(const Services& services, const http::Request& request) {
  const auto query = PPL_TRY(read_list_query(request.query()));
  broker::DeadLetterPageRequest page{
      .after = {}, .limit = query.limit, .max_bytes = services.options.response_bytes_max};
  if (query.after.empty()) return page;
  const auto after = decimal_from_one<std::uint64_t>(query.after);
  if (!after) return fail(ErrorCode::kInvalidRequest, "after must be what \"next\" of the list before was.", "after");
  page.after = Sequence{*after};
  return page;
}

Task<void> nothing_more() { co_return; }

}  // namespace

Task<http::Response> list_dead_letters(Services& services, http::Exchange& exchange) {
  const auto page = read(services, exchange.request());
  if (!page) co_return refuse(services, exchange, page.error());
  exchange.offer_encoding();
  const broker::StationRef ref = station_of(exchange);
  const auto letters = co_await services.broker.dead_letters(exchange.loop(), ref, *page);
  if (!letters) co_return refuse(services, exchange, letters.error());
  ListAnswer answer;
  for (const auto& letter : letters->items) write_dead_letter(answer.items(), answer.text(), letter);
  // As with consumed messages: without a total a few hundred clients that do not read would take all memory.
  auto held = std::make_unique<metrics::ByteBudget::Share>(services.unread_answers);
  if (!held->grow_to(std::min<std::uint64_t>(answer.text().size(), services.options.unread_answer_bytes_max))) {
    co_return refuse(services, exchange, unread_answers_are_full());
  }
  auto response = answer.finish(letters->more ? std::to_string(letters->items.back().id.value) : "");
  response.after_send([held = std::move(held)](http::SendOutcome) { return nothing_more(); });
  co_return response;
}

}  // namespace propylon::api

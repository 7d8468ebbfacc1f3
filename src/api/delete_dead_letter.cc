// DELETE /stations/{station}/dead-letters/{dead_letter}: takes one away.
#include "api/admin_answer.h"
#include "api/endpoints.h"
#include "api/preconditions.h"
#include "api/request_context.h"
#include "api/services.h"
#include "api/station_request.h"
#include "core/decimal.h"
#include "http/exchange.h"

namespace propylon::api {
namespace {

constexpr std::size_t kShownBytes = 40;

Error no_id(std::string_view name) {
  std::string shown(name.substr(0, kShownBytes));
  if (name.size() > kShownBytes) shown += "...";
  return {ErrorCode::kDeadLetterNotFound,
          "\"" + shown +
              "\" is no id of a dead letter: ids are numbers from 1 to 18446744073709551615, as the list of "
              "dead letters shows them.",
          "", 0};
}

}  // namespace

Task<http::Response> delete_dead_letter(Services& services, http::Exchange& exchange) {
  if (auto none = refuse_preconditions(exchange.request()); !none) co_return refuse(services, exchange, none.error());
  const std::string& name = exchange.context<RequestContext>().dead_letter;
  const broker::StationRef ref = station_of(exchange);
  // What is no number was never given out; whether the station exists is said first.
  const auto number = decimal_from_one<std::uint64_t>(name);
  const auto removed = co_await services.broker.remove_dead_letter(exchange.loop(), ref, Sequence{number.value_or(0)});
  if (!removed) {
    const bool is_none = !number && removed.error().code == ErrorCode::kDeadLetterNotFound;
    co_return refuse(services, exchange, is_none ? no_id(name) : removed.error());
  }
  log_station_change(services, exchange, "dead letter removed");
  co_return deleted_answer();
}

}  // namespace propylon::api

// POST /stations/{station}/purge: takes all its messages away, or with {"before_seq":n} those before that one.
#include <limits>
#include <optional>

#include "api/admin_body.h"
#include "api/endpoints.h"
#include "api/preconditions.h"
#include "api/services.h"
#include "api/station_request.h"
#include "http/exchange.h"

namespace propylon::api {
namespace {

Result<std::optional<Sequence>> read_before(const http::Request& request) {
  PPL_CHECK(refuse_preconditions(request));
  const auto body = PPL_TRY(AdminBody::read(request.body(), NullMeans::kAbsent, {"before_seq"}));
  const AdminFields::Range sequences{.min = 1, .max = std::numeric_limits<std::int64_t>::max()};
  const auto before = PPL_TRY(body.fields().number("before_seq", sequences, 1));
  if (!before) return std::optional<Sequence>();
  return std::optional(Sequence{*before});
}

}  // namespace

Task<http::Response> purge_station(Services& services, http::Exchange& exchange) {
  const auto before = read_before(exchange.request());
  if (!before) co_return refuse(services, exchange, before.error());
  const broker::StationRef ref = station_of(exchange);
  auto purged = co_await services.broker.purge(exchange.loop(), ref, *before);
  if (!purged) co_return refuse(services, exchange, purged.error());
  log_station_change(services, exchange, "station purged");
  co_return station_answer(services, 200, *purged);
}

}  // namespace propylon::api

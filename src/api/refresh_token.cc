// POST /auth/refreshToken: a refresh token against a new pair. An access token is neither needed nor looked at.
#include "api/auth_body.h"
#include "api/endpoints.h"
#include "api/services.h"
#include "auth/authenticator.h"
#include "http/exchange.h"

namespace propylon::api {

Task<http::Response> refresh_token(Services& services, http::Exchange& exchange) {
  const http::Request& request = exchange.request();
  const auto fields = read_auth_fields(request.value(http::KnownField::kContentType), request.body());
  if (!fields) co_return refuse(services, exchange, fields.error(), {.error_text = kUnreadableAuthBody});
  const auto pair = services.authenticator.refresh(fields->refresh_token, fields->lifetimes);
  co_return pair ? token_response(*pair) : refuse(services, exchange, pair.error());
}

}  // namespace propylon::api

// POST /auth/authenticate: a name and a password against a pair of tokens. With a refresh token and no name it
// refreshes: some clients (Debezium 2.7 to 3.2) renew here.
#include <optional>
#include <string>

#include "api/auth_body.h"
#include "api/endpoints.h"
#include "api/services.h"
#include "auth/authenticator.h"
#include "http/exchange.h"
#include "http/url.h"

namespace propylon::api {
namespace {

constexpr std::string_view kUsernameRequired = R"([{"field":"Username","reason":"required"}])";

// The account of `?accountId=2`; 0 when there is none. Two are refused: nobody can tell which is meant.
Result<AccountId> account_of_query(std::string_view query) {
  std::optional<std::string_view> found;
  http::QueryReader reader(query);
  while (const auto pair = reader.next()) {
    if (pair->name != "accountId") continue;
    if (found) return fail(ErrorCode::kInvalidRequest, "The query has several accountId; send one.", "accountId");
    found = pair->value;
  }
  if (!found || found->empty()) return AccountId{};
  return auth::parse_account(*found, "accountId");
}

Result<auth::LoginRequest> login_of(AuthFields fields, const http::Exchange& exchange) {
  const AccountId from_query = PPL_TRY(account_of_query(exchange.request().query()));
  auth::LoginRequest login;
  login.user = PPL_TRY(auth::resolve_user(fields.username, fields.account, from_query));
  login.password = PPL_TRY(password_of(fields));
  login.client_address = exchange.client_address();
  login.lifetimes = fields.lifetimes;
  return login;
}

http::Response refuse_without_name(Services& services, http::Exchange& exchange) {
  const Error error{ErrorCode::kInvalidRequest, "username is required", "username", 0};
  return refuse(services, exchange, error, {.allow = {}, .message_json = kUsernameRequired, .members_json = {}});
}

// Each refusal cost a password hash, so nobody can flood the log with these.
void log_refused_login(const Services& services, const http::Exchange& exchange, std::string_view user) {
  services.logger.warn(
      "login refused",
      {{"user", user}, {"client_address", exchange.client_address()}, {"request_id", exchange.request_id()}});
}

}  // namespace

Task<http::Response> authenticate(Services& services, http::Exchange& exchange) {
  const http::Request& request = exchange.request();
  auto fields = read_auth_fields(request.value(http::KnownField::kContentType), request.body());
  if (!fields) co_return refuse(services, exchange, fields.error(), {.error_text = kUnreadableAuthBody});
  if (fields->username.empty()) {
    if (fields->refresh_token.empty()) co_return refuse_without_name(services, exchange);
    const auto refreshed = services.authenticator.refresh(fields->refresh_token, fields->lifetimes);
    co_return refreshed ? token_response(*refreshed) : refuse(services, exchange, refreshed.error());
  }
  auto login = login_of(std::move(*fields), exchange);
  if (!login) co_return refuse(services, exchange, login.error());
  const std::string user = login->user.name;
  auto pair = co_await services.authenticator.authenticate(exchange.loop(), std::move(*login));
  if (!pair && pair.error().code == ErrorCode::kUnauthorized) log_refused_login(services, exchange, user);
  co_return pair ? token_response(*pair) : refuse(services, exchange, pair.error());
}

}  // namespace propylon::api

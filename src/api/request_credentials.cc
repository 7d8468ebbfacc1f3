#include "api/request_credentials.h"

#include "http/request.h"
#include "http/url.h"

namespace propylon::api {
namespace {

constexpr std::string_view kQueryName = "authorization";

Result<std::string_view> query_token(std::string_view query, std::string& scratch) {
  std::string_view token;
  bool found = false;
  http::QueryReader reader(query);
  while (const auto pair = reader.next()) {
    if (pair->name != kQueryName) continue;
    if (found) return fail(ErrorCode::kInvalidRequest, "The query holds more than one authorization.", "authorization");
    found = true;
    token = pair->value;
  }
  if (token.find('%') == std::string_view::npos) return token;
  auto decoded = http::percent_decode(token, http::PlusSign::kLiteral);
  if (!decoded) {
    return fail(ErrorCode::kInvalidRequest, "The query's authorization holds an escape that is none.", "authorization");
  }
  scratch = std::move(*decoded);
  return std::string_view(scratch);
}

}  // namespace

Result<auth::PresentedCredentials> find_credentials(const http::Request& request, std::string& scratch) {
  if (request.lines(http::KnownField::kAuthorization) > 1) {
    return fail(ErrorCode::kInvalidRequest, "The request has more than one Authorization field.", "Authorization");
  }
  auth::PresentedCredentials presented;
  presented.authorization = request.value(http::KnownField::kAuthorization);
  if (presented.authorization.empty() && !request.query().empty()) {
    presented.query_token = PPL_TRY(query_token(request.query(), scratch));
  }
  return presented;
}

}  // namespace propylon::api

#include "api/produce_precondition.h"

#include "http/request.h"

namespace propylon::api {

Result<void> check_preconditions(const http::Request& request) {
  if (!request.has(http::KnownField::kIfMatch)) return {};
  return fail(ErrorCode::kNotImplemented, "Conditional produce (If-Match) is not supported; nothing was stored.",
              "If-Match");
}

}  // namespace propylon::api

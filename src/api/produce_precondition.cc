#include "api/produce_precondition.h"

#include "http/request.h"

namespace propylon::api {

Result<void> check_preconditions(const http::Request& request) {
  if (request.has(http::KnownField::kIfMatch)) {
    return fail(ErrorCode::kNotImplemented, "Conditional produce (If-Match) is not supported; nothing was stored.",
                "If-Match");
  }
  if (request.has(http::KnownField::kIdempotencyKey)) {
    return fail(
        ErrorCode::kNotImplemented,
        "Idempotent produce (Idempotency-Key) is not supported; nothing was stored. Send it without the key when "
        "a double is harmless.",
        "Idempotency-Key");
  }
  return {};
}

}  // namespace propylon::api

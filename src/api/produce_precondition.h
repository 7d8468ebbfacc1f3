// What a produce request may ask for that this server does not do yet.
#pragma once
#include "core/result.h"

namespace propylon::http {
class Request;
}

namespace propylon::api {

// Errors: kNotImplemented for If-Match and Idempotency-Key: storing without looking at the condition, or a second time
// what the client believes to be stored once, would be worse than a refusal.
Result<void> check_preconditions(const http::Request& request);

}  // namespace propylon::api

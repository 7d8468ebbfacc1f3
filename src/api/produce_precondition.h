// What a produce request may ask for that this server does not do yet.
#pragma once
#include "core/result.h"

namespace propylon::http {
class Request;
}

namespace propylon::api {

// Errors: kNotImplemented for If-Match: storing without looking at the condition would be worse than a refusal.
Result<void> check_preconditions(const http::Request& request);

}  // namespace propylon::api

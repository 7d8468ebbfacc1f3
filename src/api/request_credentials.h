// Finds the credentials that a request carries.
#pragma once
#include <string>

#include "auth/credentials.h"
#include "core/result.h"

namespace propylon::http {
class Request;
}

namespace propylon::api {

// The Authorization field, else `?authorization=<token>`; an empty one counts as absent. Views into the request, or
// into `scratch` when the token in the query had escapes.
// Errors: kInvalidRequest for more than one Authorization field, more than one token in the query (looked at only
// without the field), or an escape in it that is none.
Result<auth::PresentedCredentials> find_credentials(const http::Request& request, std::string& scratch);

}  // namespace propylon::api

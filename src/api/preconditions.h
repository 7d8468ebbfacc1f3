// If-Match and If-None-Match of a request that changes a document.
#pragma once
#include "catalog/precondition.h"
#include "core/result.h"

namespace propylon::http {
class Request;
}

namespace propylon::api {

// `If-Match: "17"` (the document's revision, as in its ETag), `If-Match: *` (it exists), `If-None-Match: *` (it does
// not). Stricter than RFC 9110, section 13: a condition that is not one of these three could only be guessed at, and a
// change made on a guess is what the sender wanted to prevent.
// Errors: kInvalidRequest naming the field, for anything else in them and for more than one line of either.
Result<catalog::Precondition> read_preconditions(const http::Request& request);

// For acts that know no conditions: doing them without looking at one would be worse than a refusal.
// Errors: kNotImplemented naming the field.
Result<void> refuse_preconditions(const http::Request& request);

}  // namespace propylon::api

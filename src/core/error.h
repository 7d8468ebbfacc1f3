// What can go wrong, as values: a code that programs branch on and a sentence for the person who has to act.
//
// A code never changes its meaning and is never used again for another one: clients branch on its name
// (docs/errors.md). What a stranger on the network sees of an Error is decided in api/error_response.cc alone.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace propylon {

// One value per way of failing that a caller can tell apart. HTTP status, title and whether a retry helps are in
// api/error_catalogue.cc, which has a row for each (the compiler checks that none is missing).
enum class ErrorCode : std::uint8_t {
  // The request itself.
  kMalformedHttp,         // bytes that are no HTTP/1.x request, or one that could be read in two ways
  kInvalidRequest,        // a field is missing, has the wrong type or is out of range
  kInvalidJson,           // the body had to be JSON and is not
  kInvalidName,           // a station, consumer, group or user name breaks the name rules
  kInvalidEncoding,       // the body does not decode as its Content-Encoding says
  kBatchPartlyRefused,    // some elements of a batch were stored, others not
  kSchemaViolation,       // the message does not fit the station's schema
  kInvalidSchema,         // a schema's definition does not compile
  kUnauthorized,          // no, bad or expired credentials
  kForbidden,             // good credentials that may not do this
  kRouteNotFound,         // no such path
  kStationNotFound,       // no such station, and it may not be created here
  kGroupNotFound,         // the station has no such consumer group
  kDeadLetterNotFound,    // the station keeps no such dead letter
  kUserNotFound,          // no such user
  kSchemaNotFound,        // no such schema, or no such version of it
  kMethodNotAllowed,      // the path exists, the method does not
  kRequestTimeout,        // the request did not arrive in time
  kConflict,              // it does not go together with how things are
  kPreconditionFailed,    // If-Match or If-None-Match: somebody else changed or made it first
  kBodyTooLarge,          // the body, as sent or decoded, is above the limit
  kTargetTooLong,         // the request target is above the limit
  kUnsupportedMediaType,  // the content type has no meaning here
  kUnsupportedEncoding,   // the content coding is not one that is decoded here
  kExpectationFailed,     // an Expect other than 100-continue
  kTooManyAttempts,       // failed logins of one user from one address
  kHeadTooLarge,          // request line and fields together, or their number
  kHttpVersion,           // neither HTTP/1.0 nor HTTP/1.1
  // Ourselves.
  kInternal,          // our own fault
  kCorruptRecord,     // a stored record fails its checksum; nothing is skipped silently
  kNotImplemented,    // this backend cannot do it
  kOverloaded,        // a queue, a total or a limit is full; nothing was done
  kShuttingDown,      // the server is stopping; nothing was done
  kStoreUnavailable,  // the store takes no writes after a failure; nothing was written
  kOutcomeUnknown,    // it was written, but the disk did not confirm it or it could not be taken back: it may be there
  kStorageFull,       // no space left for messages; nothing was written
  // Start-up and files; never seen over HTTP.
  kInvalidConfig,  // unknown key, bad value
  kBusy,           // the port or the data directory belongs to another process
  kIo,             // the operating system refused a file or socket operation
  kDamaged,        // a file of the store is damaged where it must not be
};

// A failure: code, a sentence, and the field or thing at fault when one can be named.
struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;  // a full sentence for the operator or the client's developer; never contains a secret
  std::string field;    // the JSON field, header or key at fault; empty when there is none
  std::uint32_t retry_after_s = 0;  // when to try again, where that is known (kTooManyAttempts); else 0
};

// The stable name of a code as clients see it, for example "invalid_name".
std::string_view to_string(ErrorCode code);

}  // namespace propylon

#include "api/error_catalogue.h"

#include <algorithm>

namespace propylon::api {
namespace {

// The request is at fault: sending it again unchanged does not help, and it changed nothing.
constexpr CatalogueEntry client_fault(std::uint16_t status, std::string_view title) {
  return {status, title, false, true, 0, {}};
}
// A passing state of ours: nothing was done, and the same request may succeed later.
constexpr CatalogueEntry try_later(std::uint16_t status, std::string_view title, std::uint32_t retry_after_s,
                                   std::string_view public_text = {}) {
  return {status, title, true, true, retry_after_s, public_text};
}
constexpr CatalogueEntry own_fault() {
  return {500,  "Internal error",
          true, false,
          0,    "The server failed to serve this request. Its log says why, under the request id of this answer."};
}
constexpr CatalogueEntry outcome_unknown() {
  return {503,
          "Outcome unknown",
          true,
          false,
          30,
          "The disk did not confirm the write: the message or change may be there, as a whole, or not at all. "
          "Repeat it only where a double is harmless; otherwise look first."};
}

}  // namespace

CatalogueEntry catalogue_entry(ErrorCode code) {
  switch (code) {
    case ErrorCode::kMalformedHttp: return client_fault(400, "Malformed HTTP");
    case ErrorCode::kInvalidRequest: return client_fault(400, "Invalid request");
    case ErrorCode::kInvalidJson: return client_fault(400, "Invalid JSON");
    case ErrorCode::kInvalidName: return client_fault(400, "Invalid name");
    case ErrorCode::kInvalidEncoding: return client_fault(400, "Body does not decode");
    case ErrorCode::kBatchPartlyRefused: return {400, "Elements of the batch were refused", false, false, 0, {}};
    case ErrorCode::kSchemaViolation: return client_fault(400, "Schema violation");
    case ErrorCode::kInvalidSchema: return client_fault(400, "Schema does not compile");
    case ErrorCode::kUnauthorized: return client_fault(401, "Unauthorized");
    case ErrorCode::kForbidden: return client_fault(403, "Forbidden");
    case ErrorCode::kRouteNotFound: return client_fault(404, "No such path");
    case ErrorCode::kStationNotFound: return client_fault(404, "No such station");
    case ErrorCode::kGroupNotFound: return client_fault(404, "No such consumer group");
    case ErrorCode::kDeadLetterNotFound: return client_fault(404, "No such dead letter");
    case ErrorCode::kUserNotFound: return client_fault(404, "No such user");
    case ErrorCode::kSchemaNotFound: return client_fault(404, "No such schema");
    case ErrorCode::kMethodNotAllowed: return client_fault(405, "Method not allowed");
    case ErrorCode::kRequestTimeout: return {408, "Request timeout", true, true, 0, {}};
    case ErrorCode::kConflict: return client_fault(409, "Conflict");
    case ErrorCode::kPreconditionFailed: return client_fault(412, "Precondition failed");
    case ErrorCode::kBodyTooLarge: return client_fault(413, "Body too large");
    case ErrorCode::kTargetTooLong: return client_fault(414, "Request target too long");
    case ErrorCode::kUnsupportedMediaType: return client_fault(415, "Unsupported content type");
    case ErrorCode::kUnsupportedEncoding: return client_fault(415, "Unsupported content coding");
    case ErrorCode::kExpectationFailed: return client_fault(417, "Expectation failed");
    case ErrorCode::kTooManyAttempts: return try_later(429, "Too many attempts", 30);
    case ErrorCode::kHeadTooLarge: return client_fault(431, "Request head too large");
    case ErrorCode::kHttpVersion: return client_fault(505, "HTTP version not supported");
    case ErrorCode::kInternal: return own_fault();
    case ErrorCode::kCorruptRecord:
      // Its text names station and sequence, which the operator needs, and no file.
      return {500, "Stored record is damaged", false, true, 0, {}};
    case ErrorCode::kNotImplemented: return client_fault(501, "Not implemented");
    case ErrorCode::kOverloaded: return try_later(503, "Overloaded", 1);
    case ErrorCode::kShuttingDown: return try_later(503, "Shutting down", 2);
    case ErrorCode::kStoreUnavailable:
      return try_later(503, "Store unavailable", 30, "The store takes no messages at the moment; nothing was stored.");
    case ErrorCode::kOutcomeUnknown: return outcome_unknown();
    case ErrorCode::kStorageFull:
      return try_later(507, "Storage full", 60, "There is no space left for messages; nothing was stored.");
    case ErrorCode::kInvalidConfig: return own_fault();
    case ErrorCode::kBusy: return own_fault();
    case ErrorCode::kIo: return own_fault();
    case ErrorCode::kDamaged: return own_fault();
  }
  return own_fault();
}

ErrorCode answered_code(ErrorCode code) {
  return std::ranges::find(kAnswerableCodes, code) != kAnswerableCodes.end() ? code : ErrorCode::kInternal;
}

}  // namespace propylon::api

#include "core/error.h"

namespace propylon {

std::string_view to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::kMalformedHttp: return "malformed_http";
    case ErrorCode::kInvalidRequest: return "invalid_request";
    case ErrorCode::kInvalidJson: return "invalid_json";
    case ErrorCode::kInvalidName: return "invalid_name";
    case ErrorCode::kInvalidEncoding: return "invalid_encoding";
    case ErrorCode::kBatchPartlyRefused: return "batch_partly_refused";
    case ErrorCode::kSchemaViolation: return "schema_violation";
    case ErrorCode::kInvalidSchema: return "invalid_schema";
    case ErrorCode::kUnauthorized: return "unauthorized";
    case ErrorCode::kForbidden: return "forbidden";
    case ErrorCode::kRouteNotFound: return "route_not_found";
    case ErrorCode::kStationNotFound: return "station_not_found";
    case ErrorCode::kGroupNotFound: return "group_not_found";
    case ErrorCode::kDeadLetterNotFound: return "dead_letter_not_found";
    case ErrorCode::kUserNotFound: return "user_not_found";
    case ErrorCode::kSchemaNotFound: return "schema_not_found";
    case ErrorCode::kMethodNotAllowed: return "method_not_allowed";
    case ErrorCode::kRequestTimeout: return "request_timeout";
    case ErrorCode::kConflict: return "conflict";
    case ErrorCode::kPreconditionFailed: return "precondition_failed";
    case ErrorCode::kBodyTooLarge: return "body_too_large";
    case ErrorCode::kTargetTooLong: return "target_too_long";
    case ErrorCode::kUnsupportedMediaType: return "unsupported_media_type";
    case ErrorCode::kUnsupportedEncoding: return "unsupported_encoding";
    case ErrorCode::kExpectationFailed: return "expectation_failed";
    case ErrorCode::kTooManyAttempts: return "too_many_attempts";
    case ErrorCode::kHeadTooLarge: return "head_too_large";
    case ErrorCode::kHttpVersion: return "http_version";
    case ErrorCode::kInternal: return "internal";
    case ErrorCode::kCorruptRecord: return "corrupt_record";
    case ErrorCode::kNotImplemented: return "not_implemented";
    case ErrorCode::kOverloaded: return "overloaded";
    case ErrorCode::kShuttingDown: return "shutting_down";
    case ErrorCode::kStoreUnavailable: return "store_unavailable";
    case ErrorCode::kOutcomeUnknown: return "outcome_unknown";
    case ErrorCode::kStorageFull: return "storage_full";
    case ErrorCode::kInvalidConfig: return "invalid_config";
    case ErrorCode::kBusy: return "busy";
    case ErrorCode::kIo: return "io";
    case ErrorCode::kDamaged: return "damaged";
  }
  return "internal";
}

}  // namespace propylon

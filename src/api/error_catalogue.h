// What each ErrorCode means to a client: the one table behind every error answer and docs/errors.md.
#pragma once
#include <array>
#include <cstdint>
#include <string_view>

#include "core/error.h"

namespace propylon::api {

struct CatalogueEntry {
  std::uint16_t status;
  std::string_view title;  // the same for every error of this code
  bool retryable;          // whether the same request may succeed later
  bool nothing_written;    // whether it is certain that the request changed nothing
  // 0: no Retry-After. Otherwise sent when the error does not say better.
  std::uint32_t retry_after_s;
  // Not empty: a stranger reads this instead of the error's own text, which may name files or other internals and
  // is logged instead.
  std::string_view public_text;
};

CatalogueEntry catalogue_entry(ErrorCode code);

// Every code that an HTTP answer can carry, in the order of the enumeration. Codes of the start-up are none of them;
// should one get here nevertheless, it is answered like kInternal.
inline constexpr std::array kAnswerableCodes = {
    ErrorCode::kMalformedHttp,
    ErrorCode::kInvalidRequest,
    ErrorCode::kInvalidJson,
    ErrorCode::kInvalidName,
    ErrorCode::kInvalidEncoding,
    ErrorCode::kBatchPartlyRefused,
    ErrorCode::kSchemaViolation,
    ErrorCode::kInvalidSchema,
    ErrorCode::kUnauthorized,
    ErrorCode::kForbidden,
    ErrorCode::kRouteNotFound,
    ErrorCode::kStationNotFound,
    ErrorCode::kGroupNotFound,
    ErrorCode::kDeadLetterNotFound,
    ErrorCode::kUserNotFound,
    ErrorCode::kSchemaNotFound,
    ErrorCode::kMethodNotAllowed,
    ErrorCode::kRequestTimeout,
    ErrorCode::kConflict,
    ErrorCode::kPreconditionFailed,
    ErrorCode::kBodyTooLarge,
    ErrorCode::kTargetTooLong,
    ErrorCode::kUnsupportedMediaType,
    ErrorCode::kUnsupportedEncoding,
    ErrorCode::kExpectationFailed,
    ErrorCode::kTooManyAttempts,
    ErrorCode::kHeadTooLarge,
    ErrorCode::kHttpVersion,
    ErrorCode::kInternal,
    ErrorCode::kCorruptRecord,
    ErrorCode::kNotImplemented,
    ErrorCode::kOverloaded,
    ErrorCode::kShuttingDown,
    ErrorCode::kStoreUnavailable,
    ErrorCode::kOutcomeUnknown,
    ErrorCode::kStorageFull,
};

// The code that a client reads: kInternal in the place of those that are not answerable.
ErrorCode answered_code(ErrorCode code);

}  // namespace propylon::api

// Why bytes from the network are refused, as a code and a constant text: nothing is allocated to refuse.
#pragma once
#include <string>

#include "core/error.h"

namespace propylon::http {

struct Refusal {
  ErrorCode code = ErrorCode::kMalformedHttp;
  const char* text = nullptr;  // a full sentence; null: not refused

  explicit operator bool() const { return text != nullptr; }
  Error error() const { return Error{code, text, {}}; }
};

}  // namespace propylon::http

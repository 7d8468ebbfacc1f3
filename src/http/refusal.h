// Why bytes from the network are refused, as a code, a constant text and a limit: nothing is allocated to refuse.
#pragma once
#include <cstdint>
#include <string>

#include "core/error.h"

namespace propylon::http {

struct Refusal {
  ErrorCode code = ErrorCode::kMalformedHttp;
  const char* text = nullptr;  // a full sentence; null: not refused
  std::uint64_t limit = 0;     // what was exceeded, in the unit of the sentence; 0: nothing was

  explicit operator bool() const { return text != nullptr; }
  Error error() const {
    std::string message = text;
    if (limit != 0) message += " The limit is " + std::to_string(limit) + ".";
    return Error{code, std::move(message), {}};
  }
};

}  // namespace propylon::http

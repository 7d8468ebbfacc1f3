// Why bytes from the network are refused, as a code, a constant text and a limit: nothing is allocated to refuse.
#pragma once
#include <cstdint>
#include <string>

#include "core/error.h"

namespace propylon::http {

struct Refusal {
  ErrorCode code = ErrorCode::kMalformedHttp;
  std::uint32_t limit = 0;     // what was exceeded, in the unit of the sentence; 0: nothing was
  const char* text = nullptr;  // a full sentence; null: not refused

  constexpr Refusal() = default;
  // No limit of a request is larger than 32 bits hold.
  constexpr Refusal(ErrorCode why, const char* sentence, std::uint64_t exceeded = 0)
      : code(why), limit(static_cast<std::uint32_t>(exceeded)), text(sentence) {}

  explicit operator bool() const { return text != nullptr; }
  Error error() const {
    std::string message = text;
    if (limit != 0) message += " The limit is " + std::to_string(limit) + ".";
    return Error{code, std::move(message), {}};
  }
};

// The parser returns one for each line of a head: in two registers.
static_assert(sizeof(Refusal) == 16);

}  // namespace propylon::http

// The names of the fields that are found while parsing.
#pragma once
#include <array>
#include <string_view>

#include "http/request.h"

namespace propylon::http {

// In canonical form, by KnownField.
inline constexpr std::array<std::string_view, kKnownFields> kKnownFieldNames{
    "Accept",
    "Access-Control-Request-Headers",
    "Access-Control-Request-Method",
    "Authorization",
    "Connection",
    "Content-Encoding",
    "Content-Length",
    "Content-Type",
    "Expect",
    "Host",
    "Idempotency-Key",
    "If-Match",
    "If-None-Match",
    "Origin",
    "Sec-Fetch-Mode",
    "Transfer-Encoding",
    "X-Request-Id",
};

constexpr std::string_view name_of(KnownField field) { return kKnownFieldNames[static_cast<std::size_t>(field)]; }

// Which of them a name is, in any letter case. `name` is made of token characters.
KnownField find_known_field(std::string_view name);

}  // namespace propylon::http

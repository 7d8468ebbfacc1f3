// What stations, consumers, groups, schemas and users may be called.
//
// Source of the rules and of the four texts: the reference broker, whose clients know them. Stations, consumers,
// groups and schemas: lower-cased, 1..128 of a-z 0-9 _ . -, first and last a letter or digit. Users: 1..128 of
// letters, digits, _ . - @, kept as written.
#pragma once
#include <string>
#include <string_view>

#include "core/result.h"

namespace propylon {

inline constexpr std::size_t kNameBytesMax = 128;

enum class NameKind { kStation, kConsumer, kGroup, kSchema };

// The name in the form in which it is stored and compared. Errors: kInvalidName with one of the four texts.
Result<std::string> normalize_name(NameKind kind, std::string_view name);

// Errors: kInvalidName. The name is compared as written.
Result<void> check_user_name(std::string_view name);

}  // namespace propylon

#include "core/name_rules.h"

#include <algorithm>

namespace propylon {
namespace {

constexpr bool is_alphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
constexpr bool is_name_character(char c) { return is_alphanumeric(c) || c == '_' || c == '.' || c == '-'; }
constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

std::string label(NameKind kind) {
  switch (kind) {
    case NameKind::kStation: return "Station";
    case NameKind::kConsumer: return "Consumer";
    case NameKind::kGroup: return "Consumer";  // as the reference words it
    case NameKind::kSchema: return "Schema";
  }
  return "";
}

}  // namespace

Result<std::string> normalize_name(NameKind kind, std::string_view name) {
  if (name.empty()) return fail(ErrorCode::kInvalidName, label(kind) + " name can not be empty");
  if (name.size() > kNameBytesMax) {
    return fail(ErrorCode::kInvalidName, label(kind) + " should be under 128 characters");
  }
  std::string normal(name);
  std::ranges::transform(normal, normal.begin(), lower);
  if (!std::ranges::all_of(normal, is_name_character)) {
    return fail(ErrorCode::kInvalidName,
                "Only alphanumeric and the '_', '-', '.' characters are allowed in " + label(kind));
  }
  if (!is_alphanumeric(normal.front()) || !is_alphanumeric(normal.back())) {
    return fail(ErrorCode::kInvalidName, label(kind) + " name can not start or end with non alphanumeric character");
  }
  return normal;
}

Result<void> check_user_name(std::string_view name) {
  if (name.empty()) return fail(ErrorCode::kInvalidName, "User name can not be empty");
  if (name.size() > kNameBytesMax) return fail(ErrorCode::kInvalidName, "User name should be under 128 characters");
  const auto allowed = [](char c) { return is_name_character(lower(c)) || c == '@'; };
  if (!std::ranges::all_of(name, allowed)) {
    return fail(ErrorCode::kInvalidName,
                "Only letters, digits and the '_', '-', '.', '@' characters are allowed in a user name");
  }
  return {};
}

}  // namespace propylon

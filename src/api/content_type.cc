#include "api/content_type.h"

#include "core/ascii.h"
#include "json/scanner.h"

namespace propylon::api {
namespace {

// Without parameters and blanks.
std::string_view media_type(std::string_view content_type) {
  return trim_blanks(content_type.substr(0, content_type.find(';')));
}

}  // namespace

bool looks_like_json(ByteView body) {
  json::Scanner scanner(body, 0);
  scanner.skip_byte_order_mark();
  scanner.skip_blanks();
  return scanner.take('{') || scanner.take('[');
}

bool has_json_type_or_none(std::string_view content_type) {
  constexpr std::string_view kSuffix = "+json";
  const std::string_view type = media_type(content_type);
  return type.empty() || equals_lower(type, "application/json") ||
         (type.size() > kSuffix.size() && equals_lower(type.substr(type.size() - kSuffix.size()), kSuffix));
}

bool has_line_delimited_type(std::string_view content_type) {
  const std::string_view type = media_type(content_type);
  return equals_lower(type, "application/x-ndjson") || equals_lower(type, "application/ndjson") ||
         equals_lower(type, "application/jsonl");
}

bool has_form_type(std::string_view content_type) {
  return equals_lower(media_type(content_type), "application/x-www-form-urlencoded");
}

}  // namespace propylon::api

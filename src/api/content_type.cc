#include "api/content_type.h"

#include <string_view>

#include "http/characters.h"
#include "http/request.h"

namespace propylon::api {
namespace {

// Without parameters and blanks.
std::string_view media_type(const http::Request& request) {
  const std::string_view value = request.value(http::KnownField::kContentType);
  return http::trim_blanks(value.substr(0, value.find(';')));
}

}  // namespace

bool looks_like_json(const http::Request& request) {
  const auto start = request.body().find_first_not_of(" \t\r\n");
  return start != ByteView::npos && (request.body()[start] == '{' || request.body()[start] == '[');
}

bool has_json_type_or_none(const http::Request& request) {
  constexpr std::string_view kSuffix = "+json";
  const std::string_view type = media_type(request);
  return type.empty() || http::equals_lower(type, "application/json") ||
         (type.size() > kSuffix.size() && http::equals_lower(type.substr(type.size() - kSuffix.size()), kSuffix));
}

bool has_form_type(const http::Request& request) {
  return http::equals_lower(media_type(request), "application/x-www-form-urlencoded");
}

}  // namespace propylon::api

#include "http/cors.h"

#include <algorithm>

#include "http/characters.h"

namespace propylon::http {
namespace {

constexpr std::string_view kExposed =
    "Access-Control-Expose-Headers: X-Request-Id, Retry-After, Idempotent-Replayed, WWW-Authenticate, Allow, ETag\r\n";
constexpr std::string_view kMethods = "Access-Control-Allow-Methods: GET, HEAD, POST, PUT, PATCH, DELETE\r\n";
constexpr std::string_view kPreflightVary =
    "Vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers\r\n";

// What is echoed must be a list of field names: nothing else of the client's goes into our head.
bool is_name_list(std::string_view list) {
  bool good = true;
  for_each_element(list, [&good](std::string_view name) { good &= is_token(name); });
  return good;
}

void append_origin(std::string& out, std::string_view origin) {
  if (!origin.empty()) out.append("Access-Control-Allow-Origin: ").append(origin).append("\r\n");
}

bool is_lower_or_digit(char c) { return is_digit(c) || (c >= 'a' && c <= 'z'); }

}  // namespace

bool is_origin(std::string_view text) {
  if (text == "null") return true;
  constexpr std::string_view kBehindScheme = "://";
  const std::size_t colon = text.find(kBehindScheme);
  if (colon == 0 || colon == std::string_view::npos) return false;
  const std::string_view scheme = text.substr(0, colon);
  const std::string_view host = text.substr(colon + kBehindScheme.size());
  const auto only = [](std::string_view part, std::string_view others) {
    return std::ranges::all_of(part, [others](char c) { return is_lower_or_digit(c) || others.contains(c); });
  };
  return !host.empty() && only(scheme, "+-.") && only(host, ".-_:[]");
}

CorsPolicy::CorsPolicy(const Options& options) : origins_(options.cors_origins) {
  any_origin_ = std::ranges::find(origins_, "*") != origins_.end();
  for (const auto& name : options.cors_headers) {
    if (!allowed_headers_.empty()) allowed_headers_ += ", ";
    allowed_headers_ += name;
  }
  max_age_ = std::to_string(options.cors_max_age_s);
}

std::string_view CorsPolicy::allowed_origin(const Request& request) const {
  if (any_origin_ || !request.has(KnownField::kOrigin)) return allowed_origin();
  const auto origin = std::ranges::find(origins_, request.value(KnownField::kOrigin));
  return origin == origins_.end() ? std::string_view() : std::string_view(*origin);
}

void CorsPolicy::append_answer(std::string& out, std::string_view allowed_origin, std::string_view vary) const {
  append_origin(out, allowed_origin);
  out.append(kExposed).append("Vary: Origin").append(vary).append("\r\n");
}

void CorsPolicy::append_preflight(std::string& out, const Request& request) const {
  append_origin(out, allowed_origin(request));
  out.append(kMethods).append(kPreflightVary);
  const std::string_view asked = request.value(KnownField::kAccessControlRequestHeaders);
  const std::string_view allowed =
      !allowed_headers_.empty() ? std::string_view(allowed_headers_) : (is_name_list(asked) ? asked : "");
  if (!allowed.empty()) out.append("Access-Control-Allow-Headers: ").append(allowed).append("\r\n");
  out.append("Access-Control-Max-Age: ").append(max_age_).append("\r\n");
}

}  // namespace propylon::http

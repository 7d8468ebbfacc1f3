// Any bytes as a path and as a query: what the router gives out has no slash, no dot segment and no control character.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "http/characters.h"
#include "http/request_target.h"
#include "http/router.h"
#include "http/url.h"

namespace {

using namespace propylon::http;

void check(bool condition) {
  if (!condition) std::abort();
}

void check_route(const Router& router, std::string_view path) {
  std::string scratch;
  const auto match = router.match(Method::kGet, path, scratch);
  if (!match || match->kind != RouteMatch::Kind::kFound) return;
  for (const auto capture : match->captures) {
    check(capture.find('/') == std::string_view::npos && capture != "." && capture != "..");
    check(find_control(capture, 0) == capture.size());
  }
  // The same path again, but with every byte of it escaped where that is allowed, finds the same.
  std::string escaped;
  for (const char c : scratch.empty() ? path : std::string_view(scratch)) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    const auto byte = static_cast<unsigned char>(c);
    if (c == '/') {
      escaped += c;
    } else {
      escaped.append("%").append(1, kDigits[byte >> 4]).append(1, kDigits[byte & 15]);
    }
  }
  std::string other_scratch;
  const auto again = router.match(Method::kGet, escaped, other_scratch);
  check(again && again->kind == match->kind && again->route == match->route && again->captures == match->captures);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static constexpr RoutePattern kPatterns[] = {
      {Method::kGet, "/"}, {Method::kGet, "/a"}, {Method::kGet, "/a/{b}"}, {Method::kGet, "/{a}/b/{c}"}};
  static const Router kRouter(kPatterns);
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  TargetParts parts;
  if (!split_target(Method::kOptions, text, parts)) {
    check_route(kRouter, parts.path.empty() ? "/" : parts.path);
    QueryReader reader(parts.query);
    while (const auto pair = reader.next()) {
      check(pair->name.find('&') == std::string_view::npos && pair->value.find('&') == std::string_view::npos);
      (void)percent_decode(pair->value, PlusSign::kBlank);
    }
  }
  (void)is_valid_host(text);
  return 0;
}

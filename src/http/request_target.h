// The forms that a request target and a Host may have (RFC 9112 sections 3.2 and 7.2 of RFC 9110).
#pragma once
#include <string_view>

#include "http/refusal.h"
#include "http/request.h"

namespace propylon::http {

// A target taken apart; views into it. An empty path stands for "/".
struct TargetParts {
  std::string_view path;
  std::string_view query;
};

// Accepts the origin form "/path?query", the absolute form "http://authority/path?query" (whose authority must be a
// good one and is not looked at further: this server has one name space), and "*" for OPTIONS. Any visible ASCII
// may stand in it but "#"; what the escapes say is the router's question.
// Refusals: kMalformedHttp.
Refusal split_target(Method method, std::string_view target, TargetParts& parts);

// A host with an optional port; an empty one is allowed (RFC 9112 section 3.2). User information is not.
bool is_valid_host(std::string_view host);

}  // namespace propylon::http

// What a page in a browser may do here, as header lines (Fetch standard, section 3.2).
//
// Every answer carries these lines, errors included, or a page could not read why it failed. Credentials in the
// browser's sense (cookies) are never allowed: tokens travel in Authorization. Immutable. Thread: any.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "http/options.h"
#include "http/request.h"

namespace propylon::http {

// Whether a browser may send this as the origin of a page (RFC 6454, section 6.1): scheme, host and perhaps a port, in
// lower case, with nothing behind them, as https://shop.example:8443; or null. Others would never match.
bool is_origin(std::string_view text);

class CorsPolicy final {
 public:
  explicit CorsPolicy(const Options& options);

  // What Access-Control-Allow-Origin says to this request: "*", the request's origin, or "" (no such line). Lives
  // as long as the policy.
  std::string_view allowed_origin(const Request& request) const;
  // The same for a request whose head could not be read.
  std::string_view allowed_origin() const { return any_origin_ ? "*" : ""; }

  // The lines of an ordinary answer; `vary` is Response::vary().
  void append_answer(std::string& out, std::string_view allowed_origin, std::string_view vary) const;
  // The lines of the answer to OPTIONS.
  void append_preflight(std::string& out, const Request& request) const;

 private:
  bool any_origin_ = false;
  std::vector<std::string> origins_;
  std::string allowed_headers_;  // empty: what the browser asks for
  std::string max_age_;
};

}  // namespace propylon::http

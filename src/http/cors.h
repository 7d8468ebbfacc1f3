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

class CorsPolicy final {
 public:
  explicit CorsPolicy(const Options& options);

  // The lines of an ordinary answer. `request` is null when no head could be read; `vary` is Response::vary().
  void append_answer(std::string& out, const Request* request, std::string_view vary) const;
  // The lines of the answer to OPTIONS.
  void append_preflight(std::string& out, const Request& request) const;

 private:
  void append_origin(std::string& out, const Request* request) const;

  bool any_origin_ = false;
  std::vector<std::string> origins_;
  std::string allowed_headers_;  // empty: what the browser asks for
  std::string max_age_;
};

}  // namespace propylon::http

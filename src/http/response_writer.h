// Writes the head of an answer as it goes over the wire.
//
// Thread: one I/O loop.
#pragma once
#include <chrono>
#include <string>
#include <string_view>

#include "core/clock.h"
#include "http/cors.h"
#include "http/request.h"
#include "http/response.h"

namespace propylon::http {

enum class AfterAnswer {
  kKeepOpen,
  kSayKeepOpen,  // to a client of HTTP/1.0 that asked for it
  kClose,
};

class ResponseWriter final {
 public:
  // `cors` and `clock` outlive the writer.
  ResponseWriter(const CorsPolicy& cors, const Clock& clock) : cors_(cors), clock_(clock) {}

  // Appends status line, fields and the empty line; the body is the caller's to send. `allowed_origin` is what the
  // policy said about the request. `now` decides when the Date is made anew.
  void append_head(std::string& out, const Response& response, std::string_view allowed_origin,
                   std::string_view request_id, AfterAnswer after, SteadyTime now);
  // The whole answer to OPTIONS.
  void append_preflight(std::string& out, const Request& request, std::string_view request_id, AfterAnswer after,
                        SteadyTime now);

 private:
  void renew(SteadyTime now);
  static void append_end(std::string& out, std::string_view request_id, AfterAnswer after);

  const CorsPolicy& cors_;
  const Clock& clock_;
  std::string date_;   // the Date line
  std::string usual_;  // what stands between the head of nearly every answer and its request id: CORS and date
  SteadyTime date_until_{};
};

// A status without a body has no Content-Length either (RFC 9110 sections 6.4.1 and 8.6).
constexpr bool has_body(std::uint16_t status) { return status >= 200 && status != 204 && status != 304; }

}  // namespace propylon::http

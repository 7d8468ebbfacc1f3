// The only place where an Error becomes an HTTP answer.
//
// One body for every failure, an RFC 9457 problem with the reference's members first:
//
//   {"success":false,"error":"<text>","type":"urn:propylon:error:<code>","title":"...","status":400,
//    "detail":"<text>","code":"<code>","retryable":false,"request_id":"..."}
//
// The two texts are the same, but where the reference has words of its own for "error": then "detail" says more.
// 401, 403 and everything under /auth/ also carry the reference's "message", after "error". Status, title and
// whether a stranger may read the error's own text stand in error_catalogue.h.
#pragma once
#include <string_view>

#include "core/error.h"
#include "core/logger.h"
#include "http/response.h"

namespace propylon::http {
class Request;
}

namespace propylon::api {

// What of a request decides the form of its error answers; kept, because the request may be gone by then.
struct ErrorForm {
  bool problem_json = false;  // the client names application/problem+json in Accept
  bool from_browser = false;  // a page sent it: no Basic challenge, which would open a login box
  bool auth_path = false;     // under /auth/: the answer carries "message"
};

ErrorForm error_form_of(const http::Request& request);

// What some failures say beyond their code and text. Views are read during the call.
struct ErrorDetails {
  std::string_view allow{};         // the Allow header of a 405
  std::string_view message_json{};  // the value of "message" as JSON, where another than the usual is wanted
  std::string_view members_json{};  // further members, as `"fail":1,"sent":2`; they come first
  std::string_view error_text{};    // the reference's words for "error" and "message"; "detail" keeps the error's own
};

// Thread: any.
class ErrorResponder final {
 public:
  explicit ErrorResponder(const Logger& logger) : logger_(logger) {}

  // Renders the answer; logs the error's own text with the request id where the client gets a general one.
  http::Response respond(const Error& error, std::string_view request_id, const ErrorForm& form,
                         const ErrorDetails& details = {}) const;

 private:
  const Logger& logger_;
};

}  // namespace propylon::api

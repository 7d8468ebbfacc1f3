// What the server asks of the part that knows what requests mean: the only way up from this folder.
//
// One handler serves all loops. Thread: any loop's, several at once; each call stays on its exchange's loop.
#pragma once
#include <cstdint>
#include <memory>
#include <string_view>

#include "core/error.h"
#include "core/task.h"
#include "http/exchange.h"
#include "http/response.h"

namespace propylon::http {

// What admit() decided about a request of which only the head has been looked at.
class Admission final {
 public:
  // Go on: read a body of at most so many bytes (as sent and, where it has a content coding, decoded), then call
  // handle().
  static Admission read_body(std::uint64_t body_bytes_max) {
    Admission admission;
    admission.body_bytes_max_ = body_bytes_max;
    return admission;
  }
  // Answer this at once. handle() is not called; a body is not waited for and no 100 is sent.
  static Admission refuse(Response response) {
    Admission admission;
    admission.refusal_ = std::make_unique<Response>(std::move(response));
    return admission;
  }

  std::uint64_t body_bytes_max() const { return body_bytes_max_; }
  Response* refusal() { return refusal_.get(); }

 private:
  std::uint64_t body_bytes_max_ = 0;
  std::unique_ptr<Response> refusal_;
};

class Handler {
 public:
  virtual ~Handler() = default;

  // Judges a head before its body is read: path, credentials, route, method. exchange.request() has everything but
  // the body. Does not wait; what needs waiting (a password hash) is judged in handle(). Must not throw.
  virtual Admission admit(Exchange& exchange) = 0;

  // Answers an admitted request with its whole body. An exception becomes the error response of kInternal.
  virtual Task<Response> handle(Exchange& exchange) = 0;

  // Renders a failure that arose below the handler: malformed HTTP, a limit, a deadline, too much load. The exchange
  // has no context when admit() was not called, and no request when no head could be read either. The server decides
  // itself whether the connection closes.
  // Codes: kMalformedHttp, kHttpVersion, kHeadTooLarge, kTargetTooLong, kBodyTooLarge, kInvalidEncoding,
  // kUnsupportedEncoding, kExpectationFailed, kRequestTimeout, kOverloaded, kShuttingDown, kInternal.
  virtual Response error_response(const Error& error, Exchange& exchange) = 0;
};

}  // namespace propylon::http

// An answer: status, headers and body, and what is to happen once it is sent.
//
// The server adds what every answer carries and no handler sets: Date, Content-Length, X-Request-Id, the CORS
// fields, Vary and, when it closes, Connection. Thread: the loop of its connection.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/task.h"
#include "http/content_coding.h"

namespace propylon::http {

// What became of an answer.
enum class SendOutcome : std::uint8_t {
  kReceived,  // there is proof that the client's system has all of it: see http/unsettled_answers.h
  kGone,      // the connection broke or a deadline passed first; the client may have read any part, all or nothing
};

inline constexpr std::string_view kJsonType = "application/json";

// An answer that never changes, rendered once at start: costs a few copies per request and no allocation.
// Immutable. Thread: any.
class PreparedResponse final {
 public:
  PreparedResponse(std::uint16_t status, std::string_view content_type, std::string_view body);

  std::uint16_t status() const { return status_; }
  // Status line, Content-Type and Content-Length, each with its CRLF.
  std::string_view head() const { return head_; }
  std::string_view body() const { return body_; }

 private:
  std::uint16_t status_;
  std::string head_;
  std::string body_;
};

class Response final {
 public:
  // A body up to this size is sent in one piece with its head, and with other answers; a larger one is not copied.
  static constexpr std::size_t kInlineBodyBytesMax = 16 * 1024;

  // Runs on the loop once it is known what became of the answer, exactly once. The connection goes on meanwhile and may
  // have ended: nothing of the exchange is there any more. The function and what it captures live until its task has
  // finished, so the task may refer to its captures.
  using AfterSend = std::move_only_function<Task<void>(SendOutcome)>;

  Response() = default;
  // `content_type` must outlive the answer (a literal); "" sends no Content-Type.
  Response(std::uint16_t status, std::string_view content_type, std::string body)
      : status_(status), content_type_(content_type), body_(std::move(body)) {}
  // `prepared` must outlive the answer.
  explicit Response(const PreparedResponse& prepared) : status_(prepared.status()), prepared_(&prepared) {}

  // Adds one header line. The name is a literal of ours; a control character in the value is our own mistake and
  // asserted. Content-Length, Content-Encoding, Connection and the fields named above must
  // not be added.
  Response& add(std::string_view name, std::string_view value);
  // Names a request field on which this answer depends; goes into the Vary line beside the server's own.
  Response& vary(std::string_view field_name);
  // Closes the connection after this answer.
  Response& close() {
    close_ = true;
    return *this;
  }
  Response& after_send(AfterSend function);

  // For the server: the same body in a content coding.
  void replace_body(ContentCoding coding, std::string encoded) {
    add("Content-Encoding", to_string(coding));
    body_ = std::move(encoded);
  }

  std::uint16_t status() const { return status_; }
  std::string_view content_type() const { return content_type_; }
  // The added lines as they go out, each with its CRLF.
  std::string_view headers() const { return extras_ ? std::string_view(extras_->headers) : std::string_view(); }
  // Names added by vary(), each behind a comma and a blank.
  std::string_view vary() const { return extras_ ? std::string_view(extras_->vary) : std::string_view(); }
  std::string_view body() const { return prepared_ ? prepared_->body() : std::string_view(body_); }
  const PreparedResponse* prepared() const { return prepared_; }
  bool closes() const { return close_; }
  bool has_after_send() const { return extras_ && extras_->after_send; }
  // There is more to do than to append a few bytes to what is sent anyway.
  bool wants_more_than_bytes() const { return has_after_send() || body().size() > kInlineBodyBytesMax; }
  // For the server: takes the function; empty when there is none.
  AfterSend take_after_send() { return extras_ ? std::move(extras_->after_send) : AfterSend(); }

 private:
  // What few answers have: apart, because an answer is moved several times on its way.
  struct Extras {
    std::string headers;
    std::string vary;
    AfterSend after_send;
  };
  Extras& extras();

  std::uint16_t status_ = 204;
  bool close_ = false;
  const PreparedResponse* prepared_ = nullptr;
  std::string_view content_type_;
  std::string body_;
  std::unique_ptr<Extras> extras_;
};

// The reason phrase of a status, "" for one that is not used here.
std::string_view reason_phrase(std::uint16_t status);

}  // namespace propylon::http

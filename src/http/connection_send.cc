// How answers leave a connection.
#include <sys/socket.h>

#include <cerrno>
#include <exception>
#include <new>
#include <utility>

#include "http/connection.h"

namespace propylon::http {

AfterAnswer Connection::after_answer(bool to_http_1_0) {
  if (lane_.draining()) closes_ = true;
  if (closes_) return AfterAnswer::kClose;
  return to_http_1_0 ? AfterAnswer::kSayKeepOpen : AfterAnswer::kKeepOpen;
}

// Puts the body into the coding that the client likes best, where that pays. The bytes that the client lacks when it
// has gone meanwhile show when they are sent. Where there is no memory for a second form of the body, it goes as it is.
Task<void> Connection::encode_answer(Exchange& exchange, Response& response) {
  constexpr std::uint16_t kOk = 200;
  if (response.status() != kOk) co_return;
  response.vary("Accept-Encoding");
  const EncodingChoice choice = exchange.encoding_;
  const bool large = response.body().size() >= lane_.server.options.compress_answers_bytes_min;
  // A prepared answer is a few bytes, the same for all.
  if (choice.coding == ContentCoding::kIdentity || response.prepared() || !(large || choice.identity_refused))
    co_return;
  const auto wanted = choice.identity_refused ? ContentEncoder::Wanted::kAnyway : ContentEncoder::Wanted::kIfSmaller;
  const std::size_t bytes = response.body().size();
  std::optional<std::string> encoded;
  try {
    if (bytes <= Response::kInlineBodyBytesMax) {
      encoded = lane_.encoder.encode(choice.coding, response.body(), wanted);
    } else {
      try_flush();
      // Without room for the bytes behind this request the connection ends with its answer.
      if (!leave_shared_memory()) closes_ = true;
      encoded = co_await lane_.server.encoder->encode(loop(), choice.coding, response.body(), wanted);
    }
  } catch (const std::bad_alloc&) {
    co_return;
  }
  if (!encoded) co_return;
  lane_.server.metrics.count_encoded(choice.coding, bytes, encoded->size());
  response.replace_body(choice.coding, *std::move(encoded));
}

// Appends the answer to what is to be sent, but for a large body.
void Connection::write_answer(Exchange& exchange, const Response& response) {
  if (response.closes()) closes_ = true;
  const AfterAnswer after = after_answer(exchange.answering_.to_http_1_0);
  lane_.writer.append_head(lane_.out, response, exchange.answering_.allowed_origin, exchange.request_id(), after,
                           loop().now());
  const bool sends_body = !exchange.answering_.to_head && has_body(response.status());
  if (sends_body && response.body().size() <= Response::kInlineBodyBytesMax) lane_.out.append(response.body());
  lane_.server.metrics.count_request(exchange.route_, response.status(), lane_.server.clock.steady() - exchange.began_);
}

void Connection::write_preflight(Exchange& exchange) {
  const AfterAnswer after = after_answer(exchange.answering_.to_http_1_0);
  lane_.writer.append_preflight(lane_.out, *exchange.request_, exchange.request_id(), after, loop().now());
  lane_.server.metrics.count_request(exchange.route_, 204, lane_.server.clock.steady() - exchange.began_);
}

// Sends a large body. Whoever wants to know what became of the answer is told later; the connection goes on.
Task<void> Connection::finish_answer(Exchange& exchange, Response& response) {
  const bool large = response.body().size() > Response::kInlineBodyBytesMax;
  wants_proof_ = response.has_after_send();
  if (wants_proof_ && !unsettled_) unsettled_ = std::make_unique<UnsettledAnswers>(lane_, *this, socket_.get());
  bool sent = true;
  if (large && !exchange.answering_.to_head && has_body(response.status())) {
    sent = co_await send_body(response.body());
  }
  if (!wants_proof_) co_return;
  if (sent) sent = co_await flush();
  wants_proof_ = false;
  if (sent) {
    unsettled_->add(response.take_after_send(), exchange.request_id(), sent_bytes_);
  } else {
    report_gone(exchange, response);
  }
}

void Connection::report_gone(Exchange& exchange, Response& response) {
  if (!response.has_after_send()) return;
  report_answer(lane_, response.take_after_send(), exchange.request_id(), SendOutcome::kGone);
}

// One send of what is to be sent. What the socket does not take is kept for flush().
Connection::Sent Connection::try_flush(More more) {
  if (lane_.out.empty() && unsent_.empty()) return broken_ ? Sent::kGone : Sent::kAll;
  if (!unsent_.empty() && !keep_unsent(lane_.out)) return Sent::kGone;
  const std::string_view bytes = unsent_.empty() ? lane_.out : unsent_;
  const int flags = MSG_NOSIGNAL | MSG_DONTWAIT | (more == More::kYes ? MSG_MORE : 0);
  ssize_t sent = broken_ ? -1 : ::send(socket_.get(), bytes.data(), bytes.size(), flags);
  if (sent < 0 && !broken_ && (errno == EAGAIN || errno == EINTR)) sent = 0;
  if (sent < 0) {
    broken_ = closes_ = true;
  } else {
    sent_bytes_ += static_cast<std::uint64_t>(sent);
    lane_.server.metrics.sent_bytes.add(static_cast<std::uint64_t>(sent));
  }
  if (sent < 0 || static_cast<std::size_t>(sent) == bytes.size()) {
    lane_.out.clear();
    std::string().swap(unsent_);
    return sent < 0 ? Sent::kGone : Sent::kAll;
  }
  if (unsent_.empty()) return keep_unsent(bytes.substr(static_cast<std::size_t>(sent))) ? Sent::kPart : Sent::kGone;
  unsent_.erase(0, static_cast<std::size_t>(sent));
  lane_.out.clear();
  return Sent::kPart;
}

// Moves bytes of lane_.out behind those that wait. False when memory is refused: the connection is broken off then.
// try_flush() runs while a handler is at work, which an exception must not pass.
bool Connection::keep_unsent(std::string_view rest) {
  bool kept = true;
  try {
    unsent_.append(rest);
  } catch (const std::bad_alloc&) {
    kept = false;
    std::string().swap(unsent_);
    break_off();
  }
  lane_.out.clear();
  return kept;
}

// True once the socket has taken everything; false when the connection is broken or the client reads too slowly.
Task<bool> Connection::flush(More more) {
  const SteadyTime deadline = loop().now() + std::chrono::milliseconds(lane_.server.options.http_write_timeout_ms);
  for (;;) {
    const bool last_bytes = more == More::kNo && !(lane_.out.empty() && unsent_.empty());
    if (wants_proof_ && last_bytes) unsettled_->about_to_send();
    const Sent sent = try_flush(more);
    if (sent != Sent::kPart) co_return sent == Sent::kAll;
    if (!leave_shared_memory()) break_off();
    loop().arm(deadline_, deadline);
    const Wake reason = co_await wait_for(Waiting::kToWrite);
    if (reason == Wake::kTimeout) lane_.server.metrics.count_timeout(TimeoutKind::kWrite);
    if (reason != Wake::kReady) break_off();
  }
}

Task<bool> Connection::send_body(std::string_view body) {
  const bool head_sent = co_await flush(More::kYes);
  if (!head_sent) co_return false;
  const SteadyTime deadline = loop().now() + std::chrono::milliseconds(lane_.server.options.http_write_timeout_ms);
  while (!body.empty() && !broken_) {
    if (wants_proof_) unsettled_->about_to_send();
    const ssize_t sent = ::send(socket_.get(), body.data(), body.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0) {
      sent_bytes_ += static_cast<std::uint64_t>(sent);
      lane_.server.metrics.sent_bytes.add(static_cast<std::uint64_t>(sent));
      body.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN) {
      if (!leave_shared_memory()) break_off();
      loop().arm(deadline_, deadline);
      const Wake reason = co_await wait_for(Waiting::kToWrite);
      if (reason == Wake::kTimeout) lane_.server.metrics.count_timeout(TimeoutKind::kWrite);
      if (reason != Wake::kReady) break_off();
    } else if (errno != EINTR) {
      broken_ = closes_ = true;
    }
  }
  co_return body.empty();
}

// Gives the connection up without waiting for what the kernel still holds for it.
void Connection::break_off() {
  const struct ::linger at_once{1, 0};
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  broken_ = closes_ = true;
}

}  // namespace propylon::http

#include "http/connection.h"

#include <sys/socket.h>

#include <cerrno>
#include <utility>

namespace propylon::http {
namespace {

// After so many requests in one go (a client that pipelines) the other connections get their turn.
constexpr int kRequestsInARow = 64;

// How long a connection that closes on a client that still sends goes on reading, so that the reset that follows
// does not destroy the answer before the client has read it (RFC 9112 section 9.6).
constexpr std::uint64_t kLingerMs = 2000;

}  // namespace

Connection::Connection(Lane& lane, FileDescriptor socket, std::string client_address, Welcome welcome)
    : lane_(lane),
      socket_(std::move(socket)),
      client_address_(std::move(client_address)),
      welcome_(welcome),
      input_(lane.read_buffer, lane.server.in_flight) {}

Connection::~Connection() = default;

void Connection::start() {
  interest_ = kReadable | kPeerClosed;
  watched_ = loop().watch(socket_.get(), *this, interest_).has_value();
  if (!watched_ || lane_.draining()) closes_ = true;
  if (welcome_ == Welcome::kRefused) {
    refuse_head({ErrorCode::kOverloaded, "The server has as many connections as it may; try again shortly."});
  }
  spawn(run());
}

void Connection::wake(Wake reason) {
  wake_ = reason;
  waiting_ = Waiting::kNot;
  std::exchange(waiter_, nullptr).resume();
}

void Connection::ready(std::uint32_t events) {
  if (!watched_) return;
  const std::uint32_t awaited = waiting_ == Waiting::kToRead    ? kReadable | kPeerClosed | kFailed
                                : waiting_ == Waiting::kToWrite ? kWritable | kFailed
                                                                : 0u;
  if (events & awaited) {
    wake(Wake::kReady);
  } else {
    nobody_waits(events);
  }
}

// Readiness is reported in every turn until it is taken care of: what nobody waits for now is switched off, and
// wait_for() switches it on again.
void Connection::nobody_waits(std::uint32_t events) {
  if (events & kFailed) {
    loop().unwatch(socket_.get());
    watched_ = false;
    broken_ = gone_ = true;
  } else if (events & kPeerClosed) {
    gone_ = true;
    show_interest(0);
  } else {
    show_interest(kPeerClosed);
  }
  if (gone_ && exchange_ && watches_client_) exchange_->cancellation_.request(Cancellation::Reason::kClientGone);
}

void Connection::show_interest(std::uint32_t events) {
  if (!watched_ || events == interest_) return;
  interest_ = events;
  loop().change(socket_.get(), *this, events);
}

void Connection::arm_deadline(std::uint64_t milliseconds) {
  loop().arm(deadline_, loop().now() + std::chrono::milliseconds(milliseconds));
}

// While a handler works no deadline of ours runs; one that was armed before means nothing then.
void Connection::deadline_passed() {
  if (waiting_ != Waiting::kNot) wake(Wake::kTimeout);
}

void Connection::drain() {
  if (exchange_) {
    exchange_->cancellation_.request(Cancellation::Reason::kDraining);
  } else if (idle_ && waiting_ == Waiting::kToRead) {
    wake(Wake::kStop);
  }
}

void Connection::cut() {
  closes_ = broken_ = gone_ = true;
  ::shutdown(socket_.get(), SHUT_RDWR);
  if (exchange_) exchange_->cancellation_.request(Cancellation::Reason::kClientGone);
  if (waiting_ != Waiting::kNot) wake(Wake::kStop);
}

void Connection::keep(Exchange& exchange) {
  input_.keep();
  exchange.request_ = &input_.request();
}

void Connection::watch_client(Exchange& exchange) {
  watches_client_ = true;
  if (gone_) {
    exchange.cancellation_.request(Cancellation::Reason::kClientGone);
  } else {
    show_interest(interest_ | kPeerClosed);
  }
}

Task<void> Connection::run() {
  int in_a_row = 0;
  while (!closes_) {
    if (skip_bytes_ != 0) skip_bytes_ -= input_.skip(skip_bytes_);
    const auto progress = skip_bytes_ != 0 ? RequestParser::Progress::kNeedMore : input_.read_head(lane_.head_limits);
    if (progress == RequestParser::Progress::kRefused) {
      refuse_head(input_.refusal());
    } else if (progress == RequestParser::Progress::kComplete) {
      co_await serve();
      if (++in_a_row == kRequestsInARow && !closes_) {
        in_a_row = 0;
        if (!co_await flush() || !leave_shared_memory()) break;
        NextTurn next_turn(loop());
        co_await next_turn;
      }
    } else {
      in_a_row = 0;
      if (try_flush() != Sent::kAll && !co_await flush()) break;
      if (!before_head()) continue;
      const Wake reason = co_await wait_for(Waiting::kToRead);
      if (!after_head(reason)) break;
    }
  }
  if (try_flush() != Sent::kAll) co_await flush();
  if (lingers_ && !broken_) co_await linger();
  close();
}

// True when the connection may wait for (more of) a head.
bool Connection::before_head() {
  const bool nothing_yet = input_.empty() && skip_bytes_ == 0;
  const Options& options = lane_.server.options;
  if (nothing_yet) {
    idle_ = true;
    arm_deadline(options.http_idle_timeout_ms);
  } else {
    const std::uint64_t timeout_ms = skip_bytes_ != 0 ? options.http_body_timeout_ms : options.http_head_timeout_ms;
    loop().arm(deadline_, request_began_ + std::chrono::milliseconds(timeout_ms));
  }
  if (leave_shared_memory()) return true;
  refuse_head({ErrorCode::kOverloaded, "The server holds as many bytes of requests as it may; try again shortly."});
  return false;
}

bool Connection::after_head(Wake reason) {
  if (reason == Wake::kReady) return receive();
  // A request that arrived before the server stopped, but not before its turn, is not left unanswered.
  if (reason == Wake::kStop) return receive() && !idle_;
  if (idle_ || skip_bytes_ != 0) {
    lane_.server.metrics.count_timeout(idle_ ? TimeoutKind::kIdle : TimeoutKind::kBody);
    return false;
  }
  lane_.server.metrics.count_timeout(TimeoutKind::kHead);
  refuse_head({ErrorCode::kRequestTimeout, "The request's head did not arrive in time."});
  return true;
}

// False at the end of the connection. Nothing may have been there to read; the caller waits again then.
bool Connection::receive() {
  if (broken_) return false;
  const ssize_t received = ::recv(socket_.get(), lane_.read_buffer.bytes.get(), ReadBuffer::kBytes, MSG_DONTWAIT);
  if (received < 0 && (errno == EAGAIN || errno == EINTR)) return true;
  if (received <= 0) {
    broken_ = received < 0;
    return false;
  }
  if (std::exchange(idle_, false)) request_began_ = loop().now();
  lane_.server.metrics.received_bytes.add(static_cast<std::uint64_t>(received));
  input_.received(static_cast<std::size_t>(received));
  return true;
}

Task<void> Connection::linger() {
  ::shutdown(socket_.get(), SHUT_WR);
  arm_deadline(kLingerMs);
  for (;;) {
    const Wake reason = co_await wait_for(Waiting::kToRead);
    if (reason != Wake::kReady) co_return;
    const ssize_t received = ::recv(socket_.get(), lane_.read_buffer.bytes.get(), ReadBuffer::kBytes, MSG_DONTWAIT);
    if (received == 0 || (received < 0 && errno != EAGAIN && errno != EINTR)) co_return;
  }
}

void Connection::close() {
  loop().disarm(deadline_);
  if (std::exchange(watched_, false)) loop().unwatch(socket_.get());
  socket_.close();
  lane_.remove(*this);
}

}  // namespace propylon::http

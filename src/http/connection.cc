#include "http/connection.h"

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <exception>
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

std::uint32_t Connection::interest_in(Waiting what) {
  switch (what) {
    case Waiting::kToRead: return kReadable | kPeerClosed;
    case Waiting::kToWrite: return kWritable;
    case Waiting::kNot:
    case Waiting::kToSettle: return 0;
  }
  return 0;
}

void Connection::wake(Wake reason) {
  wake_ = reason;
  waiting_ = Waiting::kNot;
  std::exchange(waiter_, nullptr).resume();
}

void Connection::ready(std::uint32_t events) {
  if (!watched_) return;
  if (waiting_ == Waiting::kNot || waiting_ == Waiting::kToSettle) {
    nobody_waits(events);
  } else if (events & (interest_in(waiting_) | kFailed)) {
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
    // Without an error both sides have said in good order that they send no more.
    if ((events & kError) || waiting_ != Waiting::kToSettle) broke();
  } else if (events & kPeerClosed) {
    gone_ = true;
    show_interest(0);
    if (exchange_ && watches_client_) exchange_->cancellation_.request(Cancellation::Reason::kClientGone);
  } else {
    show_interest(kPeerClosed);
  }
}

// Nothing can be sent or received any more. What the client is not proven to have is for others.
void Connection::broke() {
  broken_ = gone_ = true;
  if (unsettled_) unsettled_->lose();
  if (exchange_ && watches_client_) exchange_->cancellation_.request(Cancellation::Reason::kClientGone);
  if (waiting_ != Waiting::kNot) wake(Wake::kStop);
}

void Connection::lose_client() {
  break_off();
  broke();
}

void Connection::answers_settled() {
  if (waiting_ == Waiting::kToSettle) wake(Wake::kReady);
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
  closes_ = true;
  if (exchange_) exchange_->cancellation_.request(Cancellation::Reason::kClientGone);
  if (unsettled_ && !unsettled_->empty()) {
    lose_client();
  } else {
    ::shutdown(socket_.get(), SHUT_RDWR);
    broke();
  }
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
  try {
    int in_a_row = 0;
    while (!closes_) {
      if (unsettled_ && unsettled_->full() && !input_.empty()) {
        const bool settled = co_await settle_some();
        if (!settled) break;
      }
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
    if (unsettled_) co_await settle_all();
  } catch (const std::exception& failure) {
    give_up(failure);
  }
  if (unsettled_) unsettled_->lose();
  close();
}

// Memory was refused, to all appearances. No handler of ours is at work: while one is, nothing here allocates that is
// not guarded. What the connection holds goes with it.
void Connection::give_up(const std::exception& failure) {
  exchange_ = nullptr;
  lane_.out.clear();
  break_off();
  try {
    lane_.server.logger.error("a connection failed", {{"client", client_address_}, {"reason", failure.what()}});
  } catch (const std::exception&) {
    // There is no memory for a line either.
  }
}

// True when the connection may wait for (more of) a head.
bool Connection::before_head() {
  const bool nothing_yet = input_.empty() && skip_bytes_ == 0;
  const Options& options = lane_.server.options;
  if (nothing_yet) {
    idle_ = true;
    arm_deadline(options.http_idle_timeout_ms);
    if (unsettled_) unsettled_->awaiting_request();
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
    gone_ = true;
    broken_ = received < 0;
    return false;
  }
  if (std::exchange(idle_, false)) {
    request_began_ = loop().now();
    if (unsettled_) unsettled_->request_came();
  }
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
    if (received > 0 || (received < 0 && (errno == EAGAIN || errno == EINTR))) continue;
    broken_ = received < 0;
    co_return;
  }
}

// Before a further request of a client that pipelines. False when the connection is lost meanwhile.
// Each await has a named result: of `if (!co_await ...) co_return` and a loop that is nothing but an await in one
// coroutine g++ 12 makes one whose body never runs.
Task<bool> Connection::settle_some() {
  const bool flushed = co_await flush();
  if (!flushed) co_return false;
  if (!leave_shared_memory()) break_off();
  while (unsettled_->full() && !broken_) {
    [[maybe_unused]] const Wake reason = co_await wait_for(Waiting::kToSettle);
  }
  co_return !broken_;
}

// The connection ends: the answers are out, and the socket stays until it is known what became of them. A client that
// has said that it sends no more learns of our end only then: once both have said so, the kernel forgets the
// connection, and with it a reset that comes later.
Task<void> Connection::settle_all() {
  if (!unsettled_->empty() && !broken_ && !client_ended_sending()) ::shutdown(socket_.get(), SHUT_WR);
  while (!unsettled_->empty() && !broken_) {
    [[maybe_unused]] const Wake reason = co_await wait_for(Waiting::kToSettle);
  }
}

// The client's end may be here already without anybody having been told.
bool Connection::client_ended_sending() const {
  pollfd asked{.fd = socket_.get(), .events = POLLRDHUP, .revents = 0};
  return gone_ || (::poll(&asked, 1, 0) != 0 && (asked.revents & POLLRDHUP) != 0);
}

void Connection::close() {
  loop().disarm(deadline_);
  if (std::exchange(watched_, false)) loop().unwatch(socket_.get());
  socket_.close();
  lane_.remove(*this);
}

}  // namespace propylon::http

// The way of one request: admission, body, handler, answer.
#include <exception>
#include <new>
#include <utility>

#include "core/frame_pool.h"
#include "http/connection.h"
#include "http/content_decoder.h"

namespace propylon::http {
namespace {

// A body that was refused is read and dropped up to this size; a larger one costs the connection.
constexpr std::uint64_t kDropBytesMax = 64 * kKiB;

constexpr Refusal kNoRoom{ErrorCode::kOverloaded,
                          "The server holds as many bytes of requests as it may; try again shortly."};

// Of at most ContentDecoder::kStepBytes each; then the other connections have their turn.
constexpr int kDecodeStepsInARow = 4;

Refusal judge_body(const Request& request, std::uint64_t body_bytes_max) {
  if (request.expects_other()) {
    return {ErrorCode::kExpectationFailed, "The only expectation that this server meets is 100-continue."};
  }
  if (request.lines(KnownField::kContentEncoding) > 1 ||
      content_coding(request.value(KnownField::kContentEncoding)) == ContentCoding::kUnsupported) {
    return {ErrorCode::kUnsupportedEncoding,
            "The body's Content-Encoding is not one of zstd, br, gzip, deflate and identity."};
  }
  if (request.content_length() > body_bytes_max) {
    return {ErrorCode::kBodyTooLarge, "The body has more bytes than this server takes here.", body_bytes_max};
  }
  return {};
}

}  // namespace

// A handler at work and, while it waits, the connection's coroutine.
struct Connection::Call {
  std::optional<Response> response;
  std::coroutine_handle<> waiter;

  bool await_ready() const { return response.has_value(); }
  void await_suspend(std::coroutine_handle<> handle) { waiter = handle; }
  void await_resume() const {}
};

// A coroutine that runs on the spot until it first suspends, so that its caller learns whether it did.
struct Connection::Started {
  struct promise_type {
    static void* operator new(std::size_t bytes) { return allocate_frame(bytes); }
    static void operator delete(void* frame, std::size_t bytes) noexcept { free_frame(frame, bytes); }
    Started get_return_object() const noexcept { return {}; }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() const noexcept { std::terminate(); }
  };
};

Connection::Started Connection::call_handler(Exchange& exchange, Call& call) {
  try {
    call.response.emplace(co_await lane_.server.handler->handle(exchange));
  } catch (const std::exception& failure) {
    call.response.emplace(failed_response(failure, exchange));
  }
  if (call.waiter) call.waiter.resume();
}

Response Connection::failed_response(const std::exception& failure, Exchange& exchange) noexcept {
  try {
    lane_.server.logger.error("a request handler failed",
                              {{"request_id", exchange.request_id()}, {"reason", failure.what()}});
    return error_response({ErrorCode::kInternal, "The server failed at this request.", {}}, exchange);
  } catch (const std::exception&) {
    // There is no memory for more than the status.
    constexpr std::uint16_t kInternalError = 500;
    return Response(kInternalError, "", std::string());
  }
}

Response Connection::error_response(const Error& error, Exchange& exchange) {
  return lane_.server.handler->error_response(error, exchange);
}

void Connection::begin(Exchange& exchange) {
  const Request& request = input_.request();
  exchange.request_ = &input_.request();
  exchange.began_ = request_began_;
  exchange.answering_ = {lane_.server.cors.allowed_origin(request), request.method() == Method::kHead,
                         request.is_http_1_0()};
  const std::string_view id = request.value(KnownField::kXRequestId);
  if (request.lines(KnownField::kXRequestId) == 1 && is_fit_request_id(id)) {
    exchange.request_id_size_ = id.copy(exchange.request_id_.data(), exchange.request_id_.size());
  } else {
    lane_.request_ids.make(exchange.request_id_.data());
    exchange.request_id_size_ = RequestIds::kBytes;
  }
  if (!request.keep_alive() || lane_.draining()) closes_ = true;
  if (lane_.draining()) exchange.cancellation_.request(Cancellation::Reason::kDraining);
  watches_client_ = false;
  exchange_ = &exchange;
}

Task<void> Connection::serve() {
  // What is more than bytes to be handed on takes the way with memory of its own, on which waiting is possible.
  const Request& head = input_.request();
  const bool whole = input_.has_whole_body() && !head.has(KnownField::kContentEncoding) && !head.expects_continue();
  const bool room = whole || input_.separate_head();
  Exchange exchange(*this);
  begin(exchange);
  if (exchange.request_->method() == Method::kOptions) {
    leave_body(whole);
    write_preflight(exchange);
  } else {
    Call call;
    std::uint64_t body_bytes_max = 0;
    if (room) {
      judge_head(exchange, call, whole, body_bytes_max);
    } else {
      leave_body(whole);
      call.response.emplace(error_response(kNoRoom.error(), exchange));
    }
    bool abandoned = false;
    if (!call.response) {
      if (whole) {
        input_.take_body();
      } else {
        abandoned = !co_await receive_body(exchange, call, body_bytes_max);
      }
    }
    if (!call.response && !abandoned) {
      call_handler(exchange, call);
      if (!call.response) {
        // Without room for the bytes behind this request the connection ends with its answer.
        if (!leave_shared_memory()) closes_ = true;
        try_flush();
        co_await call;
      }
    }
    if (!abandoned) {
      try {
        if (exchange.encoding_offered_) co_await encode_answer(exchange, *call.response);
        write_answer(exchange, *call.response);
        if (call.response->wants_more_than_bytes()) co_await finish_answer(exchange, *call.response);
      } catch (const std::exception&) {
        report_gone(exchange, *call.response);
        throw;
      }
    }
  }
  exchange_ = nullptr;
  input_.finish_request();
  request_began_ = loop().now();
}

// Asks the handler, then the limits; a refusal becomes the call's response.
void Connection::judge_head(Exchange& exchange, Call& call, bool whole, std::uint64_t& body_bytes_max) {
  Admission admission = lane_.server.handler->admit(exchange);
  if (Response* response = admission.refusal()) {
    leave_body(whole);
    call.response.emplace(std::move(*response));
    return;
  }
  body_bytes_max = admission.body_bytes_max();
  Refusal refusal = judge_body(*exchange.request_, body_bytes_max);
  if (!refusal && !whole && !input_.reserve_body()) refusal = kNoRoom;
  if (!refusal) return;
  leave_body(whole);
  call.response.emplace(error_response(refusal.error(), exchange));
}

// The request's body is not read, or not read on: small rests are dropped as they come, large ones cost the
// connection. So does a body that the client may or may not send, having been refused instead of asked for it.
void Connection::leave_body(bool whole) {
  if (whole) {
    input_.take_body();
    return;
  }
  const Request& request = input_.request();
  const std::uint64_t left = input_.untaken_body_bytes();
  if (request.is_chunked() || left > kDropBytesMax || (left > 0 && request.expects_continue())) {
    closes_ = lingers_ = true;
  } else {
    skip_bytes_ = left;
  }
}

// False when the client has gone before its body was complete: nobody waits for an answer.
Task<bool> Connection::receive_body(Exchange& exchange, Call& call, std::uint64_t body_bytes_max) {
  std::optional<Refusal> refusal = co_await read_body(body_bytes_max);
  if (!refusal) {
    closes_ = true;
    co_return false;
  }
  if (!*refusal) refusal = co_await decode_body(body_bytes_max);
  if (*refusal) call.response.emplace(error_response(refusal->error(), exchange));
  co_return true;
}

Task<std::optional<Refusal>> Connection::read_body(std::uint64_t body_bytes_max) {
  const SteadyTime deadline = loop().now() + std::chrono::milliseconds(lane_.server.options.http_body_timeout_ms);
  if (input_.request().expects_continue()) lane_.out.append("HTTP/1.1 100 Continue\r\n\r\n");
  for (;;) {
    const auto progress = input_.read_body(body_bytes_max);
    if (progress == ChunkDecoder::Progress::kComplete) co_return Refusal();
    if (progress == ChunkDecoder::Progress::kRefused) {
      closes_ = lingers_ = true;
      co_return input_.body_refusal();
    }
    if (try_flush() != Sent::kAll && !co_await flush()) co_return std::nullopt;
    if (!leave_shared_memory()) {
      closes_ = lingers_ = true;
      co_return kNoRoom;
    }
    loop().arm(deadline_, deadline);
    const Wake reason = co_await wait_for(Waiting::kToRead);
    if (reason == Wake::kTimeout) {
      lane_.server.metrics.count_timeout(TimeoutKind::kBody);
      closes_ = lingers_ = true;
      co_return Refusal{ErrorCode::kRequestTimeout, "The request's body did not arrive in time."};
    }
    if (reason == Wake::kStop || !receive()) co_return std::nullopt;
  }
}

Task<Refusal> Connection::decode_body(std::uint64_t body_bytes_max) {
  const Request& request = input_.request();
  const ContentCoding coding = content_coding(request.value(KnownField::kContentEncoding));
  if (coding == ContentCoding::kIdentity) co_return Refusal();
  std::string decoded;
  try {
    ContentDecoder decoder(coding, request.body(), body_bytes_max);
    for (int steps = 1;; ++steps) {
      const auto progress = decoder.step(decoded);
      if (progress == ContentDecoder::Progress::kRefused) co_return decoder.refusal();
      if (progress == ContentDecoder::Progress::kComplete) break;
      if (!input_.reserve_decoded(decoder.held_bytes(decoded))) co_return kNoRoom;
      if (steps % kDecodeStepsInARow != 0) continue;
      try_flush();
      if (!leave_shared_memory()) co_return kNoRoom;
      NextTurn next_turn(loop());
      co_await next_turn;
    }
  } catch (const std::bad_alloc&) {
    co_return kNoRoom;
  }
  input_.replace_body(std::move(decoded));
  co_return Refusal();
}

// Before a wait: the next connection may use the lane's memory. False when there is no room for what has to be
// stored instead.
bool Connection::leave_shared_memory() {
  try {
    if (exchange_ && exchange_->request_ && !input_.survive_wait()) exchange_->request_ = nullptr;
    return input_.own();
  } catch (const std::bad_alloc&) {
    // A handler may be at work: this must not pass it.
    if (!input_.drop_shared() && exchange_) exchange_->request_ = nullptr;
    closes_ = true;
    return false;
  }
}

void Connection::refuse_head(const Refusal& refusal) {
  closes_ = lingers_ = true;
  if (refusal.code == ErrorCode::kMalformedHttp) lane_.server.metrics.malformed.add();
  Exchange exchange(*this);
  exchange.began_ = request_began_;
  exchange.answering_.allowed_origin = lane_.server.cors.allowed_origin();
  lane_.request_ids.make(exchange.request_id_.data());
  exchange.request_id_size_ = RequestIds::kBytes;
  write_answer(exchange, error_response(refusal.error(), exchange));
}

}  // namespace propylon::http

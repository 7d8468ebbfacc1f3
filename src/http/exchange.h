// One request and its way to an answer, as a handler sees it.
//
// Lifetime of the request's views. A request that came in one piece lies in the loop's read buffer, which the next
// connection overwrites: its views, and request() itself, are good from Handler::admit() until the coroutine of
// Handler::handle() first suspends. Who needs them longer calls keep() before that. After a suspension without
// keep(), request() asserts. Views of the head taken in admit() are still good when handle() begins.
// Thread: the loop of its connection.
#pragma once
#include <array>
#include <cstddef>
#include <new>
#include <string_view>
#include <utility>

#include "core/cancellation.h"
#include "core/clock.h"
#include "core/loop.h"
#include "http/accept_encoding.h"
#include "http/request.h"

namespace propylon::http {

class Connection;

class Exchange final {
 public:
  // Room for what a handler wants to carry from admit() to handle().
  static constexpr std::size_t kContextBytes = 1024;

  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  const Request& request() const;
  // False when no head could be read, and after a suspension without keep().
  bool has_request() const { return request_ != nullptr; }
  // Moves head, fields and body into memory of this exchange. Views taken before are dead afterwards, take them
  // anew from request(); those live until the exchange ends. Cheap when the bytes are its own already.
  void keep();

  Loop& loop() const;
  // X-Request-Id of the answer: the client's when it is fit, else made here. Lives as long as the exchange.
  std::string_view request_id() const { return {request_id_.data(), request_id_size_}; }
  // The peer's address without the port: "127.0.0.1", "::1". Lives as long as the exchange.
  std::string_view client_address() const;
  // When the first byte of the request was seen.
  SteadyTime began() const { return began_; }

  // Requested when the server drains, and, after watch_client(), when the client has gone.
  Cancellation& cancellation() { return cancellation_; }
  // From now on an end or a reset of the connection by the client requests the cancellation. For long waits (a
  // fetch), never for a produce: what a client sent before it left is still stored.
  void watch_client();

  // The answer may be sent in a content coding, if the client takes one, the server's options allow it and it is large
  // enough; then the server sets Content-Encoding, and Vary in any case. Reads the head: call before the first
  // suspension. For answers of 200 that are text, have no ETag and hold no secret of this server's.
  void offer_encoding();

  // Counts this request under a row of the names that were given to Server::open(); without a call it counts as
  // "none".
  void count_as(std::size_t route) { route_ = route; }

  // Makes the handler's context; it is destroyed with the exchange. At most once per exchange.
  template <class T, class... Args>
  T& emplace_context(Args&&... args) {
    static_assert(sizeof(T) <= kContextBytes && alignof(T) <= alignof(std::max_align_t));
    T* made = new (context_.data()) T(std::forward<Args>(args)...);
    destroy_context_ = [](void* context) { static_cast<T*>(context)->~T(); };
    return *made;
  }
  bool has_context() const { return destroy_context_ != nullptr; }
  // The context that emplace_context<T>() made.
  template <class T>
  T& context() {
    return *std::launder(reinterpret_cast<T*>(context_.data()));
  }

  ~Exchange() {
    if (destroy_context_) destroy_context_(context_.data());
  }

 private:
  friend class Connection;
  explicit Exchange(Connection& connection) : connection_(connection) {}

  static constexpr std::size_t kNoRoute = static_cast<std::size_t>(-1);
  static constexpr std::size_t kRequestIdBytesMax = 128;

  // What the answer needs to know of a request that may be gone by then.
  struct Answering {
    std::string_view allowed_origin;
    bool to_head = false;  // no body
    bool to_http_1_0 = false;
  };

  Connection& connection_;
  Request* request_ = nullptr;  // null after a suspension without keep()
  Cancellation cancellation_;
  SteadyTime began_{};
  Answering answering_;
  bool encoding_offered_ = false;
  EncodingChoice encoding_;  // what the request allows, once it was offered
  std::size_t route_ = kNoRoute;
  std::size_t request_id_size_ = 0;
  void (*destroy_context_)(void*) = nullptr;
  std::array<char, kRequestIdBytesMax> request_id_;
  alignas(std::max_align_t) std::array<std::byte, kContextBytes> context_;
};

}  // namespace propylon::http

// The bytes of one connection that are not served yet, and the request that is being read from them.
//
// Bytes arrive in the loop's read buffer. A request that is complete there is served from there, without a copy. What
// has to outlive the connection's turn moves into memory of its own: an incomplete request, bytes behind the
// current request, a request whose handler asked to keep it. Thread: one I/O loop.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "http/chunk_decoder.h"
#include "http/refusal.h"
#include "http/request.h"
#include "http/request_parser.h"
#include "metrics/byte_budget.h"

namespace propylon::http {

// What the connections of a loop share: whoever runs uses it until it suspends.
struct ReadBuffer {
  static constexpr std::size_t kBytes = 64 * 1024;
  std::unique_ptr<char[]> bytes = std::make_unique_for_overwrite<char[]>(kBytes);
  Request request;
};

class RequestInput final {
 public:
  // Both outlive the input.
  RequestInput(ReadBuffer& shared, metrics::ByteBudget& in_flight) : shared_(shared), share_(in_flight) {}

  // `size` fresh bytes lie in the shared buffer.
  void received(std::size_t size);
  // Bytes that belong to no finished request.
  bool empty() const { return unread().empty(); }
  // Drops up to `size` unread bytes and says how many.
  std::size_t skip(std::size_t size);
  // Before a wait for more bytes: moves everything out of the shared memory. False when the total of bytes in
  // flight has no room; the connection must not go on then.
  [[nodiscard]] bool own();

  // Reads a head from the unread bytes; as RequestParser::parse().
  RequestParser::Progress read_head(const HeadLimits& limits);
  const Refusal& refusal() const { return parser_.refusal(); }
  // The request whose head is complete, until finish_request().
  Request& request() { return kept_ ? kept_->request : shared_.request; }

  // The whole body is among the unread bytes (always true without a body).
  bool has_whole_body() const;
  // With has_whole_body(): sets the request's body, where it lies.
  void take_body();
  // Otherwise: moves the head to memory of its own, so that its views stay good while the body arrives.
  // False as own().
  [[nodiscard]] bool separate_head();
  // After separate_head(): makes room in the total for the announced body. False as own().
  [[nodiscard]] bool reserve_body();
  // After separate_head(): takes unread bytes for the body; with kComplete the request's body is set.
  // kRefused: why is in body_refusal().
  ChunkDecoder::Progress read_body(std::uint64_t body_bytes_max);
  const Refusal& body_refusal() const { return body_refusal_; }
  // After separate_head(): bytes of an announced body that were not taken yet; 0 for a chunked one.
  std::uint64_t untaken_body_bytes() const { return kept_->request.content_length() - kept_->body.size(); }

  // Makes room in the total for so many bytes that decoding the body takes. False as own().
  [[nodiscard]] bool reserve_decoded(std::size_t bytes) { return share_.grow_to(owned_bytes() + bytes); }
  // Puts a decoded body in the place of the one that arrived.
  void replace_body(std::string decoded);

  // The request is wanted after a wait: moves it to memory of its own. May be called again.
  void keep();
  // The handler waits: what it did not keep is lost, the bytes behind the request are saved. True when the request
  // is still there.
  bool survive_wait();
  // Memory for what is in the shared memory was refused: drops that, and the bytes of a next request with it; the
  // connection must not read on. True when the request is still there.
  bool drop_shared();
  // Forgets the request and its bytes.
  void finish_request();

 private:
  struct Kept {
    Request request;
    std::string head;
    std::string body;
    std::string decoded;
    ChunkDecoder chunks;
    bool separate = false;  // head and body are here, not among the unread bytes
  };

  std::string_view unread() const;
  Kept& keep_request();
  std::uint64_t owned_bytes() const { return own_.size() + (kept_ ? kept_->head.size() + kept_->body.size() : 0); }

  ReadBuffer& shared_;
  std::string_view in_shared_;  // unread bytes in the shared buffer; empty when `own_` has some
  std::string own_;
  std::size_t own_at_ = 0;  // bytes of own_ before this are done with
  RequestParser parser_;
  bool parsing_ = false;
  std::size_t request_bytes_ = 0;  // of the current request, at the front of the unread bytes
  std::unique_ptr<Kept> kept_;
  Refusal body_refusal_;
  metrics::ByteBudget::Share share_;
};

}  // namespace propylon::http

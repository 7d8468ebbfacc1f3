// One client connection: reads requests, has them handled one after the other, sends the answers in order.
//
// A coroutine per connection. While the connection is idle it owns no buffer. It suspends only in wait_for(), while
// a handler waits, and between the steps of decoding and encoding; before each it gives up the lane's shared memory.
// What follows an answer (Response::AfterSend) runs beside it and never suspends it. When memory is refused to it, the
// connection ends, and the others go on. It keeps its socket until all its answers are settled.
// Lives until its coroutine has ended; the lane destroys it at the end of that turn. Thread: its loop.
#pragma once
#include <coroutine>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "core/task.h"
#include "http/exchange.h"
#include "http/io_loop.h"
#include "http/lane.h"
#include "http/request_input.h"
#include "http/unsettled_answers.h"

namespace propylon::http {

class Connection final : public Watched {
 public:
  Connection(Lane& lane, FileDescriptor socket, std::string client_address, Welcome welcome);
  ~Connection() override;

  // Watches the socket and starts the coroutine.
  void start();
  void ready(std::uint32_t events) override;

  // The server stops: a connection without a request closes, a waiting request is cancelled, the answer at work is the
  // last.
  void drain();
  // Ends the connection at once, as if the client had gone.
  void cut();

  // For UnsettledAnswers. Bytes that the kernel has taken.
  std::uint64_t sent_bytes() const { return sent_bytes_; }
  // Some are settled: a connection that waits for that goes on.
  void answers_settled();
  // The client cannot be reached any more: ends the connection with a reset, so that it cannot read later what others
  // were given.
  void lose_client();

  // For Exchange.
  void keep(Exchange& exchange);
  void watch_client(Exchange& exchange);
  bool encodes_answers() const { return lane_.server.options.compress_answers; }
  IoLoop& loop() const { return *lane_.loop; }
  std::string_view client_address() const { return client_address_; }

 private:
  enum class Waiting : std::uint8_t { kNot, kToRead, kToWrite, kToSettle };
  enum class Wake : std::uint8_t { kReady, kTimeout, kStop };
  enum class Sent : std::uint8_t { kAll, kPart, kGone };
  // Whether more of this answer follows at once.
  enum class More : std::uint8_t { kNo, kYes };
  struct Call;
  struct Started;

  // Suspends until the socket is ready, the deadline passes or the server wants an end. A broken socket is always
  // ready: it shows in the next call on it.
  struct Wait {
    Connection& self;
    Waiting what;
    bool await_ready() const { return self.broken_; }
    void await_suspend(std::coroutine_handle<> waiter) const {
      self.waiter_ = waiter;
      self.waiting_ = what;
      self.show_interest(interest_in(what));
    }
    Wake await_resume() const { return std::exchange(self.wake_, Wake::kReady); }
  };

  class Deadline final : public Timer {
   public:
    explicit Deadline(Connection& connection) : connection_(connection) {}
    void expired() override { connection_.deadline_passed(); }

   private:
    Connection& connection_;
  };

  // Waiting (connection.cc).
  Task<void> run();
  Wait wait_for(Waiting what) { return Wait{*this, what}; }
  static std::uint32_t interest_in(Waiting what);
  void wake(Wake reason);
  void deadline_passed();
  void nobody_waits(std::uint32_t events);
  void broke();
  void show_interest(std::uint32_t events);
  void arm_deadline(std::uint64_t milliseconds);
  bool before_head();
  bool after_head(Wake reason);
  bool receive();
  Task<void> linger();
  Task<bool> settle_some();
  Task<void> settle_all();
  bool client_ended_sending() const;
  void give_up(const std::exception& failure);
  void close();

  // One request (connection_serve.cc).
  Task<void> serve();
  void begin(Exchange& exchange);
  void judge_head(Exchange& exchange, Call& call, bool whole, std::uint64_t& body_bytes_max);
  Task<bool> receive_body(Exchange& exchange, Call& call, std::uint64_t body_bytes_max);
  Task<std::optional<Refusal>> read_body(std::uint64_t body_bytes_max);
  Task<Refusal> decode_body(std::uint64_t body_bytes_max);
  Started call_handler(Exchange& exchange, Call& call);
  Response failed_response(const std::exception& failure, Exchange& exchange) noexcept;
  bool leave_shared_memory();
  void leave_body(bool whole);
  Response error_response(const Error& error, Exchange& exchange);
  void refuse_head(const Refusal& refusal);

  // Sending (connection_send.cc).
  Task<void> encode_answer(Exchange& exchange, Response& response);
  void write_answer(Exchange& exchange, const Response& response);
  void write_preflight(Exchange& exchange);
  AfterAnswer after_answer(bool to_http_1_0);
  Task<void> finish_answer(Exchange& exchange, Response& response);
  void report_gone(Exchange& exchange, Response& response);
  Sent try_flush(More more = More::kNo);
  bool keep_unsent(std::string_view rest);
  Task<bool> flush(More more = More::kNo);
  Task<bool> send_body(std::string_view body);
  void break_off();

  Lane& lane_;
  FileDescriptor socket_;
  const std::string client_address_;
  const Welcome welcome_;
  RequestInput input_;
  Deadline deadline_{*this};
  std::coroutine_handle<> waiter_;
  Exchange* exchange_ = nullptr;                 // the request at work
  std::string unsent_;                           // answers that the socket did not take at once
  std::uint64_t sent_bytes_ = 0;                 // taken by the kernel
  std::unique_ptr<UnsettledAnswers> unsettled_;  // from the first answer on that wants a proof
  std::uint64_t skip_bytes_ = 0;                 // of a refused body that are still to come
  SteadyTime request_began_{};
  std::uint32_t interest_ = 0;  // what the loop watches for
  Waiting waiting_ = Waiting::kNot;
  Wake wake_ = Wake::kReady;
  bool idle_ = true;             // waits for a request's first byte
  bool closes_ = false;          // no further request
  bool lingers_ = false;         // the client may still be sending when the connection closes
  bool gone_ = false;            // the client sends no more; it may still read
  bool broken_ = false;          // nothing can be sent or received
  bool watched_ = false;         // by the loop
  bool wants_proof_ = false;     // the answer that is being sent will stand in unsettled_
  bool watches_client_ = false;  // the handler wants to know when the client goes
};

}  // namespace propylon::http

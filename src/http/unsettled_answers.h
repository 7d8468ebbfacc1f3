// The answers of one connection that were sent whole and whose receipt is not proven yet; what counts as proof is in
// docs/decisions/0013-proof-of-receipt.md.
//
// An answer stands here from the moment when the kernel has its last byte. It is settled, which calls its after_send
// function,
// - as received, when a request came whose first byte arrived after that moment, and the client's system had
//   acknowledged the answer by then; the function's task begins in the turn of that request;
// - as received, when the client's system acknowledged the last byte and kSettlingTime passed without a reset;
// - as gone, when the connection broke, or nothing was acknowledged for the time that an answer may take.
//
// Settles by itself as long as the connection keeps its socket open. Thread: the loop of its connection.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/loop.h"
#include "http/response.h"

namespace propylon::http {

class Connection;
class Lane;

class UnsettledAnswers final : public Timer {
 public:
  // A client that pipelines has so many on their way at most; they hold what their functions hold.
  static constexpr std::size_t kAnswersMax = 8;
  // A client that closed before the answer came, or with the answer unread, sends its reset when the answer arrives, or
  // when it closes: it is here within a round trip of the acknowledgement.
  static constexpr std::chrono::milliseconds kSettlingTime{100};
  // How often the socket is asked. With the timer's tick of 10 ms an answer is settled at most 170 ms after it was
  // acknowledged.
  static constexpr std::chrono::milliseconds kLookEvery{50};

  // `socket` is the connection's and stays open as long as this.
  UnsettledAnswers(Lane& lane, Connection& connection, int socket)
      : lane_(lane), connection_(connection), socket_(socket) {}
  ~UnsettledAnswers();
  UnsettledAnswers(const UnsettledAnswers&) = delete;
  UnsettledAnswers& operator=(const UnsettledAnswers&) = delete;

  bool empty() const { return answers_.empty(); }
  bool full() const { return answers_.size() >= kAnswersMax; }

  // Before each attempt to send the rest of an answer that will be added.
  void about_to_send();
  // The kernel has taken the whole answer; with its last byte it has taken `end` bytes of the connection. Not when
  // full.
  void add(Response::AfterSend after_send, std::string_view request_id, std::uint64_t end);
  // The connection has sent everything and served every byte that it has read, and now waits for a request.
  void awaiting_request();
  // The first byte of that request was read.
  void request_came();
  // The connection is lost: all are gone.
  void lose();

  // Looks after them; may end the connection.
  void expired() override;

 private:
  struct Answer {
    Response::AfterSend after_send;
    std::string request_id;
    std::uint64_t end = 0;
    SteadyTime give_up_at{};
    std::optional<SteadyTime> acknowledged_at;  // when that was first seen
  };

  bool nothing_to_read() const;
  bool broken() const;
  std::uint64_t acknowledged_bytes() const;
  void settle(std::size_t count, SendOutcome outcome);

  Lane& lane_;
  Connection& connection_;
  const int socket_;
  std::vector<Answer> answers_;  // in the order in which they were sent
  // Every byte that the kernel has for the connection arrived after the last one of these answers was sent.
  bool nothing_older_ = false;
};

// Calls after_send and waits for its task to end; the lane's loop goes on until then. What it throws is logged.
// Does not throw itself: when there is no memory to begin with, the function is dropped.
void report_answer(Lane& lane, Response::AfterSend after_send, std::string_view request_id, SendOutcome outcome);

}  // namespace propylon::http

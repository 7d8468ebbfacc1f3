// Sends the same request, or some in turn, over many connections and measures the answers: one thread, epoll, cheaper
// per request than the servers it measures.
//
// Closed loop (rate 0): each connection sends its next request as soon as it has an answer; the server is saturated.
// Open loop: requests fall due at a fixed rate whether or not answers came. A latency counts from the moment at which
// its request was due, so that a stalled server is charged for every request that it held up (no coordinated
// omission).
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "histogram.h"

namespace propylon::bench {

struct Load {
  std::uint16_t port = 0;  // on 127.0.0.1
  std::size_t connections = 1;
  std::string request;                     // its bytes, head and body
  std::vector<std::string> requests;       // instead of one: these in turn, over all connections
  std::chrono::milliseconds warm_up{0};    // load that is not measured
  std::chrono::milliseconds window{1000};  // load that is
  double rate_per_s = 0;                   // 0: closed loop
  bool reconnects = false;                 // closes after each answer, and sends the next request on a new connection
  std::uint64_t requests_max = 0;          // ends the window early when so many were answered; 0: no limit
  int status = 200;                        // what every answer must have
  std::string body;                        // what every answer must be; empty: anything
  std::function<void(std::string_view body)> on_answer;  // sees each body of the window; may be empty
  std::function<void()> on_window_begin;                 // between warm-up and window; may be empty
  std::function<void()> on_window_end;                   // before the connections are closed; may be empty
};

struct LoadResult {
  std::uint64_t answered = 0;        // in the window
  std::uint64_t answered_total = 0;  // with the warm-up: what a server must have stored at least
  std::uint64_t sent_total = 0;      // what it may have stored at most
  std::uint64_t errors = 0;          // answers with another status or body, and broken connections
  std::string first_error;
  double seconds = 0;  // of the window
  Histogram latency_ns;
};

// Throws std::system_error when it cannot connect, Interrupted when an interruption was noted (interruption.h).
LoadResult run_load(const Load& load);

}  // namespace propylon::bench

// One window of load, and what it cost the servers and the machine.
#pragma once
#include <chrono>
#include <vector>

#include "load_generator.h"
#include "peers/peer.h"

namespace propylon::bench {

struct Windows {
  std::chrono::milliseconds warm_up{200};
  std::chrono::milliseconds window{1000};
};

struct Measured {
  LoadResult load;
  double cpu_us = 0;        // user and system time of the server's processes in the window
  double busy_us = 0;       // of the whole machine, less the generator's: write-back and other kernel work included
  double instructions = 0;  // of the server's processes; NaN when they cannot be counted

  double per_s() const { return static_cast<double>(load.answered) / load.seconds; }
  double us(double quantile) const { return static_cast<double>(load.latency_ns.quantile_ns(quantile)) / 1e3; }
  double max_us() const { return static_cast<double>(load.latency_ns.max_ns()) / 1e3; }
};

// A closed loop that sends the exchange's request to the server and expects its answer.
Load closed_loop(const Peer& peer, std::size_t connections, const Exchange& exchange, const Windows& windows);

// Runs the load, whose on_window_end is not called, while the processes are watched. Throws std::runtime_error with the
// first wrong answer.
Measured measure(Load load, const std::vector<pid_t>& processes);

}  // namespace propylon::bench

// What is measured, one window at a time.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>

#include "load_generator.h"
#include "server_under_test.h"

namespace propylon::bench {

struct Windows {
  std::chrono::milliseconds warm_up{200};
  std::chrono::milliseconds window{1000};
};

// One window of one case.
struct Sample {
  double per_s = 0;         // messages (nginx: requests)
  double cpu_us = 0;        // of the server, all its threads, per message
  double nginx_cpu_us = 0;  // of nginx per request, in the window just before
  double p50_us = 0;        // from request to answer
  double p99_us = 0;
  double p99_9_us = 0;
  double group_records = 0;  // records that were written together, on average
};

// Requests of nginx that look like produce/single, over so many connections; fills nginx_cpu_us only.
double nginx_cpu_us(const Nginx& nginx, const Propylon& propylon, std::size_t connections, const Windows& windows);

// Each stores into (or empties) a station of its own, and throws when an answer was an error or when what was answered
// is not what the station holds.

// produce/single of 259 bytes of JSON with a JWT.
Sample measure_single(const Propylon& propylon, const std::string& station, std::size_t connections,
                      const Windows& windows);
// produce/batch of 1000 messages of 100 bytes, 8 connections.
Sample measure_batch(const Propylon& propylon, const std::string& station, const Windows& windows);
// consume/batch of 1000 such messages, 4 connections of one group, auto-acknowledged.
Sample measure_consume(const Propylon& propylon, const std::string& station, const Windows& windows);

}  // namespace propylon::bench

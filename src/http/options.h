// Settings of the HTTP server: where it listens, how many threads it has, and every limit and deadline.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "core/bytes.h"
#include "core/option.h"

namespace propylon::http {

struct Options {
  std::string http_host = "::";    // with IPv4 too; 0.0.0.0 where the system has no IPv6
  std::uint64_t http_port = 4444;  // 0 takes a free one
  std::uint64_t http_threads = 0;  // 0: one per processor
  std::uint64_t connections_max = 20'000;

  std::uint64_t http_head_bytes_max = 64 * kKiB;
  std::uint64_t http_fields_max = 200;
  std::uint64_t http_target_bytes_max = 8 * kKiB;
  std::uint64_t request_bytes_in_flight_max = 256 * kMiB;

  std::uint64_t http_idle_timeout_ms = 75'000;
  std::uint64_t http_head_timeout_ms = 10'000;
  std::uint64_t http_body_timeout_ms = 60'000;
  std::uint64_t http_write_timeout_ms = 60'000;

  bool compress_answers = true;
  std::uint64_t compress_answers_bytes_min = 1 * kKiB;  // below, they fit into a packet with their head anyway

  std::vector<std::string> cors_origins = {"*"};
  std::vector<std::string> cors_headers;  // empty: those that the browser asks for
  std::uint64_t cors_max_age_s = 600;
};

// Binds each key to its field. `options` must outlive the descriptions.
OptionDescriptions describe(Options& options);

}  // namespace propylon::http

// What an operator decides about the endpoints.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "core/bytes.h"
#include "core/option.h"

namespace propylon::api {

// The waits of consume/batch. The shortest is the reference's, the default is not: 5000 ms is the very moment at which
// many clients give up, and an answer that crosses their hang-up is work for nothing.
inline constexpr std::uint64_t kConsumeWaitMsMin = 100;       // shorter ones are raised to this
inline constexpr std::uint64_t kConsumeWaitMsDefault = 4000;  // absent or 0

struct Options {
  bool auto_create_stations = true;  // produce and consume make a station that does not exist
  bool metrics_public = false;       // GET /metrics without a token
  bool dev_endpoints = false;        // GET /monitoring/getResourcesUtilization
  bool access_log = false;

  std::uint64_t message_bytes_max = 4 * kMiB;          // one message, decoded
  std::uint64_t batch_body_bytes_max = 16 * kMiB;      // the body of produce/batch, decoded
  std::uint64_t json_body_bytes_max = 64 * kKiB;       // every other body
  std::uint64_t schema_body_bytes_max = 2 * kMiB;      // the body of PUT /schemas/{schema}, decoded
  std::uint64_t response_bytes_max = 16 * kMiB;        // messages in one answer to consume; one message always fits
  std::uint64_t unread_answer_bytes_max = 512 * kMiB;  // all answers to consume together, with their messages
  std::uint64_t consume_wait_ms_max = 60'000;

  std::vector<std::string> stored_headers_allow;  // empty: all that are not dropped anyway
  std::vector<std::string> stored_headers_deny;
};

// `options` must outlive the descriptions.
OptionDescriptions describe(Options& options);

}  // namespace propylon::api

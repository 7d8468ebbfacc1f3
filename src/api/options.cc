#include "api/options.h"

namespace propylon::api {
namespace {

// One request's messages are one record of a backend: the embedded log's group ends at 24 MiB, framing included.
constexpr std::uint64_t kStoredBytesMax = 20 * kMiB;

}  // namespace

OptionDescriptions describe(Options& options) {
  return {
      describe_flag("auto_create_stations", options.auto_create_stations,
                    "Whether produce and consume make a station that does not exist yet, with the default settings."),
      describe_flag("metrics_public", options.metrics_public,
                    "Whether GET /metrics is answered without a token; otherwise an administrator's is needed."),
      describe_flag("dev_endpoints", options.dev_endpoints, "Whether GET /monitoring/getResourcesUtilization exists.",
                    "DEV_ENV"),
      describe_flag("access_log", options.access_log, "Whether each request is logged, without its query."),
      describe_number("message_bytes_max", options.message_bytes_max, 1, kStoredBytesMax,
                      "The largest message, in bytes after decoding; also the largest element of a batch."),
      describe_number("batch_body_bytes_max", options.batch_body_bytes_max, 1, kStoredBytesMax,
                      "The largest body of produce/batch, in bytes after decoding."),
      describe_number("json_body_bytes_max", options.json_body_bytes_max, 1 * kKiB, 64 * kMiB,
                      "The largest body of every other request, in bytes after decoding."),
      describe_number("schema_body_bytes_max", options.schema_body_bytes_max, 1 * kKiB, 64 * kMiB,
                      "The largest body that brings a schema's definition, in bytes after decoding."),
      describe_number("response_bytes_max", options.response_bytes_max, 1 * kKiB, 1 * kGiB,
                      "How many bytes of messages one answer to consume holds at most; one message always fits."),
      describe_number(
          "unread_answer_bytes_max", options.unread_answer_bytes_max, 1 * kMiB, 1024 * kGiB,
          "Bytes of messages that consumers were answered but have not taken yet, and of these answers, all "
          "together; 503 above."),
      describe_number("consume_wait_ms_max", options.consume_wait_ms_max, kConsumeWaitMsMin, 3'600'000,
                      "The longest time that a consume request waits for messages; longer ones are lowered to it."),
      describe_list("stored_headers_allow", options.stored_headers_allow,
                    "Request headers that are stored with a message, with * at the end for any rest; empty stores all "
                    "that are neither credentials nor part of the transport."),
      describe_list("stored_headers_deny", options.stored_headers_deny,
                    "Request headers that are not stored with a message, with * at the end for any rest."),
  };
}

}  // namespace propylon::api

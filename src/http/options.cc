#include "http/options.h"

namespace propylon::http {

OptionDescriptions describe(Options& o) {
  OptionDescriptions all;
  const auto number = [&all](const char* key, std::uint64_t& field, std::uint64_t min, std::uint64_t max,
                             const char* help, const char* reference = "") {
    all.push_back(describe_number(key, field, min, max, help, reference));
  };
  all.push_back(describe_text("http_host", o.http_host,
                              "Address to listen on. :: is every address, IPv6 and IPv4; 0.0.0.0 every IPv4 address."));
  number("http_port", o.http_port, 0, 65'535, "Port to listen on; 0 takes a free one.", "HTTP_PORT");
  number("http_threads", o.http_threads, 0, 256, "Threads that serve connections; 0: one per processor.");
  number("connections_max", o.connections_max, 1, 1'000'000,
         "Connections at a time; one more is answered 503 and closed.");
  number("http_head_bytes_max", o.http_head_bytes_max, 1024, kMiB,
         "Largest request line and header fields together; 431 above.");
  number("http_fields_max", o.http_fields_max, 8, 10'000,
         "Different header fields of a request; equal repeats count once; 431 above.");
  number("http_target_bytes_max", o.http_target_bytes_max, 256, 64 * kKiB, "Longest request target; 414 above.");
  number("request_bytes_in_flight_max", o.request_bytes_in_flight_max, kMiB, 1024 * kGiB,
         "Bytes of incomplete and waiting requests, all connections together; 503 above.");
  number("http_idle_timeout_ms", o.http_idle_timeout_ms, 100, 86'400'000,
         "How long a connection may wait for its next request before it is closed.");
  number("http_head_timeout_ms", o.http_head_timeout_ms, 100, 3'600'000,
         "How long a request head may take from its first byte; 408 after that.");
  number("http_body_timeout_ms", o.http_body_timeout_ms, 100, 3'600'000,
         "How long a request body may take; 408 after that.");
  number("http_write_timeout_ms", o.http_write_timeout_ms, 100, 3'600'000,
         "How long a client may take to read one answer; the connection is cut after that.");
  all.push_back(
      describe_flag("compress_answers", o.compress_answers,
                    "Whether lists, metrics and consumed messages are compressed (zstd, br, gzip) for clients "
                    "that ask for it."));
  number("compress_answers_bytes_min", o.compress_answers_bytes_min, 64, kGiB,
         "Answers of fewer bytes are not compressed.");
  all.push_back(describe_list("cors_origins", o.cors_origins,
                              "Origins whose pages may use this server; * is every one, null is that of files."));
  all.push_back(describe_list("cors_headers", o.cors_headers,
                              "Request headers that pages may send; empty: whatever the browser asks for."));
  number("cors_max_age_s", o.cors_max_age_s, 0, 86'400, "How long a browser may remember what is allowed.");
  return all;
}

}  // namespace propylon::http

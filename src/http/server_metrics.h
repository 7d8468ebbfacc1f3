// What the HTTP server counts. Labels come from the route table and from fixed words.
//
// Thread: any.
#pragma once
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "http/accept_encoding.h"
#include "metrics/registry.h"

namespace propylon::http {

enum class TimeoutKind : std::uint8_t { kIdle, kHead, kBody, kWrite };

class ServerMetrics final {
 public:
  // Requests that no route was named for count under "none". Everything outlives the metrics.
  ServerMetrics(metrics::Registry& registry, std::span<const std::string_view> route_names);

  // `route` is an index into the names; one behind the last stands for "none".
  void count_request(std::size_t route, std::uint16_t status, std::chrono::nanoseconds took);
  // An answer went out in a coding (one of kEncodings), with so many bytes in place of so many.
  void count_encoded(ContentCoding coding, std::size_t bytes, std::size_t encoded_bytes);
  void count_timeout(TimeoutKind kind) { timeouts_[static_cast<std::size_t>(kind)]->add(); }

  metrics::Gauge& connections;
  metrics::Counter& accepted;
  metrics::Counter& refused;
  metrics::Counter& received_bytes;
  metrics::Counter& sent_bytes;
  metrics::Counter& malformed;
  metrics::Gauge& bytes_in_flight;

 private:
  static constexpr std::size_t kStatusClasses = 4;  // 2xx to 5xx
  struct Route {
    std::array<metrics::Counter*, kStatusClasses> requests;
    metrics::Histogram* duration;
  };
  static Route make_route(metrics::Registry& registry, std::string_view name);

  std::vector<Route> routes_;
  std::array<metrics::Counter*, 4> timeouts_;
  std::array<metrics::Counter*, kEncodings.size()> encoded_;
  metrics::Counter& encoded_saved_bytes_;
};

}  // namespace propylon::http

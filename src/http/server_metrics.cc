#include "http/server_metrics.h"

#include <algorithm>

#include "metrics/names.h"

namespace propylon::http {
namespace {

constexpr std::array<std::string_view, 4> kClassNames{"2xx", "3xx", "4xx", "5xx"};
constexpr std::array<std::string_view, 4> kTimeoutNames{"idle", "head", "body", "write"};

// 32 us, doubling: the last bucket with a bound ends at 134 s.
constexpr std::uint64_t kFirstBoundUs = 32;

std::string label(std::string_view name, std::string_view value) {
  return std::string(name).append("=\"").append(value).append("\"");
}

}  // namespace

ServerMetrics::ServerMetrics(metrics::Registry& registry, std::span<const std::string_view> route_names)
    : connections(registry.gauge(metrics::kHttpConnections, "Open connections.")),
      accepted(registry.counter(metrics::kHttpConnectionsTotal, "Connections, by what became of them.",
                                label("outcome", "accepted"))),
      refused(registry.counter(metrics::kHttpConnectionsTotal, "Connections, by what became of them.",
                               label("outcome", "refused"))),
      received_bytes(registry.counter(metrics::kHttpReceivedBytes, "Bytes read from clients.")),
      sent_bytes(registry.counter(metrics::kHttpSentBytes, "Bytes written to clients.")),
      malformed(registry.counter(metrics::kHttpMalformed, "Requests that were no well-formed HTTP.")),
      bytes_in_flight(registry.gauge(metrics::kHttpBytesInFlight, "Bytes of incomplete and waiting requests.")),
      encoded_saved_bytes_(
          registry.counter(metrics::kHttpEncodedSavedBytes, "Bytes that compression took off the answers.")) {
  for (const auto name : route_names) routes_.push_back(make_route(registry, name));
  routes_.push_back(make_route(registry, "none"));
  for (std::size_t i = 0; i < kTimeoutNames.size(); ++i) {
    timeouts_[i] = &registry.counter(metrics::kHttpTimeouts, "Connections that were too slow, by what they waited for.",
                                     label("kind", kTimeoutNames[i]));
  }
  for (std::size_t i = 0; i < kEncodings.size(); ++i) {
    encoded_[i] = &registry.counter(metrics::kHttpEncodedAnswers, "Answers sent compressed, by content coding.",
                                    label("coding", to_string(kEncodings[i])));
  }
}

void ServerMetrics::count_encoded(ContentCoding coding, std::size_t bytes, std::size_t encoded_bytes) {
  const auto place = std::ranges::find(kEncodings, coding) - kEncodings.begin();
  encoded_.at(static_cast<std::size_t>(place))->add();
  encoded_saved_bytes_.add(bytes - std::min(bytes, encoded_bytes));
}

ServerMetrics::Route ServerMetrics::make_route(metrics::Registry& registry, std::string_view name) {
  Route route{};
  for (std::size_t i = 0; i < kStatusClasses; ++i) {
    route.requests[i] = &registry.counter(metrics::kHttpRequests, "Answered requests, by route and class of status.",
                                          label("route", name) + "," + label("status", kClassNames[i]));
  }
  route.duration =
      &registry.histogram(metrics::kHttpRequestSeconds, "From a request's first byte to its finished answer.",
                          kFirstBoundUs, 1e6, label("route", name));
  return route;
}

void ServerMetrics::count_request(std::size_t route, std::uint16_t status, std::chrono::nanoseconds took) {
  const Route& row = routes_[std::min(route, routes_.size() - 1)];
  const std::size_t status_class = std::clamp<std::size_t>(status / 100u, 2, 5) - 2;
  row.requests[status_class]->add();
  row.duration->observe(
      static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(took).count()));
}

}  // namespace propylon::http

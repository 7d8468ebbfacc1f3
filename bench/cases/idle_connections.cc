// Connections that stay open between requests: what they cost in memory, and whether others feel them.
#include <sys/resource.h>

#include <algorithm>
#include <memory>
#include <stdexcept>

#include "cases/cases.h"
#include "interruption.h"
#include "requests.h"

namespace propylon::bench {
namespace {

constexpr std::size_t kIdle = 10'000;
constexpr std::size_t kOthers = 10;
constexpr double kRatePerS = 5000;
constexpr auto kWindowMin = std::chrono::milliseconds(1000);  // 5,000 requests, so that a p99 is one
constexpr const char* kRow = "idle propylon";

// Each has had one answer and waits for nothing.
class IdleConnections final {
 public:
  explicit IdleConnections(std::uint16_t port) {
    for (std::size_t i = 0; i < kIdle; ++i) {
      throw_if_interrupted();
      clients_.push_back(std::make_unique<testing::HttpClient>(port));
      if (clients_.back()->request("GET", "/livez").status != 200)
        throw std::runtime_error("/livez is not answered 200");
    }
  }
  ~IdleConnections() {
    for (const auto& client : clients_) client->reset();  // an ordinary end would hold 10,000 ports for a minute
  }
  IdleConnections(const IdleConnections&) = delete;
  IdleConnections& operator=(const IdleConnections&) = delete;

 private:
  std::vector<std::unique_ptr<testing::HttpClient>> clients_;
};

void require_open_files() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur >= kIdle + 1000) return;
  throw std::runtime_error("10,000 connections need a limit of 11,000 open files; it is " +
                           std::to_string(limit.rlim_cur) + " (ulimit -Hn)");
}

double others_p99_us(const Round& round, const Propylon& server, const std::string& station) {
  const Windows windows{round.windows.warm_up, std::max(kWindowMin, round.windows.window)};
  Load load = closed_loop(server, kOthers, server.produce_single(station, json_of(kSingleBytes)), windows);
  load.rate_per_s = kRatePerS;
  const Measured measured = measure(load, server.processes());
  server.expect_stored(station, measured.load);
  return measured.us(0.99);
}

void measure_idle(Round& round) {
  require_open_files();
  const Propylon server(round.directory / round.station("idle"),
                        {"--http-threads", "1", "--http-idle-timeout-ms", "3600000"});
  others_p99_us(round, server, "first");  // memory of a server that has worked
  const double before = others_p99_us(round, server, "alone");
  const std::uint64_t resident_before = server.resident_bytes();
  const IdleConnections idle(server.port());
  const std::uint64_t resident = server.resident_bytes();
  const double with_idle = others_p99_us(round, server, "beside");
  round.results.add(kRow, "resident_mib", static_cast<double>(resident) / (1 << 20));
  round.results.add(kRow, "bytes_per_connection", static_cast<double>(resident - resident_before) / kIdle);
  round.results.add(kRow, "others_p99_us_alone", before);
  round.results.add(kRow, "others_p99_us", with_idle);
  round.results.add(kRow, "others_p99_ratio", with_idle / before);
}

}  // namespace

Case idle_connections() {
  return {
      .name = "idle",
      .what = "10,000 idle keep-alive connections: resident memory, and produce p99 at 5,000/s on 10 others",
      .measure = measure_idle,
      .targets = {{kRow, "resident_mib", Bound::kAtMost, 30, "MiB resident in all, 10,000 idle connections"},
                  {kRow, "others_p99_ratio", Bound::kAtMost, 1.25, "produce p99 on 10 others / without idle ones"}}};
}

}  // namespace propylon::bench

// Connections that stay open between requests: what they cost in memory, and whether others feel them.
#include <sys/resource.h>

#include <algorithm>
#include <memory>
#include <stdexcept>

#include "cases/cases.h"
#include "interruption.h"
#include "requests.h"
#include "results.h"

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

// A server, and how it serves the others.
class Others final {
 public:
  explicit Others(Round& round)
      : round_(round),
        server_(round.directory / round.station("idle"), {"--http-threads", "1", "--http-idle-timeout-ms", "3600000"}) {
  }

  const Propylon& server() const { return server_; }

  // Of one window, into a station of its own.
  double p99_us() {
    const std::string station = round_.station("others-" + std::to_string(++windows_));
    const Windows windows{round_.windows.warm_up, std::max(kWindowMin, round_.windows.window)};
    Load load = closed_loop(server_, kOthers, server_.produce_single(station, json_of(kSingleBytes)), windows);
    load.rate_per_s = kRatePerS;
    const Measured measured = measure(load, server_.processes());
    server_.expect_stored(station, measured.load);
    return measured.us(0.99);
  }

 private:
  Round& round_;
  const Propylon server_;
  int windows_ = 0;
};

// One p99 of a shared machine can be three times the next: each side is the median of four windows, and those without
// the idle connections lie before and after those with them.
void measure_idle(Round& round) {
  require_open_files();
  Others others(round);
  others.p99_us();  // memory of a server that has worked
  std::vector<double> alone{others.p99_us(), others.p99_us()};
  std::vector<double> beside;
  const std::uint64_t resident_before = others.server().resident_bytes();
  std::uint64_t resident = 0;
  {
    const IdleConnections idle(others.server().port());
    resident = others.server().resident_bytes();
    for (int i = 0; i < 4; ++i) beside.push_back(others.p99_us());
  }
  alone.insert(alone.end(), {others.p99_us(), others.p99_us()});
  round.results.add(kRow, "resident_mib", static_cast<double>(resident) / (1 << 20));
  round.results.add(kRow, "bytes_per_connection", static_cast<double>(resident - resident_before) / kIdle);
  round.results.add(kRow, "others_p99_us_alone", median(alone));
  round.results.add(kRow, "others_p99_us", median(beside));
  round.results.add(kRow, "others_p99_ratio", median(beside) / median(alone));
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

// 1,000 messages per request.
#include "cases/cases.h"
#include "produce.h"
#include "requests.h"

namespace propylon::bench {
namespace {

constexpr std::size_t kConnections = 8;
constexpr const char* kRow = "batch propylon";

void measure_batch(Round& round) {
  const Propylon& server = round.servers.propylon();
  const std::string station = round.station("batch");
  const Exchange exchange{server.render("/stations/" + station + "/produce/batch", batch_of(kBatch, kSmallBytes)), 200,
                          kStored};
  const double nginx = nginx_cpu_us(round);
  const Load load = closed_loop(server, kConnections, exchange, round.windows);
  const GroupSizes groups(server);
  const Measured saturated = measure(load, server.processes());
  groups.add_to(round.results, kRow);
  add_costs(round.results, kRow, saturated, kBatch);
  round.results.add(kRow, kCpuRatio, cpu_us_each(saturated, kBatch) / nginx);
  server.expect_stored(station, add_latencies(round.results, kRow, load, saturated), kBatch);
}

}  // namespace

Case batch() {
  return {.name = "batch",
          .what = "produce/batch of 1,000 messages of 100 bytes, 8 connections",
          .measure = measure_batch,
          .targets = {{kRow, std::string(kPerS), Bound::kAtLeast, 1e6, "messages/s on one core"}}};
}

}  // namespace propylon::bench

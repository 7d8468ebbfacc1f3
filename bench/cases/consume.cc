// Reading what is stored, 1,000 messages per answer.
#include <stdexcept>

#include "cases/cases.h"
#include "produce.h"
#include "requests.h"

namespace propylon::bench {
namespace {

constexpr std::size_t kConnections = 4;
constexpr std::size_t kBacklogBatches = 1000;  // 1 M messages
constexpr std::size_t kGroups = 4;             // each reads all of it, so that a window is long enough
constexpr const char* kStation = "backlog";
constexpr const char* kRow = "consume propylon";

void store_backlog(const Propylon& server) {
  Exchange exchange{server.render("/stations/backlog/produce/batch", batch_of(kBatch, kSmallBytes)), 200, kStored};
  Load load = closed_loop(server, 1, exchange, {std::chrono::milliseconds(0), std::chrono::minutes(5)});
  load.requests_max = kBacklogBatches;
  measure(load, {});
}

// One request of each group of this round.
std::vector<std::string> requests_of(const Round& round, const Propylon& server) {
  std::vector<std::string> requests;
  for (std::size_t i = 0; i < kGroups; ++i) {
    const std::string group = round.station("reader") + "-" + std::to_string(i);
    requests.push_back(server.render(std::string("/stations/") + kStation + "/consume/batch",
                                     R"({"consumer_name":"c","batch_size":1000,"batch_max_wait_time_ms":1000,)"
                                     R"("consumer_group":")" +
                                         group + "\"}"));
  }
  return requests;
}

void measure_consume(Round& round) {
  const Propylon& server = round.servers.propylon();
  if (round.number == 1) store_backlog(server);
  const double nginx = nginx_cpu_us(round);
  Load load = closed_loop(server, kConnections, {}, {std::chrono::milliseconds(0), round.windows.window});
  load.requests = requests_of(round, server);
  load.requests_max = kGroups * kBacklogBatches - 2 * kConnections;  // every answer is full
  std::uint64_t messages = 0;
  load.on_answer = [&](std::string_view answer) { messages += count_messages(answer); };
  const Measured measured = measure(load, server.processes());
  if (messages != measured.load.answered * kBatch) throw std::runtime_error("an answer to consume is not full");
  add_costs(round.results, kRow, measured, kBatch);
  round.results.add(kRow, kCpuRatio, cpu_us_each(measured, kBatch) / nginx);
}

}  // namespace

Case consume() {
  return {
      .name = "consume",
      .what = "consume/batch of 1,000 messages of 100 bytes from a backlog of 1 M, 4 connections, auto-acknowledged",
      .measure = measure_consume,
      .targets = {{kRow, std::string(kPerS), Bound::kAtLeast, 1e6, "messages/s on one core"}}};
}

}  // namespace propylon::bench

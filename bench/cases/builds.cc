// Two builds of the server in the same rounds (--beside): what a change costs.
#include <stdexcept>

#include "cases/cases.h"
#include "produce.h"
#include "requests.h"

namespace propylon::bench {
namespace {

constexpr std::size_t kBatchConnections = 8;
constexpr std::size_t kConsumers = 4;
constexpr std::size_t kBacklogBatches = 500;  // 500,000 messages
constexpr std::size_t kGroups = 4;            // each reads all of it, so that a window is long enough
constexpr const char* kBacklog = "builds-backlog";

double single(Round& round, const Propylon& server, const std::string& row) {
  return cpu_us_each(produce_single(round, server, row, round.station("builds"), 256), 1);
}

double batch(Round& round, const Propylon& server, const std::string& row) {
  const std::string station = round.station("builds-batch");
  const Exchange exchange{server.render("/stations/" + station + "/produce/batch", batch_of(kBatch, kSmallBytes)), 200,
                          kStored};
  const Measured measured =
      measure(closed_loop(server, kBatchConnections, exchange, round.windows), server.processes());
  add_costs(round.results, row, measured, kBatch);
  server.expect_stored(station, measured.load, kBatch);
  return cpu_us_each(measured, kBatch);
}

double consume(Round& round, const Propylon& server, const std::string& row) {
  if (round.number == 1) {
    const std::string target = std::string("/stations/") + kBacklog + "/produce/batch";
    const Exchange exchange{server.render(target, batch_of(kBatch, kSmallBytes)), 200, kStored};
    Load load = closed_loop(server, 1, exchange, {std::chrono::milliseconds(0), std::chrono::minutes(5)});
    load.requests_max = kBacklogBatches;
    measure(load, {});
  }
  Load load = closed_loop(server, kConsumers, {}, {std::chrono::milliseconds(0), round.windows.window});
  for (std::size_t i = 0; i < kGroups; ++i) {
    const std::string group = round.station("reader") + "-" + std::to_string(i);
    load.requests.push_back(server.render(
        std::string("/stations/") + kBacklog + "/consume/batch",
        R"({"consumer_name":"c","batch_size":1000,"batch_max_wait_time_ms":1000,"consumer_group":")" + group + "\"}"));
  }
  load.requests_max = kGroups * kBacklogBatches - 2 * kConsumers;  // every answer is full
  std::uint64_t messages = 0;
  load.on_answer = [&](std::string_view answer) { messages += count_messages(answer); };
  const Measured measured = measure(load, server.processes());
  if (messages != measured.load.answered * kBatch) throw std::runtime_error("an answer to consume is not full");
  add_costs(round.results, row, measured, kBatch);
  return cpu_us_each(measured, kBatch);
}

using MeasureOne = double (*)(Round&, const Propylon&, const std::string&);

void compare(Round& round, const std::string& what, MeasureOne measure_one) {
  const Propylon& ours = round.servers.propylon();
  const Propylon& other = *round.servers.beside();
  const std::string row = what + " propylon";
  const std::string other_row = what + " beside";
  // Whoever comes first meets another machine than the last.
  const bool ours_first = round.number % 2 == 1;
  double before = ours_first ? 0 : measure_one(round, other, other_row);
  const double now = measure_one(round, ours, row);
  if (ours_first) before = measure_one(round, other, other_row);
  round.results.add(row, "cpu_ratio_to_beside", now / before);
}

void measure_builds(Round& round) {
  compare(round, "builds single-256", single);
  compare(round, "builds batch", batch);
  compare(round, "builds consume", consume);
}

}  // namespace

Case builds() {
  const auto bound = [](const char* row, double most) {
    return Target{row, "cpu_ratio_to_beside", Bound::kAtMost, most, "CPU / the other build"};
  };
  return {
      .name = "builds",
      .what = "with --beside BINARY: produce/single, batches of 1,000 and consume of 1,000, both builds in each round",
      .measure = measure_builds,
      .targets = {bound("builds single-256 propylon", 1.02), bound("builds batch propylon", 1.02),
                  bound("builds consume propylon", 1.05)},
      .compares_builds = true};
}

}  // namespace propylon::bench

// What one consume costs the server, however few messages it hands out, by what the client does after its answer: go on
// on its connection, or close it.
#include <stdexcept>

#include "cases/cases.h"
#include "produce.h"
#include "requests.h"

namespace propylon::bench {
namespace {

constexpr std::size_t kConnections = 4;
constexpr std::size_t kProducers = 64;
constexpr std::size_t kMessages = 20'000;  // one record each
constexpr const char* kStation = "singles";

struct Consumer {
  const char* row;
  std::size_t batch_size;
  std::size_t groups;  // each reads all messages, so that a window is long enough
  bool reconnects;
};
constexpr Consumer kConsumers[] = {
    {"consume-1", 1, 4, false},
    {"consume-100", 100, 32, false},
    {"consume-1 closing", 1, 4, true},
};

void store_messages(const Propylon& server) {
  Load load = closed_loop(server, kProducers, server.produce_single(kStation, json_of(kSmallBytes)),
                          {std::chrono::milliseconds(0), std::chrono::minutes(5)});
  load.requests_max = kMessages;
  measure(load, {});
}

std::vector<std::string> requests_of(const Round& round, const Propylon& server, const Consumer& consumer) {
  std::vector<std::string> requests;
  for (std::size_t i = 0; i < consumer.groups; ++i) {
    // Names of groups are letters, digits and a few signs.
    const std::string group =
        round.station("reader") + "-" + std::to_string(&consumer - kConsumers) + "-" + std::to_string(i);
    requests.push_back(server.render(std::string("/stations/") + kStation + "/consume/batch",
                                     R"({"consumer_name":"c","batch_max_wait_time_ms":1000,"batch_size":)" +
                                         std::to_string(consumer.batch_size) + R"(,"consumer_group":")" + group +
                                         "\"}"));
  }
  return requests;
}

void measure_consumer(Round& round, const Propylon& server, const std::string& build, const Consumer& consumer) {
  Load load = closed_loop(server, kConnections, {}, {std::chrono::milliseconds(0), round.windows.window});
  load.requests = requests_of(round, server, consumer);
  load.reconnects = consumer.reconnects;
  load.requests_max = consumer.groups * (kMessages / consumer.batch_size - 2 * kConnections);  // every answer is full
  std::uint64_t messages = 0;
  load.on_answer = [&](std::string_view answer) { messages += count_messages(answer); };
  const Measured measured = measure(load, server.processes());
  if (messages != measured.load.answered * consumer.batch_size)
    throw std::runtime_error("an answer to consume is not full");
  add_costs(round.results, std::string(consumer.row) + " " + build, measured, 1);
}

void measure_consumers(Round& round) {
  Propylon* const beside = round.servers.beside();
  if (round.number == 1) {
    store_messages(round.servers.propylon());
    if (beside) store_messages(*beside);
  }
  for (const Consumer& consumer : kConsumers) {
    measure_consumer(round, round.servers.propylon(), "propylon", consumer);
    if (!beside) continue;
    measure_consumer(round, *beside, "beside", consumer);
    const auto cpu_us = [&](const char* build) {
      return round.results.values(std::string(consumer.row) + " " + build, std::string(kCpuUs)).back();
    };
    round.results.add(std::string(consumer.row) + " propylon", "cpu_ratio_to_beside",
                      cpu_us("propylon") / cpu_us("beside"));
  }
}

}  // namespace

Case consumer() {
  return {.name = "consumer",
          .what =
              "consume/batch of 1 and of 100 messages, keep-alive, and of 1 on a connection each; with --beside, two "
              "builds",
          .measure = measure_consumers,
          .targets = {}};
}

}  // namespace propylon::bench

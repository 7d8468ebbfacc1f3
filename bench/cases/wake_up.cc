// An idle server, a long poll that waits, one message for it.
#include <chrono>
#include <thread>

#include "cases/cases.h"
#include "histogram.h"
#include "interruption.h"
#include "requests.h"

namespace propylon::bench {
namespace {

using Clock = std::chrono::steady_clock;
using testing::HttpClient;

constexpr int kSamples = 200;
constexpr auto kIdle = std::chrono::milliseconds(4);  // in which the poll arrives and the server falls asleep
constexpr const char* kRow = "wake-up propylon";

double quantile_us(const Histogram& latency_ns, double quantile) {
  return static_cast<double>(latency_ns.quantile_ns(quantile)) / 1e3;
}

void expect(const testing::HttpAnswer& answer, bool right) {
  if (answer.status != 200 || !right) throw std::runtime_error("wake-up: " + answer.body);
}

// From just before the message is sent until the poll's answer is there.
Histogram wake(const Propylon& server, const std::string& station) {
  HttpClient producer(server.port());
  HttpClient consumer(server.port());
  const std::string produce = server.produce_single(station, json_of(kSingleBytes)).request;
  const std::string poll = server.render("/stations/" + station + "/consume/batch",
                                         R"({"consumer_name":"c","batch_size":1,"batch_max_wait_time_ms":10000})");
  Histogram latency_ns;
  for (int i = 0; i < kSamples; ++i) {
    throw_if_interrupted();
    consumer.send(poll);
    std::this_thread::sleep_for(kIdle);
    const auto begin = Clock::now();
    producer.send(produce);
    const auto got = consumer.receive();
    latency_ns.add(static_cast<std::uint64_t>(std::chrono::nanoseconds(Clock::now() - begin).count()));
    expect(got, count_messages(got.body) == 1);
    const auto stored = producer.receive();
    expect(stored, stored.body == kStored);
  }
  return latency_ns;
}

// What the same client sees of a server that only answers.
Histogram ask(const Peer& server) {
  HttpClient client(server.port());
  const std::string request = server.produce_single("wake-up", json_of(kSingleBytes)).request;
  Histogram latency_ns;
  for (int i = 0; i < kSamples; ++i) {
    throw_if_interrupted();
    std::this_thread::sleep_for(kIdle);
    const auto begin = Clock::now();
    client.send(request);
    const auto answer = client.receive();
    latency_ns.add(static_cast<std::uint64_t>(std::chrono::nanoseconds(Clock::now() - begin).count()));
    expect(answer, answer.body == kStored);
  }
  return latency_ns;
}

void measure_wake_up(Round& round) {
  const Histogram nginx = ask(round.servers.nginx());
  const Histogram ours = wake(round.servers.propylon(), round.station("wake-up"));
  round.results.add(kRow, "wake_up_p50_us", quantile_us(ours, 0.5));
  round.results.add(kRow, "wake_up_p99_us", quantile_us(ours, 0.99));
  round.results.add(kRow, "nginx_request_p50_us", quantile_us(nginx, 0.5));
  round.results.add(kRow, "nginx_request_p99_us", quantile_us(nginx, 0.99));
}

}  // namespace

Case wake_up() {
  return {.name = "wake-up",
          .what = "produce to a waiting long poll on an idle server, end to end; nginx's answer to a request beside it",
          .measure = measure_wake_up,
          .targets = {{kRow, "wake_up_p50_us", Bound::kAtMost, 150, "p50 in us"},
                      {kRow, "wake_up_p99_us", Bound::kAtMost, 500, "p99 in us"}}};
}

}  // namespace propylon::bench

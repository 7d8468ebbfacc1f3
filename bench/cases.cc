#include "cases.h"

#include <algorithm>
#include <stdexcept>

namespace propylon::bench {
namespace {

constexpr std::size_t kSingleBytes = 259;
constexpr std::size_t kSmallBytes = 100;
constexpr std::size_t kBatch = 1000;
constexpr std::size_t kBatchConnections = 8;
constexpr std::size_t kConsumeConnections = 4;

// A JSON object of exactly so many bytes.
std::string json_of(std::size_t bytes) {
  const std::string start = R"({"id":4711,"kind":"order","customer":"0815","note":")";
  return start + std::string(bytes - start.size() - 2, 'n') + "\"}";
}

std::string batch() {
  std::string body = "[" + json_of(kSmallBytes);
  for (std::size_t i = 1; i < kBatch; ++i) body += "," + json_of(kSmallBytes);
  return body + "]";
}

std::string request_of(const Propylon& propylon, const std::string& target, const std::string& body) {
  return testing::HttpClient::render("POST", target,
                                     {{"User-Agent", "propylon-bench"},
                                      {"Authorization", "Bearer " + propylon.token()},
                                      {"Content-Type", "application/json"}},
                                     body);
}

Load load_of(std::uint16_t port, std::size_t connections, std::string request, const Windows& windows) {
  Load load;
  load.port = port;
  load.connections = connections;
  load.request = std::move(request);
  load.warm_up = windows.warm_up;
  load.window = windows.window;
  load.body = kStored;
  return load;
}

// A run with the processor time that the process used in its window.
struct Run {
  LoadResult load;
  double cpu_us = 0;
};

Run run_watched(Load load, pid_t process) {
  Run run;
  load.on_window_begin = [&] { run.cpu_us = -cpu_us(process); };
  run.load = run_load(load);
  run.cpu_us += cpu_us(process);
  if (run.load.errors != 0) throw std::runtime_error("an answer is wrong: " + run.load.first_error);
  return run;
}

// Average of a histogram between two looks.
class GroupSize final {
 public:
  explicit GroupSize(const Propylon& propylon) : propylon_(propylon), sum_(sum()), count_(count()) {}
  double since() const { return (sum() - sum_) / std::max(1.0, count() - count_); }

 private:
  double sum() const { return propylon_.metric(R"(propylon_log_group_records_sum{log="disk"})"); }
  double count() const { return propylon_.metric(R"(propylon_log_group_records_count{log="disk"})"); }

  const Propylon& propylon_;
  double sum_;
  double count_;
};

Sample sample_of(const Run& run, double messages) {
  const auto us = [&](double quantile) { return static_cast<double>(run.load.latency_ns.quantile_ns(quantile)) / 1e3; };
  Sample sample;
  sample.per_s = messages / run.load.seconds;
  sample.cpu_us = run.cpu_us / messages;
  sample.p50_us = us(0.5);
  sample.p99_us = us(0.99);
  sample.p99_9_us = us(0.999);
  return sample;
}

// Everything that was answered must be there, and nothing that was never sent.
void expect_stored(const Propylon& propylon, const std::string& station, const LoadResult& load, std::uint64_t each) {
  const std::uint64_t stored = propylon.count_messages(station);
  if (stored >= load.answered_total * each && stored <= load.sent_total * each) return;
  throw std::runtime_error(station + " holds " + std::to_string(stored) + " messages, but " +
                           std::to_string(load.answered_total * each) + " were answered and " +
                           std::to_string(load.sent_total * each) + " sent");
}

Sample measure_produce(const Propylon& propylon, const std::string& station, const Load& load, std::uint64_t each) {
  const GroupSize group_size(propylon);
  const Run run = run_watched(load, propylon.pid());
  Sample sample = sample_of(run, static_cast<double>(run.load.answered * each));
  sample.group_records = group_size.since();
  expect_stored(propylon, station, run.load, each);
  return sample;
}

std::uint64_t count_messages(std::string_view body) {
  constexpr std::string_view kStart = R"({"message":)";
  std::uint64_t count = 0;
  for (std::size_t at = 0; (at = body.find(kStart, at)) != std::string_view::npos; at += kStart.size()) ++count;
  return count;
}

}  // namespace

double nginx_cpu_us(const Nginx& nginx, const Propylon& propylon, std::size_t connections, const Windows& windows) {
  const std::string request = request_of(propylon, "/stations/orders/produce/single", json_of(kSingleBytes));
  const Run run = run_watched(load_of(nginx.port(), connections, request, windows), nginx.pid());
  return run.cpu_us / static_cast<double>(run.load.answered);
}

Sample measure_single(const Propylon& propylon, const std::string& station, std::size_t connections,
                      const Windows& windows) {
  const std::string request = request_of(propylon, "/stations/" + station + "/produce/single", json_of(kSingleBytes));
  return measure_produce(propylon, station, load_of(propylon.port(), connections, request, windows), 1);
}

Sample measure_batch(const Propylon& propylon, const std::string& station, const Windows& windows) {
  const std::string request = request_of(propylon, "/stations/" + station + "/produce/batch", batch());
  return measure_produce(propylon, station, load_of(propylon.port(), kBatchConnections, request, windows), kBatch);
}

Sample measure_consume(const Propylon& propylon, const std::string& station, const Windows& windows) {
  // As many as the fastest core can read in a window; what is left over does no harm.
  const std::size_t batches = static_cast<std::size_t>(windows.window.count());
  const std::string body = batch();
  for (std::size_t i = 0; i < batches; ++i) propylon.post("/stations/" + station + "/produce/batch", body);
  const std::string consume = R"({"consumer_name":"c","batch_size":1000,"batch_max_wait_time_ms":1000})";
  Load load = load_of(propylon.port(), kConsumeConnections,
                      request_of(propylon, "/stations/" + station + "/consume/batch", consume), windows);
  load.warm_up = std::chrono::milliseconds(0);
  load.body.clear();
  load.requests_max = batches - kConsumeConnections;
  std::uint64_t messages = 0;
  load.on_answer = [&](std::string_view answer) { messages += count_messages(answer); };
  const Run run = run_watched(load, propylon.pid());
  if (messages != run.load.answered * kBatch) throw std::runtime_error("an answer to consume is not full");
  return sample_of(run, static_cast<double>(messages));
}

}  // namespace propylon::bench

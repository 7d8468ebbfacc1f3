#include "produce.h"

#include <map>
#include <sstream>

#include "requests.h"

namespace propylon::bench {
namespace {

constexpr double kShareOfSaturation = 0.7;
constexpr const char* kGroups = "propylon_log_group_records";

// Value of each sample of a histogram of the log on disk: "le" of a bucket, "sum", "count".
std::vector<std::pair<std::string, double>> read_histogram(const std::string& metrics) {
  std::vector<std::pair<std::string, double>> samples;
  std::istringstream lines(metrics);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(kGroups) || line.find(R"(log="disk")") == std::string::npos) continue;
    const double value = std::stod(line.substr(line.rfind(' ')));
    const std::size_t bound = line.find("le=\"");
    if (bound != std::string::npos) {
      samples.emplace_back(line.substr(bound + 4, line.find('"', bound + 4) - bound - 4), value);
    } else {
      samples.emplace_back(line.find("_sum") != std::string::npos ? "sum" : "count", value);
    }
  }
  return samples;
}

}  // namespace

GroupSizes::GroupSizes(const Peer& server) : server_(server), before_(server.metrics()) {}

void GroupSizes::add_to(Results& results, const std::string& row) const {
  std::map<std::string, double> before;
  for (const auto& [name, value] : read_histogram(before_)) before[name] = value;
  double sum = 0;
  double count = 0;
  double counted = 0;  // buckets are cumulative
  for (const auto& [name, value] : read_histogram(server_.metrics())) {
    const double since = value - before[name];
    if (name == "sum") {
      sum = since;
    } else if (name == "count") {
      count = since;
    } else {
      results.add_groups(row, name, since - counted);
      counted = since;
    }
  }
  if (count > 0) results.add(row, kGroup, sum / count);
}

double cpu_us_each(const Measured& measured, double messages_each) {
  return measured.cpu_us / (static_cast<double>(measured.load.answered) * messages_each);
}

void add_costs(Results& results, const std::string& row, const Measured& measured, double messages_each) {
  const double messages = static_cast<double>(measured.load.answered) * messages_each;
  results.add(row, kPerS, measured.per_s() * messages_each);
  results.add(row, kCpuUs, measured.cpu_us / messages);
  results.add(row, kBusyUs, measured.busy_us / messages);
  results.add(row, kInstructions, measured.instructions / messages);
  results.add(row, "saturated_p50_us", measured.us(0.5));
  results.add(row, "saturated_p99_us", measured.us(0.99));
}

LoadResult add_latencies(Results& results, const std::string& row, Load load, const Measured& saturated) {
  load.rate_per_s = saturated.per_s() * kShareOfSaturation;
  Measured measured = measure(load, {});
  results.add(row, kP50Us, measured.us(0.5));
  results.add(row, kP99Us, measured.us(0.99));
  results.add(row, kP999Us, measured.us(0.999));
  measured.load.answered_total += saturated.load.answered_total;
  measured.load.sent_total += saturated.load.sent_total;
  return measured.load;
}

Measured produce_single(Round& round, const Peer& peer, const std::string& row, const std::string& station,
                        std::size_t connections) {
  const Load load = closed_loop(peer, connections, peer.produce_single(station, json_of(kSingleBytes)), round.windows);
  const GroupSizes groups(peer);
  const Measured saturated = measure(load, peer.processes());
  groups.add_to(round.results, row);
  add_costs(round.results, row, saturated, 1);
  peer.expect_stored(station, add_latencies(round.results, row, load, saturated));
  return saturated;
}

double nginx_cpu_us(Round& round) {
  constexpr std::size_t kConnections = 256;
  const Nginx& nginx = round.servers.nginx();
  const Exchange exchange = nginx.produce_single("orders", json_of(kSingleBytes));
  return cpu_us_each(measure(closed_loop(nginx, kConnections, exchange, round.windows), nginx.processes()), 1);
}

}  // namespace propylon::bench

#include "report.h"

#include <fmt/format.h>
#include <sys/utsname.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <thread>

#include "json/writer.h"

namespace propylon::bench {
namespace {

using Of = std::function<double(const Sample&)>;

double ratio(const Sample& sample) { return sample.nginx_cpu_us > 0 ? sample.cpu_us / sample.nginx_cpu_us : 0; }

std::vector<double> sorted(const std::vector<Sample>& samples, const Of& of) {
  std::vector<double> values;
  for (const auto& sample : samples) values.push_back(of(sample));
  std::ranges::sort(values);
  return values;
}

double median(const std::vector<Sample>& samples, const Of& of) {
  const auto values = sorted(samples, of);
  return values.empty() ? 0 : values[values.size() / 2];
}

void write_samples(json::Writer& writer, const std::vector<Sample>& samples) {
  writer.begin_array();
  for (const auto& sample : samples) {
    writer.begin_object().key("messages_per_s").number(sample.per_s).key("cpu_us_per_message").number(sample.cpu_us);
    writer.key("nginx_cpu_us_per_request").number(sample.nginx_cpu_us).key("cpu_ratio_to_nginx").number(ratio(sample));
    writer.key("p50_us").number(sample.p50_us).key("p99_us").number(sample.p99_us);
    writer.key("p99_9_us").number(sample.p99_9_us);
    writer.key("records_per_group").number(sample.group_records).end_object();
  }
  writer.end_array();
}

}  // namespace

std::string describe_machine() {
  std::string model = "unknown processor";
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("model name")) continue;
    model = line.substr(line.find(": ") + 2);
    break;
  }
  utsname system{};
  ::uname(&system);
  return fmt::format("{}, {} cores, Linux {}", model, std::thread::hardware_concurrency(), system.release);
}

std::string table(const Conditions& conditions, const std::vector<CaseSamples>& cases) {
  std::string text = fmt::format(
      "{}\n{} (commit {}), durability os, JWT on every request; {} answering a constant\n"
      "servers on core 0 with one thread, load on core 1; medians of {} rounds of {} ms; ratios within each round\n\n",
      conditions.machine, conditions.propylon, conditions.commit, conditions.nginx, conditions.rounds,
      conditions.windows.window.count());
  text += fmt::format("{:<28} {:>12} {:>10} {:>9} {:>7} {:>15} {:>9} {:>9} {:>9} {:>7}\n", "case", "messages/s",
                      "CPU us/msg", "nginx us", "ratio", "(lowest-highest)", "p50 us", "p99 us", "p99.9 us", "group");
  for (const auto& [name, samples] : cases) {
    const auto ratios = sorted(samples, ratio);
    text += fmt::format("{:<28} {:>12.0f} {:>10.2f} {:>9.2f} {:>7.3f} {:>15} {:>9.0f} {:>9.0f} {:>9.0f} {:>7.1f}\n",
                        name, median(samples, &Sample::per_s), median(samples, &Sample::cpu_us),
                        median(samples, &Sample::nginx_cpu_us), median(samples, ratio),
                        fmt::format("({:.3f}-{:.3f})", ratios.front(), ratios.back()), median(samples, &Sample::p50_us),
                        median(samples, &Sample::p99_us), median(samples, &Sample::p99_9_us),
                        median(samples, &Sample::group_records));
  }
  return text;
}

std::string to_json(const Conditions& conditions, const std::vector<CaseSamples>& cases) {
  std::string text;
  json::Writer writer(text);
  writer.begin_object().key("machine").string(conditions.machine).key("propylon").string(conditions.propylon);
  writer.key("commit").string(conditions.commit).key("nginx").string(conditions.nginx);
  writer.key("durability").string("os").key("authentication").string("JWT, verified tokens cached");
  writer.key("server_threads").number(1).key("rounds").number(conditions.rounds);
  writer.key("warm_up_ms").number(conditions.windows.warm_up.count());
  writer.key("window_ms").number(conditions.windows.window.count()).key("cases").begin_object();
  for (const auto& [name, samples] : cases) {
    writer.key(name).begin_object().key("cpu_ratio_to_nginx_median").number(median(samples, ratio));
    writer.key("messages_per_s_median").number(median(samples, &Sample::per_s)).key("rounds");
    write_samples(writer, samples);
    writer.end_object();
  }
  writer.end_object().end_object();
  return text + "\n";
}

}  // namespace propylon::bench

// Measures the server beside nginx, in rounds: absolute figures of a shared machine move within minutes, so each case
// is compared with nginx as it was a second before.
#include <sched.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "report.h"

namespace propylon::bench {
namespace {

constexpr int kServerCore = 0;
constexpr int kLoadCore = 1;

struct Arguments {
  std::string directory;  // for the data and the result
  std::string name;       // of the result's file, without .json
  std::string commit = "unknown";
  int rounds = 7;
  bool quick = false;
};

void move_to_core(int core) {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  CPU_SET(static_cast<std::size_t>(core), &cores);
  if (::sched_setaffinity(0, sizeof cores, &cores) != 0) {
    throw std::system_error(errno, std::generic_category(), "two cores are needed");
  }
}

class Bench final {
 public:
  Bench(const std::filesystem::path& directory, const Windows& windows)
      : windows_(windows), nginx_(kServerCore), propylon_(kServerCore, directory) {}

  void run_round(int round) {
    round_ = "-" + std::to_string(round);
    for (const std::size_t connections : {256U, 8U, 1U}) single(connections);
    add("batch of 1000 x 100 B", measure_batch(propylon_, "batch" + round_, windows_));
    add("consume 1000 x 100 B", measure_consume(propylon_, "consume" + round_, windows_));
  }
  const std::vector<CaseSamples>& cases() const { return cases_; }

 private:
  void single(std::size_t connections) {
    const std::string name = std::to_string(connections);
    const double nginx = nginx_cpu_us(nginx_, propylon_, connections, windows_);
    if (connections == 256) round_nginx_us_ = nginx;
    Sample sample = measure_single(propylon_, "single-" + name + round_, connections, windows_);
    sample.nginx_cpu_us = nginx;
    add("single 259 B, " + name + " conn.", sample);
  }

  void add(const std::string& name, Sample sample) {
    // A batch has no equal at nginx: its messages stand beside requests.
    if (sample.nginx_cpu_us == 0) sample.nginx_cpu_us = round_nginx_us_;
    auto found = std::ranges::find(cases_, name, &CaseSamples::first);
    if (found == cases_.end()) found = cases_.insert(cases_.end(), {name, {}});
    found->second.push_back(sample);
  }

  const Windows windows_;
  Nginx nginx_;
  Propylon propylon_;
  std::string round_;
  double round_nginx_us_ = 0;
  std::vector<CaseSamples> cases_;
};

void run(const Arguments& arguments) {
  const std::filesystem::path directory = arguments.directory;
  const std::filesystem::path data = directory / "data";
  std::filesystem::remove_all(data);
  std::filesystem::create_directories(data);
  move_to_core(kLoadCore);

  Conditions conditions{describe_machine(), Propylon::version(), Nginx::version(),
                        arguments.commit,   arguments.rounds,    {}};
  if (arguments.quick) {
    conditions.rounds = 3;
    conditions.windows = {std::chrono::milliseconds(100), std::chrono::milliseconds(400)};
  }
  std::vector<CaseSamples> cases;
  {
    Bench bench(data, conditions.windows);
    for (int round = 1; round <= conditions.rounds; ++round) {
      std::fprintf(stderr, "round %d of %d\n", round, conditions.rounds);
      bench.run_round(round);
    }
    cases = bench.cases();
  }
  std::filesystem::remove_all(data);
  std::printf("%s", table(conditions, cases).c_str());
  const std::filesystem::path file = directory / (arguments.name + ".json");
  std::ofstream(file) << to_json(conditions, cases);
  std::printf("\n%s\n", file.c_str());
}

}  // namespace
}  // namespace propylon::bench

int main(int argc, char** argv) {
  propylon::bench::Arguments arguments;
  CLI::App program("Measures the release binary beside nginx, and checks that what was answered is stored.", "bench");
  program.add_option("--directory", arguments.directory, "Where data and result go.")->required();
  program.add_option("--name", arguments.name, "Name of the result's file.")->required();
  program.add_option("--commit", arguments.commit, "Stated in the result.");
  program.add_option("--rounds", arguments.rounds, "How often each case is measured.")->check(CLI::PositiveNumber);
  program.add_flag("--quick", arguments.quick, "Three short rounds, to see whether anything is broken.");
  CLI11_PARSE(program, argc, argv);
  try {
    propylon::bench::run(arguments);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench: %s\n", error.what());
    return 1;
  }
}

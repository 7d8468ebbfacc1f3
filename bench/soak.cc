// Mixed load for minutes or hours, and whether the server's memory, files, disk and speed stay what they are.
#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <exception>
#include <thread>
#include <vector>

#include "soak_load.h"
#include "soak_samples.h"
#include "support/server_process.h"

namespace propylon::bench {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

// Whether everything stayed flat.
bool soak(const std::filesystem::path& directory, double minutes, std::chrono::seconds between) {
  std::filesystem::remove_all(directory);
  // The password hash as operators have it; tests make it cheap.
  testing::ServerProcess server({.environment = {{"PROPYLON_PASSWORD_HASH_MEMORY_KIB", "65536"},
                                                 {"PROPYLON_PASSWORD_HASH_PASSES", "2"},
                                                 {"PROPYLON_LOG_LEVEL", "warn"}},
                                 .data_dir = directory});
  std::vector<SoakSample> samples;
  {
    SoakLoad load(server.port(), testing::kRootUser, testing::kRootPassword);
    std::printf("%s", soak_head().c_str());
    const auto begin = Clock::now();
    auto last = begin;
    while (seconds_since(begin) < minutes * 60) {
      std::this_thread::sleep_until(last + between);
      const SoakCounts counts = load.take_counts();
      const double seconds = seconds_since(last);
      last = Clock::now();
      samples.push_back(take_sample(server.pid(), directory, counts, seconds));
      samples.back().minutes = seconds_since(begin) / 60;
      std::printf("%s", soak_row(samples.back()).c_str());
      if (counts.errors > 0) std::printf("first error: %s\n", counts.first_error.c_str());
      std::fflush(stdout);
    }
  }
  const auto verdict = judge(samples);
  std::printf("\n%s", verdict.text.c_str());
  const auto exit = server.terminate();
  const std::string warnings = server.standard_error();
  if (!warnings.empty()) std::printf("\nthe server's log, from its level warn on:\n%s", warnings.c_str());
  std::filesystem::remove_all(directory);
  return verdict.flat && exit.code == 0 && exit.signal == 0;
}

}  // namespace
}  // namespace propylon::bench

int main(int argc, char** argv) {
  std::string directory;
  double minutes = 15;
  unsigned sample_s = 15;
  CLI::App program("Mixed load against the release binary; tells whether memory, files, disk and rate stay flat.",
                   "soak");
  program.add_option("--directory", directory, "Where the data goes; it is emptied first and removed.")->required();
  program.add_option("minutes", minutes, "How long.")->check(CLI::PositiveNumber);
  program.add_option("--sample-s", sample_s, "Seconds between two looks.")->check(CLI::PositiveNumber);
  CLI11_PARSE(program, argc, argv);
  try {
    return propylon::bench::soak(directory, minutes, std::chrono::seconds(sample_s)) ? 0 : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "soak: %s\n", error.what());
    return 1;
  }
}

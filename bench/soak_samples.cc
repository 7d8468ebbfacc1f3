#include "soak_samples.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <functional>
#include <stdexcept>
#include <system_error>

namespace propylon::bench {
namespace {

constexpr double kMiB = 1 << 20;
constexpr double kShare = 0.1;

struct Watched {
  const char* name;
  double slack;      // a difference of so much is nothing, whatever its share
  bool growth_only;  // less is no fault
  std::function<double(const SoakSample&)> of;
};

// A segment of the log is 64 MiB: made, freed and rewritten ones come and go by three or four between two samples.
const std::array<Watched, 5> kWatched{{
    {"resident memory, MiB", 16, true, [](const auto& s) { return static_cast<double>(s.resident_bytes) / kMiB; }},
    {"open files", 16, true, [](const auto& s) { return static_cast<double>(s.open_files); }},
    {"disk, MiB", 192, true, [](const auto& s) { return static_cast<double>(s.disk_bytes) / kMiB; }},
    {"produced per s", 0, false, [](const auto& s) { return s.produced_per_s; }},
    {"consumed per s", 0, false, [](const auto& s) { return s.consumed_per_s; }},
}};

std::uint64_t resident_bytes(pid_t process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/statm");
  std::uint64_t all = 0;
  std::uint64_t resident = 0;
  if (!(file >> all >> resident)) throw std::runtime_error("the server has ended");
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

std::uint64_t open_files(pid_t process) {
  const std::filesystem::directory_iterator files("/proc/" + std::to_string(process) + "/fd");
  return static_cast<std::uint64_t>(std::distance(begin(files), end(files)));
}

std::uint64_t disk_bytes(const std::filesystem::path& directory) {
  std::uint64_t blocks = 0;
  std::error_code gone;  // files come and go meanwhile
  for (std::filesystem::recursive_directory_iterator at(directory, gone), end; !gone && at != end; at.increment(gone)) {
    struct stat status{};
    if (::lstat(at->path().c_str(), &status) == 0) blocks += static_cast<std::uint64_t>(status.st_blocks);
  }
  return blocks * 512;
}

double median(std::vector<SoakSample>::const_iterator begin, std::vector<SoakSample>::const_iterator end,
              const Watched& watched) {
  std::vector<double> values;
  std::transform(begin, end, std::back_inserter(values), watched.of);
  std::ranges::sort(values);
  return values.empty() ? 0 : values[values.size() / 2];
}

}  // namespace

SoakSample take_sample(pid_t process, const std::filesystem::path& data_dir, const SoakCounts& counts, double seconds) {
  return {.resident_bytes = resident_bytes(process),
          .open_files = open_files(process),
          .disk_bytes = disk_bytes(data_dir),
          .produced_per_s = static_cast<double>(counts.produced) / seconds,
          .consumed_per_s = static_cast<double>(counts.consumed) / seconds,
          .single_p50_us = static_cast<double>(counts.single_ns.quantile_ns(0.5)) / 1000,
          .single_p99_us = static_cast<double>(counts.single_ns.quantile_ns(0.99)) / 1000,
          .errors = counts.errors};
}

std::string soak_head() {
  return "| min | resident MiB | files | disk MiB | produced/s | consumed/s | single p50 us | p99 us | errors |\n"
         "|---|---|---|---|---|---|---|---|---|\n";
}

std::string soak_row(const SoakSample& s) {
  return fmt::format("| {:.2f} | {:.1f} | {} | {:.0f} | {:.0f} | {:.0f} | {:.0f} | {:.0f} | {} |\n", s.minutes,
                     static_cast<double>(s.resident_bytes) / kMiB, s.open_files,
                     static_cast<double>(s.disk_bytes) / kMiB, s.produced_per_s, s.consumed_per_s, s.single_p50_us,
                     s.single_p99_us, s.errors);
}

SoakVerdict judge(const std::vector<SoakSample>& samples) {
  const auto second = samples.begin() + static_cast<std::ptrdiff_t>(samples.size() / 3);
  const auto last = samples.begin() + static_cast<std::ptrdiff_t>(samples.size() * 2 / 3);
  SoakVerdict verdict{"| median of | second third | last third | slack | |\n|---|---|---|---|---|\n", true};
  for (const auto& watched : kWatched) {
    const double before = median(second, last, watched);
    const double after = median(last, samples.end(), watched);
    const double slack = std::max(watched.slack, kShare * before);
    const bool flat = watched.growth_only ? after - before <= slack : std::abs(after - before) <= slack;
    verdict.flat = verdict.flat && flat;
    verdict.text += fmt::format("| {} | {:.1f} | {:.1f} | {:.1f} | {} |\n", watched.name, before, after, slack,
                                flat ? "flat" : "NOT FLAT");
  }
  std::uint64_t errors = 0;
  for (const auto& sample : samples) errors += sample.errors;
  verdict.flat = verdict.flat && errors == 0;
  verdict.text += fmt::format("\nverdict: {}, {} errors\n", verdict.flat ? "flat after warm-up" : "NOT FLAT", errors);
  return verdict;
}

}  // namespace propylon::bench

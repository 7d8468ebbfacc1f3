// What a soak looks at, and whether it stays as it is.
#pragma once
#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "soak_load.h"

namespace propylon::bench {

struct SoakSample {
  double minutes = 0;  // since the start
  std::uint64_t resident_bytes = 0;
  std::uint64_t open_files = 0;  // sockets and pipes included
  std::uint64_t disk_bytes = 0;  // that the data directory takes
  double produced_per_s = 0;     // messages, since the last sample
  double consumed_per_s = 0;     // messages
  double single_p50_us = 0;
  double single_p99_us = 0;
  std::uint64_t errors = 0;
};

// Throws std::runtime_error when the process is gone.
SoakSample take_sample(pid_t process, const std::filesystem::path& data_dir, const SoakCounts& counts, double seconds);

std::string soak_head();
std::string soak_row(const SoakSample& sample);

// The median of the last third beside that of the second third (the first is for warming up). Flat: memory, files, disk
// and rate differ by at most a tenth or the slack named in the table, and there were no errors.
struct SoakVerdict {
  std::string text;  // a table and a sentence
  bool flat = false;
};
SoakVerdict judge(const std::vector<SoakSample>& samples);

}  // namespace propylon::bench

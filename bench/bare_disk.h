// What a file system can sync, without anything above it.
#pragma once
#include <chrono>
#include <cstddef>
#include <filesystem>

namespace propylon::bench {

struct SyncRate {
  double per_s = 0;
  double p99_us = 0;
};

// Writes so many bytes and calls fdatasync(), one after the other, into files of space that was set aside before, as
// the log does. Throws std::system_error.
SyncRate measure_bare_disk(const std::filesystem::path& directory, std::size_t bytes, std::chrono::milliseconds window);

}  // namespace propylon::bench

#include "bare_disk.h"

#include <fcntl.h>
#include <unistd.h>

#include <string>
#include <system_error>

#include "histogram.h"
#include "interruption.h"

namespace propylon::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr off_t kFileBytes = 64 << 20;  // a segment of the log

[[noreturn]] void throw_errno(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

class PreparedFile final {
 public:
  explicit PreparedFile(std::filesystem::path path) : path_(std::move(path)) {
    descriptor_ = ::open(path_.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    if (descriptor_ < 0) throw_errno("the disk's test file");
    const bool ready = ::fallocate(descriptor_, 0, 0, kFileBytes) == 0 && ::fsync(descriptor_) == 0;
    if (!ready) throw_errno("space for the disk's test file");
  }
  ~PreparedFile() {
    ::close(descriptor_);
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  PreparedFile(const PreparedFile&) = delete;
  PreparedFile& operator=(const PreparedFile&) = delete;

  void write_and_sync(const std::string& bytes, off_t offset) const {
    const ssize_t written = ::pwrite(descriptor_, bytes.data(), bytes.size(), offset);
    if (written != static_cast<ssize_t>(bytes.size()) || ::fdatasync(descriptor_) != 0) throw_errno("fdatasync");
  }

 private:
  const std::filesystem::path path_;
  int descriptor_ = -1;
};

}  // namespace

SyncRate measure_bare_disk(const std::filesystem::path& directory, std::size_t bytes,
                           std::chrono::milliseconds window) {
  const std::string data(bytes, 'd');
  Histogram latency_ns;
  std::chrono::nanoseconds spent{0};  // preparing files is not counted
  while (spent < window) {
    const PreparedFile file(directory / "bare-disk");
    for (off_t at = 0; spent < window && at + static_cast<off_t>(bytes) <= kFileBytes;
         at += static_cast<off_t>(bytes)) {
      throw_if_interrupted();
      const auto begin = Clock::now();
      file.write_and_sync(data, at);
      const std::chrono::nanoseconds took = Clock::now() - begin;
      latency_ns.add(static_cast<std::uint64_t>(took.count()));
      spent += took;
    }
  }
  return {static_cast<double>(latency_ns.total()) / std::chrono::duration<double>(spent).count(),
          static_cast<double>(latency_ns.quantile_ns(0.99)) / 1e3};
}

}  // namespace propylon::bench

#include "log/directory_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "log/posix_file_layer.h"

namespace propylon::log {
namespace {

// Who holds it, for people. One that only reads has not written its pid; the one that stands there is gone then.
std::string holder(int fd) {
  char text[32] = {};
  pid_t pid = 0;
  const ssize_t n = ::pread(fd, text, sizeof text - 1, 0);
  const auto parsed = std::from_chars(text, text + std::max<ssize_t>(n, 0), pid);
  const bool lives = parsed.ec == std::errc() && pid > 0 && (::kill(pid, 0) == 0 || errno == EPERM);
  return lives ? fmt::format("process {}", pid) : "another process (perhaps one that checks it)";
}

std::unexpected<Error> system_failure(std::string_view act, const std::string& path) {
  return fail(ErrorCode::kIo, fmt::format("{} {}: {}.", act, path, std::strerror(errno)));
}

Result<void> take(int fd, int mode, const std::string& directory) {
  if (::flock(fd, mode | LOCK_NB) == 0) return {};
  if (errno != EWOULDBLOCK) return system_failure("Locking", directory + "/lock");
  return fail(ErrorCode::kBusy, fmt::format("The data directory {} is in use by {}; stop that process or use another "
                                            "directory.",
                                            directory, holder(fd)));
}

}  // namespace

Result<std::unique_ptr<DirectoryLock>> DirectoryLock::acquire(const std::string& directory) {
  PPL_CHECK(PosixFileLayer().make_directory(directory));
  const std::string path = directory + "/lock";
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return system_failure("Opening", path);
  std::unique_ptr<DirectoryLock> lock(new DirectoryLock(fd));
  PPL_CHECK(take(fd, LOCK_EX, directory));
  // The pid is for people only: the lock holds without it.
  const std::string pid = fmt::format("{}\n", ::getpid());
  if (::ftruncate(fd, 0) != 0 || ::pwrite(fd, pid.data(), pid.size(), 0) < 0) return system_failure("Writing", path);
  return lock;
}

Result<std::unique_ptr<DirectoryLock>> DirectoryLock::acquire_for_reading(const std::string& directory) {
  const std::string path = directory + "/lock";
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0 && errno == ENOENT) return nullptr;
  if (fd < 0) return system_failure("Opening", path);
  std::unique_ptr<DirectoryLock> lock(new DirectoryLock(fd));
  PPL_CHECK(take(fd, LOCK_SH, directory));
  return lock;
}

DirectoryLock::~DirectoryLock() { ::close(fd_); }

}  // namespace propylon::log

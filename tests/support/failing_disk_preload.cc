// Preloaded into a real server by tests/support/failing_disk.h: its file operations fail while a control file says so.
//
// FAILING_DISK names the control file; each of its lines is "<operation> <part of a path>", operations are
// write, read and sync. Takes the place of the C library's functions and goes to the kernel itself for what does not
// fail, so that it needs nothing of theirs.
#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

std::string control_text() {
  const char* const file = std::getenv("FAILING_DISK");
  if (file == nullptr) return {};
  const long fd = ::syscall(SYS_openat, AT_FDCWD, file, O_RDONLY | O_CLOEXEC, 0);
  if (fd < 0) return {};
  char text[1024];
  const long n = ::syscall(SYS_read, fd, text, sizeof text);
  ::syscall(SYS_close, fd);
  return n > 0 ? std::string(text, static_cast<std::size_t>(n)) : std::string();
}

bool fails(const char* operation, int fd) {
  const int before = errno;
  const std::string text = control_text();
  bool found = false;
  if (!text.empty()) {
    char link[64];
    char path[4096];
    std::snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    const ssize_t n = ::readlink(link, path, sizeof path);
    const std::string name(path, n > 0 ? static_cast<std::size_t>(n) : 0);
    const std::string wanted = std::string(operation) + " ";
    for (std::size_t at = 0; at < text.size() && !found; at = text.find('\n', at) + 1) {
      const std::string line = text.substr(at, text.find('\n', at) - at);
      found = line.starts_with(wanted) && name.find(line.substr(wanted.size())) != std::string::npos;
      if (text.find('\n', at) == std::string::npos) break;
    }
  }
  errno = found ? EIO : before;
  return found;
}

}  // namespace

extern "C" {

ssize_t pwrite(int fd, const void* bytes, std::size_t count, off_t offset) {
  return fails("write", fd) ? -1 : ::syscall(SYS_pwrite64, fd, bytes, count, offset);
}
ssize_t pwrite64(int fd, const void* bytes, std::size_t count, off64_t offset) {
  return fails("write", fd) ? -1 : ::syscall(SYS_pwrite64, fd, bytes, count, offset);
}
ssize_t pread(int fd, void* into, std::size_t count, off_t offset) {
  return fails("read", fd) ? -1 : ::syscall(SYS_pread64, fd, into, count, offset);
}
ssize_t pread64(int fd, void* into, std::size_t count, off64_t offset) {
  return fails("read", fd) ? -1 : ::syscall(SYS_pread64, fd, into, count, offset);
}
ssize_t preadv2(int fd, const iovec* parts, int count, off_t offset, int flags) {
  return fails("read", fd) ? -1 : ::syscall(SYS_preadv2, fd, parts, count, offset, 0L, flags);
}
int fdatasync(int fd) { return fails("sync", fd) ? -1 : static_cast<int>(::syscall(SYS_fdatasync, fd)); }
int fsync(int fd) { return fails("sync", fd) ? -1 : static_cast<int>(::syscall(SYS_fsync, fd)); }

}  // extern "C"

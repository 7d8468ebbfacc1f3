#include "log/posix_file_layer.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace propylon::log {
namespace {

std::unexpected<Error> system_failure(std::string_view act, const std::string& path, int number) {
  const bool full = number == ENOSPC || number == EDQUOT;
  const bool out_of_descriptors = number == EMFILE || number == ENFILE;
  const ErrorCode code = full                 ? ErrorCode::kStorageFull
                         : out_of_descriptors ? ErrorCode::kStoreUnavailable
                                              : ErrorCode::kIo;
  return fail(code, fmt::format("{} {}: {}.", act, path, std::strerror(number)));
}

// Each sealed segment has its index mapped: one map for 64 MiB of messages.
std::unexpected<Error> too_many_maps(const std::string& path) {
  return fail(
      ErrorCode::kIo,
      fmt::format("Mapping {}: the system gives this process no more memory maps; raise vm.max_map_count (65530 "
                  "by default, enough for 4 TiB of messages) and start again.",
                  path));
}

class PosixMapping final : public FileMapping {
 public:
  PosixMapping(void* at, std::size_t bytes) : at_(at), bytes_(bytes) {}
  PosixMapping(const PosixMapping&) = delete;
  PosixMapping& operator=(const PosixMapping&) = delete;
  ~PosixMapping() override {
    if (bytes_ > 0) ::munmap(at_, bytes_);
  }
  ByteView bytes() const override { return {static_cast<const char*>(at_), bytes_}; }

 private:
  void* const at_;
  const std::size_t bytes_;
};

class PosixFile final : public File {
 public:
  PosixFile(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}
  PosixFile(const PosixFile&) = delete;
  PosixFile& operator=(const PosixFile&) = delete;
  ~PosixFile() override { ::close(fd_); }

  Result<void> write_at(ByteView bytes, std::uint64_t offset) override {
    while (!bytes.empty()) {
      const ssize_t n = ::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) return system_failure("Writing", path_, n == 0 ? EIO : errno);
      bytes.remove_prefix(static_cast<std::size_t>(n));
      offset += static_cast<std::uint64_t>(n);
    }
    return {};
  }

  Result<std::size_t> read_at(std::span<char> into, std::uint64_t offset) const override {
    std::size_t done = 0;
    while (done < into.size()) {
      const ssize_t n = ::pread(fd_, into.data() + done, into.size() - done, static_cast<off_t>(offset + done));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return system_failure("Reading", path_, errno);
      if (n == 0) break;
      done += static_cast<std::size_t>(n);
    }
    return done;
  }

  Result<std::optional<std::size_t>> read_cached(std::span<char> into, std::uint64_t offset) const override {
    std::size_t done = 0;
    while (done < into.size()) {
      const iovec part{into.data() + done, into.size() - done};
      const ssize_t n = ::preadv2(fd_, &part, 1, static_cast<off_t>(offset + done), RWF_NOWAIT);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0 && errno == EAGAIN) return std::nullopt;
      if (n < 0 && (errno == EOPNOTSUPP || errno == ENOSYS)) return PPL_TRY(read_at(into, offset));
      if (n < 0) return system_failure("Reading", path_, errno);
      if (n == 0) break;
      done += static_cast<std::size_t>(n);
    }
    return done;
  }

  Result<void> allocate(std::uint64_t bytes) override {
    int failed = 0;
    do {
      failed = ::fallocate(fd_, 0, 0, static_cast<off_t>(bytes)) == 0 ? 0 : errno;
    } while (failed == EINTR);
    // A file system without it: the file gets its length, and space as it is written.
    if (failed == EOPNOTSUPP) failed = ::ftruncate(fd_, static_cast<off_t>(bytes)) == 0 ? 0 : errno;
    if (failed != 0) return system_failure("Allocating", path_, failed);
    return {};
  }

  Result<void> truncate(std::uint64_t bytes) override {
    if (::ftruncate(fd_, static_cast<off_t>(bytes)) != 0) return system_failure("Truncating", path_, errno);
    return {};
  }

  Result<void> sync() override {
    if (::fdatasync(fd_) != 0) return system_failure("Syncing", path_, errno);
    return {};
  }

  void start_writeback(std::uint64_t offset, std::uint64_t bytes) override {
    ::sync_file_range(fd_, static_cast<off_t>(offset), static_cast<off_t>(bytes), SYNC_FILE_RANGE_WRITE);
  }

  Result<std::uint64_t> size() const override {
    struct stat status{};
    if (::fstat(fd_, &status) != 0) return system_failure("Examining", path_, errno);
    return static_cast<std::uint64_t>(status.st_size);
  }

  Result<std::uint64_t> next_data(std::uint64_t offset) const override {
    const std::uint64_t end = PPL_TRY(size());
    if (offset >= end) return end;
    const off_t found = ::lseek(fd_, static_cast<off_t>(offset), SEEK_DATA);
    if (found >= 0) return static_cast<std::uint64_t>(found);
    return errno == ENXIO ? end : offset;
  }

  Result<std::unique_ptr<FileMapping>> map() const override {
    const std::uint64_t bytes = PPL_TRY(size());
    if (bytes == 0) return std::make_unique<PosixMapping>(nullptr, 0);
    void* const at = ::mmap(nullptr, bytes, PROT_READ, MAP_SHARED, fd_, 0);
    if (at == MAP_FAILED && errno == ENOMEM) return too_many_maps(path_);
    if (at == MAP_FAILED) return system_failure("Mapping", path_, errno);
    return std::make_unique<PosixMapping>(at, bytes);
  }

 private:
  const int fd_;
  const std::string path_;
};

Result<std::unique_ptr<File>> open_file(const std::string& path, int flags) {
  const int fd = ::open(path.c_str(), flags | O_CLOEXEC, 0600);
  if (fd < 0) return system_failure("Opening", path, errno);
  return std::make_unique<PosixFile>(fd, path);
}

}  // namespace

Result<void> PosixFileLayer::may_change(std::string_view act, const std::string& path) const {
  if (access_ == FileAccess::kReadOnly) return system_failure(act, path, EROFS);
  return {};
}

Result<void> PosixFileLayer::make_directory(const std::string& path) {
  PPL_CHECK(may_change("Making", path));
  for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
    const std::string part = path.substr(0, end);
    const bool made = ::mkdir(part.c_str(), 0700) == 0;
    if (!made && errno != EEXIST) return system_failure("Making", part, errno);
    // A power cut must not take the whole directory with what was stored in it.
    if (made)
      PPL_CHECK(sync_directory(part.rfind('/') == std::string::npos ? "." : part.substr(0, part.rfind('/') + 1)));
    if (end == std::string::npos) return {};
  }
}

Result<std::unique_ptr<File>> PosixFileLayer::create(const std::string& path) {
  PPL_CHECK(may_change("Making", path));
  return open_file(path, O_RDWR | O_CREAT | O_EXCL);
}

Result<std::unique_ptr<File>> PosixFileLayer::open(const std::string& path) {
  return open_file(path, access_ == FileAccess::kReadOnly ? O_RDONLY : O_RDWR);
}

Result<void> PosixFileLayer::rename(const std::string& from, const std::string& to) {
  PPL_CHECK(may_change("Renaming", from));
  if (::rename(from.c_str(), to.c_str()) != 0) return system_failure("Renaming", from, errno);
  return {};
}

Result<void> PosixFileLayer::unlink(const std::string& path) {
  PPL_CHECK(may_change("Deleting", path));
  if (::unlink(path.c_str()) != 0) return system_failure("Deleting", path, errno);
  return {};
}

Result<void> PosixFileLayer::sync_directory(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return system_failure("Opening", path, errno);
  const int failed = ::fsync(fd) == 0 ? 0 : errno;
  ::close(fd);
  if (failed != 0) return system_failure("Syncing", path, failed);
  return {};
}

Result<std::vector<std::string>> PosixFileLayer::list(const std::string& path) {
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(::opendir(path.c_str()), &::closedir);
  if (!directory) return system_failure("Listing", path, errno);
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = ::readdir(directory.get())) {
    if (entry->d_type == DT_REG || entry->d_type == DT_UNKNOWN) names.emplace_back(entry->d_name);
    errno = 0;
  }
  if (errno != 0) return system_failure("Listing", path, errno);
  std::ranges::sort(names);
  return names;
}

Result<FileSpace> PosixFileLayer::space(const std::string& path) {
  struct statvfs status{};
  while (::statvfs(path.c_str(), &status) != 0) {
    if (errno != EINTR) return system_failure("Examining", path, errno);
  }
  return FileSpace{.total_bytes = std::uint64_t{status.f_blocks} * status.f_frsize,
                   .available_bytes = std::uint64_t{status.f_bavail} * status.f_frsize};
}

}  // namespace propylon::log

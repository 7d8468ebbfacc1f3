// Keeps a second process out of a data directory.
#pragma once
#include <memory>
#include <string>

#include "core/result.h"

namespace propylon::log {

// Held while it lives; the system releases it when the process dies. The file `lock` stays; it holds the pid.
class DirectoryLock final {
 public:
  // Makes the directory (0700) if it is missing. Errors: kBusy: another process (or another lock in this one) has it,
  // the message names its pid; kIo.
  static Result<std::unique_ptr<DirectoryLock>> acquire(const std::string& directory);
  // For who only reads: the same lock, or null when no process has ever made its file. Nothing is made or written, so a
  // process that comes meanwhile is refused without the right pid. Several may hold it so at a time.
  // Errors: kBusy as above, kIo.
  static Result<std::unique_ptr<DirectoryLock>> acquire_for_reading(const std::string& directory);
  ~DirectoryLock();
  DirectoryLock(const DirectoryLock&) = delete;
  DirectoryLock& operator=(const DirectoryLock&) = delete;

 private:
  explicit DirectoryLock(int fd) : fd_(fd) {}
  const int fd_;
};

}  // namespace propylon::log

// The operating system's files.
#pragma once
#include "log/file_layer.h"

namespace propylon::log {

// Thread: any.
class PosixFileLayer final : public FileLayer {
 public:
  Result<void> make_directory(const std::string& path) override;
  Result<std::unique_ptr<File>> create(const std::string& path) override;
  Result<std::unique_ptr<File>> open(const std::string& path) override;
  Result<void> rename(const std::string& from, const std::string& to) override;
  Result<void> unlink(const std::string& path) override;
  Result<void> sync_directory(const std::string& path) override;
  Result<std::vector<std::string>> list(const std::string& path) override;
  Result<FileSpace> space(const std::string& path) override;
};

}  // namespace propylon::log

// The operating system's files.
#pragma once
#include "log/file_layer.h"

namespace propylon::log {

enum class FileAccess : std::uint8_t {
  kReadWrite,
  kReadOnly,  // nothing can be changed: files open for reading alone, every change fails with kIo
};

// Thread: any.
class PosixFileLayer final : public FileLayer {
 public:
  explicit PosixFileLayer(FileAccess access = FileAccess::kReadWrite) : access_(access) {}

  Result<void> make_directory(const std::string& path) override;
  Result<std::unique_ptr<File>> create(const std::string& path) override;
  Result<std::unique_ptr<File>> open(const std::string& path) override;
  Result<void> rename(const std::string& from, const std::string& to) override;
  Result<void> unlink(const std::string& path) override;
  Result<void> sync_directory(const std::string& path) override;
  Result<std::vector<std::string>> list(const std::string& path) override;
  Result<FileSpace> space(const std::string& path) override;

 private:
  Result<void> may_change(std::string_view act, const std::string& path) const;

  const FileAccess access_;
};

}  // namespace propylon::log

#include "catalog/sqlite/sqlite_copy.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>

#include "catalog/sqlite/sqlite_catalog.h"

namespace propylon::catalog {
namespace {

namespace fs = std::filesystem;

constexpr const char* kWriteAheadLog = "-wal";

class TemporaryDirectory final {
 public:
  static Result<TemporaryDirectory> make() {
    std::error_code error;
    std::string pattern = (fs::temp_directory_path(error) / "propylon-catalog-XXXXXX").string();
    if (error || ::mkdtemp(pattern.data()) == nullptr) {
      return fail(ErrorCode::kIo, "A temporary directory " + pattern + " cannot be made: " + std::strerror(errno));
    }
    return TemporaryDirectory(pattern);
  }
  TemporaryDirectory(TemporaryDirectory&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  TemporaryDirectory& operator=(TemporaryDirectory&&) = delete;
  ~TemporaryDirectory() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  const fs::path& path() const { return path_; }

 private:
  explicit TemporaryDirectory(fs::path path) : path_(std::move(path)) {}
  fs::path path_;
};

Result<void> copy_bytes(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::copy_file(from, to, error);
  if (error) return fail(ErrorCode::kIo, "The catalog " + from.string() + " cannot be read: " + error.message());
  return {};
}

}  // namespace

Result<std::unique_ptr<Catalog>> open_sqlite_catalog_copy(const fs::path& file) {
  const TemporaryDirectory directory = PPL_TRY(TemporaryDirectory::make());
  const fs::path copied = directory.path() / "catalog.db";
  PPL_CHECK(copy_bytes(file, copied));
  fs::path log = file;
  log += kWriteAheadLog;
  std::error_code ignored;
  if (fs::exists(log, ignored)) {
    fs::path copied_log = copied;
    copied_log += kWriteAheadLog;
    PPL_CHECK(copy_bytes(log, copied_log));
  } else if (fs::file_size(copied, ignored) == 0) {
    return fail(ErrorCode::kDamaged, "The catalog " + file.string() + " is empty. Restore it from a backup.");
  }
  auto catalog = open_sqlite_catalog(copied);  // goes on with its files when their names are gone
  if (!catalog && catalog.error().code == ErrorCode::kDamaged) {
    std::string message = catalog.error().message;  // people look for the original
    if (const auto at = message.find(copied.string()); at != std::string::npos) {
      message.replace(at, copied.string().size(), file.string());
    }
    return fail(ErrorCode::kDamaged, std::move(message));
  }
  return catalog;
}

}  // namespace propylon::catalog

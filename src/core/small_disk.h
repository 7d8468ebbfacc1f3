// For tests alone: a real file system that is soon full.
#pragma once
#include <sys/mount.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>

namespace propylon {

// A tmpfs of so many bytes below the temporary directory; unmounted and removed with this object, also when a test
// fails. Everything on it must be closed by then.
class SmallDisk final {
 public:
  // Null when it cannot be mounted (that takes root); the reason is printed: skip the test.
  static std::unique_ptr<SmallDisk> mount(std::uint64_t bytes) {
    std::string path = (std::filesystem::temp_directory_path() / "propylon-disk-XXXXXX").string();
    if (::mkdtemp(path.data()) == nullptr) return nullptr;
    const std::string options = "mode=0700,size=" + std::to_string(bytes);
    if (::mount("tmpfs", path.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, options.c_str()) != 0) {
      std::printf("no small file system can be mounted: %s\n", std::strerror(errno));
      std::filesystem::remove(path);
      return nullptr;
    }
    return std::unique_ptr<SmallDisk>(new SmallDisk(path));
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  ~SmallDisk() {
    if (::umount2(path_.c_str(), MNT_DETACH) != 0) std::perror("a small file system stays mounted");
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }

  const std::filesystem::path& path() const { return path_; }
  // Takes all that is left with one file; true when nothing is left.
  bool fill() const {
    std::FILE* const file = std::fopen(ballast().c_str(), "w");
    if (file == nullptr) return false;
    const std::string page(4096, '#');
    while (std::fwrite(page.data(), 1, page.size(), file) == page.size() && std::fflush(file) == 0) {
    }
    std::fclose(file);
    return true;
  }
  void empty() const { std::filesystem::remove(ballast()); }

 private:
  explicit SmallDisk(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path ballast() const { return path_ / "ballast"; }
  const std::filesystem::path path_;
};

}  // namespace propylon

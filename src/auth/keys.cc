#include "auth/keys.h"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/assert.h"
#include "json/base64.h"

namespace propylon::auth {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kFileBytesMax = 256;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  const int fd_;
};

std::unexpected<Error> io_error(const char* what, const fs::path& path) {
  const int code = errno;
  return fail(ErrorCode::kIo, std::string("Cannot ") + what + " " + path.string() + ": " + std::strerror(code));
}

Result<void> sync_directory(const fs::path& directory) {
  const Descriptor fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd || ::fsync(fd.get()) != 0) return io_error("sync the directory", directory);
  return {};
}

Result<void> make_directory(const fs::path& directory) {
  if (::mkdir(directory.c_str(), 0700) == 0) return sync_directory(directory.parent_path());
  if (errno != EEXIST) return io_error("make the directory", directory);
  return {};
}

Result<Secret> read_key(const fs::path& file, const Descriptor& fd) {
  // A volume may have been mounted with wider rights; ours again, where we may.
  if (::fchmod(fd.get(), 0600) != 0 && errno != EPERM && errno != EROFS) return io_error("restrict", file);
  std::string text(kFileBytesMax, '\0');
  const ssize_t got = ::read(fd.get(), text.data(), text.size());
  if (got < 0) return io_error("read", file);
  text.resize(static_cast<std::size_t>(got));
  if (text.ends_with('\n')) text.pop_back();
  const auto key = json::from_base64(text, json::Base64::kUrl);
  if (!key || key->size() != kKeyBytes) {
    return fail(ErrorCode::kDamaged,
                "The file " + file.string() +
                    " does not hold a key; restore it, or remove it to make a new one (all tokens end then).");
  }
  return Secret(*key);
}

// The whole key is on disk before its name is: a crash leaves either no key or a good one.
Result<void> store_key(const fs::path& file, const Secret& key) {
  const fs::path unfinished = file.string() + ".tmp";
  {
    const Descriptor fd(::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!fd) return io_error("make", unfinished);
    const Secret line(json::to_base64(key.reveal(), json::Base64::kUrl) + "\n");
    const std::string_view bytes = line.reveal();
    if (::write(fd.get(), bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()))
      return io_error("write", unfinished);
    if (::fsync(fd.get()) != 0) return io_error("sync", unfinished);
  }
  if (::rename(unfinished.c_str(), file.c_str()) != 0) return io_error("put in place", file);
  return sync_directory(file.parent_path());
}

Result<Secret> load_or_make(const fs::path& file) {
  const Descriptor fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd) return read_key(file, fd);
  if (errno != ENOENT) return io_error("open", file);
  std::string bytes(kKeyBytes, '\0');
  randombytes_buf(bytes.data(), bytes.size());
  Secret key(std::move(bytes));
  PPL_CHECK(store_key(file, key));
  return key;
}

}  // namespace

Result<TokenKeys> load_or_make_keys(const fs::path& data_dir, const Secret& configured_access,
                                    const Secret& configured_refresh) {
  PPL_ASSERT(sodium_init() >= 0);
  TokenKeys keys{configured_access, configured_refresh};
  const fs::path directory = data_dir / "keys";
  if (keys.access.empty() || keys.refresh.empty()) PPL_CHECK(make_directory(directory));
  if (keys.access.empty()) keys.access = PPL_TRY(load_or_make(directory / "access.key"));
  if (keys.refresh.empty()) keys.refresh = PPL_TRY(load_or_make(directory / "refresh.key"));
  return keys;
}

}  // namespace propylon::auth

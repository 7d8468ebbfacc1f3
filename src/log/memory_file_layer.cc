#include "log/memory_file_layer.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <shared_mutex>

namespace propylon::log {
namespace {

constexpr std::size_t kChunkBytes = 64 * kKiB;
constexpr std::size_t kBlockBytes = 512;
using Chunk = std::vector<char>;

std::unexpected<Error> no_such_file(const std::string& path) {
  return fail(ErrorCode::kIo, "There is no file " + path + " in memory.");
}

std::string directory_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

// A file's bytes. A copy shares the chunks; a write makes its own of those it changes.
class Content {
 public:
  std::uint64_t size() const { return size_; }

  void resize(std::uint64_t bytes) {
    if (bytes < size_) {
      chunks_.resize((bytes + kChunkBytes - 1) / kChunkBytes);
      if (const std::size_t kept = bytes % kChunkBytes; kept != 0 && chunks_.back()) {
        Chunk& last = own(chunks_.size() - 1);
        std::fill(last.begin() + static_cast<std::ptrdiff_t>(kept), last.end(), '\0');
      }
    } else {
      chunks_.resize((bytes + kChunkBytes - 1) / kChunkBytes);
    }
    size_ = bytes;
  }

  void write(ByteView bytes, std::uint64_t offset) {
    if (offset + bytes.size() > size_) resize(offset + bytes.size());
    while (!bytes.empty()) {
      const std::size_t within = offset % kChunkBytes;
      const std::size_t part = std::min(bytes.size(), kChunkBytes - within);
      std::memcpy(own(offset / kChunkBytes).data() + within, bytes.data(), part);
      bytes.remove_prefix(part);
      offset += part;
    }
  }

  std::size_t read(std::span<char> into, std::uint64_t offset) const {
    if (offset >= size_) return 0;
    const std::size_t total = std::min<std::uint64_t>(into.size(), size_ - offset);
    for (std::size_t done = 0; done < total;) {
      const std::size_t within = (offset + done) % kChunkBytes;
      const std::size_t part = std::min(total - done, kChunkBytes - within);
      const auto& chunk = chunks_[(offset + done) / kChunkBytes];
      chunk ? std::memcpy(into.data() + done, chunk->data() + within, part) : std::memset(into.data() + done, 0, part);
      done += part;
    }
    return total;
  }

  std::uint64_t next_data(std::uint64_t offset) const {
    for (std::size_t i = offset / kChunkBytes; i < chunks_.size(); ++i) {
      if (chunks_[i]) return std::min(size_, std::max<std::uint64_t>(offset, i * kChunkBytes));
    }
    return size_;
  }

  // Whether both have the same chunk there, so that no byte can differ.
  bool shares_chunk(const Content& other, std::uint64_t offset) const {
    const std::size_t i = offset / kChunkBytes;
    return i < chunks_.size() && i < other.chunks_.size() && chunks_[i] == other.chunks_[i];
  }

 private:
  Chunk& own(std::size_t i) {
    auto& chunk = chunks_[i];
    if (!chunk) {
      chunk = std::make_shared<Chunk>(kChunkBytes);
    } else if (chunk.use_count() > 1) {
      chunk = std::make_shared<Chunk>(*chunk);
    }
    return *chunk;
  }

  std::uint64_t size_ = 0;
  std::vector<std::shared_ptr<Chunk>> chunks_;  // null: zeros; shared by the current and the durable content
};

// What a disk holds after power was lost: of each changed block the old or the new bytes.
Content after_crash(const Content& durable, const Content& current, const std::function<bool()>& keeps) {
  Content result = durable;
  if (current.size() != durable.size() && keeps()) result.resize(current.size());
  char before[kBlockBytes];
  char now[kBlockBytes];
  for (std::uint64_t at = 0; at < std::min(current.size(), result.size()); at += kBlockBytes) {
    if (durable.shares_chunk(current, at)) continue;
    const std::size_t n = current.read(now, at);
    std::memset(before, 0, sizeof before);
    result.read(before, at);
    const std::size_t kept = std::min<std::uint64_t>(n, result.size() - at);
    if (std::memcmp(before, now, kept) != 0 && keeps()) result.write({now, kept}, at);
  }
  return result;
}

}  // namespace

// A file's bytes: what they are now, and what a crash would leave.
class MemoryInode {
 public:
  mutable std::shared_mutex mutex;
  Content current GUARDED_BY(mutex);
  Content durable GUARDED_BY(mutex);
};

// How much of the capacity the files take. Thread: any.
class MemorySpace {
 public:
  explicit MemorySpace(std::uint64_t capacity_bytes) : capacity_(capacity_bytes) {}

  // Errors: kStorageFull; nothing was taken.
  Result<void> take(std::uint64_t bytes) {
    std::uint64_t used = used_.load();
    do {
      if (capacity_ != 0 && (used > capacity_ || bytes > capacity_ - used)) {
        return fail(ErrorCode::kStorageFull,
                    "The files in memory would take more than the " + std::to_string(capacity_) + " bytes they may.");
      }
    } while (!used_.compare_exchange_weak(used, used + bytes));
    return {};
  }
  // A crash brings files back whether there is room or not.
  void take_anyway(std::uint64_t bytes) { used_ += bytes; }
  void give(std::uint64_t bytes) { used_ -= bytes; }

  FileSpace state() const {
    if (capacity_ == 0) return {.total_bytes = UINT64_MAX, .available_bytes = UINT64_MAX};
    const std::uint64_t used = used_.load();
    return {.total_bytes = capacity_, .available_bytes = used < capacity_ ? capacity_ - used : 0};
  }

 private:
  const std::uint64_t capacity_;
  std::atomic<std::uint64_t> used_{0};
};

// Makes a file's size count for as long as a name, an open file or a mapping has it.
class MemoryHold {
 public:
  MemoryHold(std::shared_ptr<MemoryInode> held, std::shared_ptr<MemorySpace> of)
      : inode(std::move(held)), space(std::move(of)) {}
  MemoryHold(const MemoryHold&) = delete;
  MemoryHold& operator=(const MemoryHold&) = delete;
  ~MemoryHold() {
    const std::shared_lock lock(inode->mutex);
    space->give(inode->current.size());
  }

  // Changes the size of the current content. Hold the inode's mutex. Errors: kStorageFull; nothing changed.
  Result<void> resize(std::uint64_t bytes) const {
    Content& content = inode->current;
    if (bytes > content.size()) PPL_CHECK(space->take(bytes - content.size()));
    if (bytes < content.size()) space->give(content.size() - bytes);
    content.resize(bytes);
    return {};
  }

  const std::shared_ptr<MemoryInode> inode;  // shared with the names that a crash would bring back
  const std::shared_ptr<MemorySpace> space;
};

namespace {

class MemoryMapping final : public FileMapping {
 public:
  MemoryMapping(std::string bytes, std::shared_ptr<MemoryHold> hold)
      : bytes_(std::move(bytes)), hold_(std::move(hold)) {}
  ByteView bytes() const override { return bytes_; }

 private:
  const std::string bytes_;
  const std::shared_ptr<MemoryHold> hold_;
};

class MemoryFile final : public File {
 public:
  MemoryFile(std::shared_ptr<MemoryHold> hold, CrashMemory crashes)
      : hold_(std::move(hold)), inode_(*hold_->inode), crashes_(crashes) {}

  Result<void> write_at(ByteView bytes, std::uint64_t offset) override {
    const std::unique_lock lock(inode_.mutex);
    if (offset + bytes.size() > inode_.current.size()) PPL_CHECK(hold_->resize(offset + bytes.size()));
    inode_.current.write(bytes, offset);
    return {};
  }
  Result<std::size_t> read_at(std::span<char> into, std::uint64_t offset) const override {
    const std::shared_lock lock(inode_.mutex);
    return inode_.current.read(into, offset);
  }
  Result<std::optional<std::size_t>> read_cached(std::span<char> into, std::uint64_t offset) const override {
    return PPL_TRY(read_at(into, offset));
  }
  Result<void> allocate(std::uint64_t bytes) override {
    const std::unique_lock lock(inode_.mutex);
    if (bytes <= inode_.current.size()) return {};
    return hold_->resize(bytes);
  }
  Result<void> truncate(std::uint64_t bytes) override {
    const std::unique_lock lock(inode_.mutex);
    return hold_->resize(bytes);
  }
  Result<void> sync() override {
    if (crashes_ == CrashMemory::kNone) return {};
    const std::unique_lock lock(inode_.mutex);
    inode_.durable = inode_.current;
    return {};
  }
  void start_writeback(std::uint64_t, std::uint64_t) override {}
  Result<std::uint64_t> size() const override {
    const std::shared_lock lock(inode_.mutex);
    return inode_.current.size();
  }
  Result<std::uint64_t> next_data(std::uint64_t offset) const override {
    const std::shared_lock lock(inode_.mutex);
    return inode_.current.next_data(offset);
  }
  Result<std::unique_ptr<FileMapping>> map() const override {
    const std::shared_lock lock(inode_.mutex);
    std::string bytes(inode_.current.size(), '\0');
    inode_.current.read(bytes, 0);
    return std::make_unique<MemoryMapping>(std::move(bytes), hold_);
  }

 private:
  const std::shared_ptr<MemoryHold> hold_;  // shared with the layer's names and other open files
  MemoryInode& inode_;
  const CrashMemory crashes_;
};

}  // namespace

MemoryFileLayer::MemoryFileLayer(CrashMemory crashes, std::uint64_t capacity_bytes)
    : crashes_(crashes), space_(std::make_shared<MemorySpace>(capacity_bytes)) {}

Result<void> MemoryFileLayer::make_directory(const std::string&) { return {}; }

Result<std::unique_ptr<File>> MemoryFileLayer::create(const std::string& path) {
  const std::lock_guard lock(mutex_);
  const auto [at, made] = names_.try_emplace(path);
  if (!made) return fail(ErrorCode::kIo, "There is already a file " + path + " in memory.");
  at->second = std::make_shared<MemoryHold>(std::make_shared<MemoryInode>(), space_);
  return std::make_unique<MemoryFile>(at->second, crashes_);
}

Result<std::unique_ptr<File>> MemoryFileLayer::open(const std::string& path) {
  const std::lock_guard lock(mutex_);
  const auto found = names_.find(path);
  if (found == names_.end()) return no_such_file(path);
  return std::make_unique<MemoryFile>(found->second, crashes_);
}

Result<void> MemoryFileLayer::rename(const std::string& from, const std::string& to) {
  const std::lock_guard lock(mutex_);
  const auto found = names_.find(from);
  if (found == names_.end()) return no_such_file(from);
  auto hold = found->second;
  names_.erase(found);
  names_[to] = std::move(hold);
  return {};
}

Result<void> MemoryFileLayer::unlink(const std::string& path) {
  const std::lock_guard lock(mutex_);
  if (names_.erase(path) == 0) return no_such_file(path);
  return {};
}

Result<void> MemoryFileLayer::sync_directory(const std::string& path) {
  if (crashes_ == CrashMemory::kNone) return {};
  const std::lock_guard lock(mutex_);
  std::erase_if(durable_names_, [&](const auto& entry) { return directory_of(entry.first) == path; });
  for (const auto& [name, hold] : names_) {
    if (directory_of(name) == path) durable_names_[name] = hold->inode;
  }
  return {};
}

Result<std::vector<std::string>> MemoryFileLayer::list(const std::string& path) {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> found;
  for (const auto& [name, hold] : names_) {
    if (directory_of(name) == path) found.push_back(name.substr(path.size() + 1));
  }
  return found;
}

Result<FileSpace> MemoryFileLayer::space(const std::string&) { return space_->state(); }

void MemoryFileLayer::crash(const std::function<bool()>& keeps) {
  const std::lock_guard lock(mutex_);
  names_.clear();
  for (auto& [name, inode] : durable_names_) {
    // A new inode: files still open from before the crash must not reach the disk any more.
    auto survivor = std::make_shared<MemoryInode>();
    {
      const std::shared_lock inode_lock(inode->mutex);
      survivor->current = after_crash(inode->durable, inode->current, keeps);
    }
    survivor->durable = survivor->current;
    space_->take_anyway(survivor->current.size());
    names_[name] = std::make_shared<MemoryHold>(survivor, space_);
    inode = std::move(survivor);
  }
}

}  // namespace propylon::log

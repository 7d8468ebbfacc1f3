// Files in memory, with a simulated crash of the machine: what was not synced may be lost then.
//
// Used by tests and by the log of `memory` stations. A file's bytes are in chunks that are made when they are first
// written, so a preallocated segment costs nothing.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <mutex>

#include "core/thread_annotations.h"
#include "log/file_layer.h"

namespace propylon::log {

class MemoryInode;

// What crash() has to go by. Remembering costs a copy of what changed since the last sync.
enum class CrashMemory : std::uint8_t { kRemembered, kNone };

// Thread: any (locks inside). Files that are open in a crash go on in the state before it: close them first.
class MemoryFileLayer final : public FileLayer {
 public:
  explicit MemoryFileLayer(CrashMemory crashes = CrashMemory::kRemembered) : crashes_(crashes) {}

  Result<void> make_directory(const std::string& path) override;
  Result<std::unique_ptr<File>> create(const std::string& path) override;
  Result<std::unique_ptr<File>> open(const std::string& path) override;
  Result<void> rename(const std::string& from, const std::string& to) override;
  Result<void> unlink(const std::string& path) override;
  Result<void> sync_directory(const std::string& path) override;
  Result<std::vector<std::string>> list(const std::string& path) override;

  // The machine loses power. Names fall back to the last sync_directory(), bytes to the last sync() of their file;
  // but each changed block of 512 bytes for which `keeps` says so had reached the disk already. Needs kRemembered.
  void crash(const std::function<bool()>& keeps);

 private:
  using Names = std::map<std::string, std::shared_ptr<MemoryInode>>;

  const CrashMemory crashes_;
  mutable std::mutex mutex_;
  Names names_ GUARDED_BY(mutex_);
  Names durable_names_ GUARDED_BY(mutex_);
};

}  // namespace propylon::log

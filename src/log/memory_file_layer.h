// Files in memory, with a simulated crash of the machine: what was not synced may be lost then.
//
// Used by tests and by the log of `memory` stations. A file's bytes are in chunks that are made when they are first
// written, so a preallocated segment costs nothing; towards the capacity it counts in full all the same, as it would on
// a disk.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>

#include "core/thread_annotations.h"
#include "log/file_layer.h"

namespace propylon::log {

class MemoryInode;
class MemoryHold;
class MemorySpace;

// What crash() has to go by. Remembering costs a copy of what changed since the last sync.
enum class CrashMemory : std::uint8_t { kRemembered, kNone };

// Thread: any (locks inside). Files that are open in a crash go on in the state before it: close them first.
class MemoryFileLayer final : public FileLayer {
 public:
  // The sizes of all files together stay within `capacity_bytes` (0: no limit): what would go beyond fails with
  // kStorageFull and changes nothing. A file that was unlinked counts until its last File and FileMapping is gone.
  explicit MemoryFileLayer(CrashMemory crashes = CrashMemory::kRemembered, std::uint64_t capacity_bytes = 0);

  Result<void> make_directory(const std::string& path) override;
  Result<std::unique_ptr<File>> create(const std::string& path) override;
  Result<std::unique_ptr<File>> open(const std::string& path) override;
  Result<void> rename(const std::string& from, const std::string& to) override;
  Result<void> unlink(const std::string& path) override;
  Result<void> sync_directory(const std::string& path) override;
  Result<std::vector<std::string>> list(const std::string& path) override;
  Result<FileSpace> space(const std::string& path) override;

  // The machine loses power. Names fall back to the last sync_directory(), bytes to the last sync() of their file;
  // but each changed block of 512 bytes for which `keeps` says so had reached the disk already. Needs kRemembered.
  void crash(const std::function<bool()>& keeps);

 private:
  const CrashMemory crashes_;
  const std::shared_ptr<MemorySpace> space_;  // shared with the files, which may outlive the layer
  mutable std::mutex mutex_;
  // A name shares the hold with those who have the file open; what a crash would bring back counts for nothing.
  std::map<std::string, std::shared_ptr<MemoryHold>> names_ GUARDED_BY(mutex_);
  std::map<std::string, std::shared_ptr<MemoryInode>> durable_names_ GUARDED_BY(mutex_);
};

}  // namespace propylon::log

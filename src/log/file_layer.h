// Files as the log needs them, so that a test can make them fail, forget and stop.
//
// Real: posix_file_layer.h. In memory, with simulated crashes: memory_file_layer.h. Failing on purpose:
// fault_file_layer.h. Errors of all calls: kStorageFull (no space or quota), kStoreUnavailable (no file descriptor is
// free; nothing was done), else kIo; the message names the file.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.h"
#include "core/result.h"

namespace propylon::log {

// The bytes of a file for reading; valid while this lives, also after the file was unlinked.
class FileMapping {
 public:
  virtual ~FileMapping() = default;
  virtual ByteView bytes() const = 0;
};

// An open file; closes with its destructor. Thread: any; writes to the same bytes are the caller's to serialise.
class File {
 public:
  virtual ~File() = default;
  // Writes all of it; the file grows as needed. After an error any part may have been written.
  virtual Result<void> write_at(ByteView bytes, std::uint64_t offset) = 0;
  // Fills `into`, waiting for the disk if it must. Returns how many bytes there were: fewer only at the file's end.
  virtual Result<std::size_t> read_at(std::span<char> into, std::uint64_t offset) const = 0;
  // The same when it needs no waiting; nothing when it would (part of `into` may be overwritten then). A file system
  // that cannot tell reads at once.
  virtual Result<std::optional<std::size_t>> read_cached(std::span<char> into, std::uint64_t offset) const = 0;
  // Makes the file `bytes` long, all of it backed by space of its own; new bytes are zero.
  virtual Result<void> allocate(std::uint64_t bytes) = 0;
  virtual Result<void> truncate(std::uint64_t bytes) = 0;
  // Returns once everything written before is on the disk. After an error nothing is known about what is: never retry.
  virtual Result<void> sync() = 0;
  // Asks for these bytes to be written to the disk soon; waits for nothing and promises nothing.
  virtual void start_writeback(std::uint64_t offset, std::uint64_t bytes) = 0;
  virtual Result<std::uint64_t> size() const = 0;
  // The first place at or after `offset` where the file may hold other bytes than zeros; size() when there is none.
  virtual Result<std::uint64_t> next_data(std::uint64_t offset) const = 0;
  // The file as it is long now.
  virtual Result<std::unique_ptr<FileMapping>> map() const = 0;
};

// Room for files, as far as this process may use it.
struct FileSpace {
  std::uint64_t total_bytes = 0;
  std::uint64_t available_bytes = 0;
};

// Thread: any. Paths are absolute or relative to the process; one layer's paths mean nothing to another layer.
class FileLayer {
 public:
  virtual ~FileLayer() = default;
  // The directory and those above it that are missing (0700); fine when it is there.
  virtual Result<void> make_directory(const std::string& path) = 0;
  // A new, empty file (0600) for reading and writing; an existing one of that name is an error.
  virtual Result<std::unique_ptr<File>> create(const std::string& path) = 0;
  // An existing file for reading and writing.
  virtual Result<std::unique_ptr<File>> open(const std::string& path) = 0;
  // Takes the place of `to` if that exists; atomic. Durable after sync_directory().
  virtual Result<void> rename(const std::string& from, const std::string& to) = 0;
  // The bytes live on until the last File and FileMapping is gone.
  virtual Result<void> unlink(const std::string& path) = 0;
  // Names created, renamed and unlinked in the directory are durable after it.
  virtual Result<void> sync_directory(const std::string& path) = 0;
  // Names (without the directory) of its files, sorted.
  virtual Result<std::vector<std::string>> list(const std::string& path) = 0;
  // Of the file system that holds the directory; both UINT64_MAX where there is no limit.
  virtual Result<FileSpace> space(const std::string& path) = 0;
};

// The whole file in memory; `bytes_max` guards against a file that is not what it should be.
// Errors: those of the layer; kDamaged when it is longer.
Result<std::string> read_whole_file(FileLayer& files, const std::string& path, std::uint64_t bytes_max);
// Puts a file in place so that a crash leaves the old or the new one: temporary file, sync, rename, directory sync.
// Nothing changed after an error, except perhaps when only the last sync failed.
Result<void> replace_file(FileLayer& files, const std::string& directory, const std::string& name, ByteView bytes);

}  // namespace propylon::log

#include "log/file_layer.h"

#include <fmt/format.h>

namespace propylon::log {

Result<std::string> read_whole_file(FileLayer& files, const std::string& path, std::uint64_t bytes_max) {
  const auto file = PPL_TRY(files.open(path));
  const std::uint64_t size = PPL_TRY(file->size());
  if (size > bytes_max) {
    return fail(ErrorCode::kDamaged, fmt::format("{} has {} bytes; at most {} were expected.", path, size, bytes_max));
  }
  std::string bytes(size, '\0');
  bytes.resize(PPL_TRY(file->read_at(bytes, 0)));
  return bytes;
}

Result<void> replace_file(FileLayer& files, const std::string& directory, const std::string& name, ByteView bytes) {
  const std::string path = directory + "/" + name;
  const std::string temporary = path + ".tmp";
  (void)files.unlink(temporary);  // an earlier attempt may have left one
  {
    const auto file = PPL_TRY(files.create(temporary));
    auto written = file->write_at(bytes, 0);
    if (written) written = file->sync();
    if (!written) {
      (void)files.unlink(temporary);
      return written;
    }
  }
  PPL_CHECK(files.rename(temporary, path));
  return files.sync_directory(directory);
}

}  // namespace propylon::log

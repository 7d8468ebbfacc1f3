// Makes the file operations of a real server fail on purpose.
#pragma once
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "core/temporary_directory.h"
#include "support/sanitized.h"

namespace propylon::testing {

// Lives longer than the server that was started with its environment(). Thread: one.
class FailingDisk final {
 public:
  // Sanitizers want to be loaded first: skip the test.
  static bool possible() { return !kSanitized; }
  // To be given to the server.
  std::map<std::string, std::string> environment() const {
    return {{"LD_PRELOAD", PROPYLON_FAILING_DISK_LIBRARY}, {"FAILING_DISK", control()}};
  }

  // From now on each `operation` (write, read, sync) on files whose path contains `part` fails with EIO.
  void fail(const std::string& operation, const std::string& part) const {
    std::ofstream(temporary()) << operation << ' ' << part << '\n';
    std::filesystem::rename(temporary(), control());
  }
  void heal() const { std::filesystem::remove(control()); }

 private:
  std::filesystem::path control() const { return directory_.path() / "faults"; }
  std::filesystem::path temporary() const { return directory_.path() / "faults.tmp"; }
  TemporaryDirectory directory_;
};

}  // namespace propylon::testing

// The real server as a child process, on a free port and a data directory of its own.
#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/temporary_directory.h"
#include "support/child_process.h"

namespace propylon::testing {

// The administrator of a server that was started with the password in its environment.
inline constexpr const char* kRootUser = "root";
inline constexpr const char* kRootPassword = "memphis";

// The program under test, as CMake built it.
std::string propylon_binary();

struct ServerOptions {
  std::vector<std::string> flags = {};  // added to those of the class (--data-dir, --http-port, --port-file)
  std::map<std::string, std::string> environment = {};  // added to (or instead of) those of the class
  bool root_password = true;                            // false: the server has to make one
  std::filesystem::path data_dir = {};                  // empty: a temporary one
  std::uint64_t open_files_max = 0;                     // its limit of file descriptors; 0: that of the test
};

// Thread: one.
class ServerProcess final {
 public:
  // Starts it and waits until it is ready. Throws std::runtime_error with what it wrote when it does not get there.
  explicit ServerProcess(ServerOptions options = {});

  std::uint16_t port() const { return port_; }
  pid_t pid() const { return child_->pid(); }
  const std::filesystem::path& data_dir() const { return data_dir_; }
  std::string standard_output() const { return child_->standard_output(); }
  std::string standard_error() const { return child_->standard_error(); }

  // What it prints for the person who started it, which comes a moment after it is ready. Throws std::runtime_error
  // when nothing comes.
  std::string welcome();

  void signal(int number) const { child_->signal(number); }
  // Waits for the end. Throws std::runtime_error when it does not come within `limit`.
  Exit wait(std::chrono::milliseconds limit = std::chrono::seconds(30));
  // SIGTERM and the end that follows.
  Exit terminate();
  // SIGKILL, and waits until the process is gone.
  void kill();
  // Starts again on the same data directory, on another free port; the process must have ended.
  void start();

 private:
  Command command() const;
  void wait_until_ready();

  ServerOptions options_;
  TemporaryDirectory scratch_;
  std::filesystem::path data_dir_;
  std::filesystem::path port_file_;
  std::unique_ptr<ChildProcess> child_;
  std::uint16_t port_ = 0;
};

}  // namespace propylon::testing

// A program run as a child of a test: started with its own environment, its output kept, never left behind.
#pragma once
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace propylon::testing {

struct Command {
  std::vector<std::string> argv;  // argv[0] is looked for in PATH
  // The whole environment of the child beside PATH, HOME and the sanitizers' settings, which it always gets.
  std::map<std::string, std::string> environment = {};
  std::string standard_input = {};   // what the child can read there, up to 64 KiB
  std::uint64_t open_files_max = 0;  // its limit of file descriptors; 0: that of the test
};

// How a child ended.
struct Exit {
  int code = 0;    // of exit(); 0 when a signal ended it
  int signal = 0;  // 0 when it exited by itself
};

// Runs from its making to its end; killed by the destructor, and by the kernel when the thread that made it dies.
// Thread: the one that made it, which must live as long as the child shall.
class ChildProcess final {
 public:
  // Throws std::system_error when it cannot be started; a program that does not exist exits with code 127.
  explicit ChildProcess(const Command& command);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  pid_t pid() const { return pid_; }
  void signal(int number) const;
  bool running();
  // Waits for the end; an empty optional when the child still runs after `limit`.
  std::optional<Exit> wait(std::chrono::milliseconds limit);

  // Everything that was written so far.
  std::string standard_output() const;
  std::string standard_error() const;

 private:
  pid_t pid_ = -1;
  int output_ = -1;
  int error_ = -1;
  std::optional<Exit> exit_;
};

struct Finished {
  Exit exit;
  std::string standard_output;
  std::string standard_error;
};

// Runs a command to its end. Throws std::runtime_error when it takes longer than `limit`.
Finished run(const Command& command, std::chrono::milliseconds limit = std::chrono::seconds(30));

}  // namespace propylon::testing

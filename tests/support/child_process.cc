#include "support/child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <stdexcept>
#include <system_error>
#include <thread>

namespace propylon::testing {
namespace {

[[noreturn]] void throw_errno(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

// Output goes to files in memory: no thread has to empty a pipe, and what a killed child wrote is still there.
int memory_file(const char* name) {
  const int descriptor = ::memfd_create(name, MFD_CLOEXEC);
  if (descriptor < 0) throw_errno("memfd_create");
  return descriptor;
}

int input_file(const std::string& text) {
  const int descriptor = memory_file("stdin");
  if (::pwrite(descriptor, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) throw_errno("pwrite");
  return descriptor;
}

std::string contents(int descriptor) {
  std::string text;
  std::array<char, 16384> buffer;
  for (ssize_t got; (got = ::pread(descriptor, buffer.data(), buffer.size(), static_cast<off_t>(text.size()))) > 0;) {
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return text;
}

// What the child gets of our own environment; settings of the server that is tested must not leak in.
std::map<std::string, std::string> complete(std::map<std::string, std::string> environment) {
  for (const char* name : {"PATH", "HOME", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS"}) {
    const char* value = std::getenv(name);
    if (value) environment.emplace(name, value);
  }
  return environment;
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> list;
  for (auto& string : strings) list.push_back(string.data());
  list.push_back(nullptr);
  return list;
}

Exit exit_of(int status) {
  Exit exit;
  if (WIFEXITED(status)) exit.code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) exit.signal = WTERMSIG(status);
  return exit;
}

}  // namespace

ChildProcess::ChildProcess(const Command& command) : output_(memory_file("stdout")), error_(memory_file("stderr")) {
  // Everything that allocates happens before the fork: other threads may hold the allocator's lock then.
  std::vector<std::string> arguments = command.argv;
  std::vector<std::string> variables;
  for (const auto& [name, value] : complete(command.environment)) variables.push_back(name + "=" + value);
  const std::vector<char*> argv = pointers(arguments);
  const std::vector<char*> envp = pointers(variables);
  const int input = input_file(command.standard_input);
  const pid_t parent = ::getpid();
  pid_ = ::fork();
  if (pid_ < 0) throw_errno("fork");
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(127);  // the parent died before the line above
    const rlimit open_files{command.open_files_max, command.open_files_max};
    if (command.open_files_max != 0 && ::setrlimit(RLIMIT_NOFILE, &open_files) != 0) ::_exit(127);
    ::lseek(input, 0, SEEK_SET);
    ::dup2(input, STDIN_FILENO);
    ::dup2(output_, STDOUT_FILENO);
    ::dup2(error_, STDERR_FILENO);
    ::execvpe(argv[0], argv.data(), envp.data());
    ::_exit(127);
  }
  ::close(input);
}

ChildProcess::~ChildProcess() {
  if (!exit_) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  ::close(output_);
  ::close(error_);
}

void ChildProcess::signal(int number) const {
  if (!exit_) ::kill(pid_, number);
}

bool ChildProcess::running() { return !wait(std::chrono::milliseconds(0)); }

std::optional<Exit> ChildProcess::wait(std::chrono::milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (!exit_) {
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) == pid_) {
      exit_ = exit_of(status);
    } else if (std::chrono::steady_clock::now() >= deadline) {
      break;
    } else {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
  return exit_;
}

std::string ChildProcess::standard_output() const { return contents(output_); }
std::string ChildProcess::standard_error() const { return contents(error_); }

Finished run(const Command& command, std::chrono::milliseconds limit) {
  ChildProcess child(command);
  const auto exit = child.wait(limit);
  if (!exit)
    throw std::runtime_error(command.argv.front() + " did not end in time; it wrote: " + child.standard_error());
  return {*exit, child.standard_output(), child.standard_error()};
}

}  // namespace propylon::testing

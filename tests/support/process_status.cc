#include "support/process_status.h"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>

namespace propylon::testing {
namespace {

std::string proc(pid_t pid, const char* file) { return "/proc/" + std::to_string(pid) + "/" + file; }

std::string read_whole(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) throw std::runtime_error(path + " cannot be read");
  return text.str();
}

std::uint64_t kib_in_status(pid_t pid, const std::string& name) {
  const std::string text = read_whole(proc(pid, "status"));
  const std::size_t at = text.find("\n" + name + ":");
  if (at == std::string::npos) throw std::runtime_error("no " + name + " in " + proc(pid, "status"));
  return std::stoull(text.substr(at + name.size() + 2));
}

}  // namespace

std::uint64_t memory_bytes(pid_t pid) { return kib_in_status(pid, "VmRSS") << 10; }
std::uint64_t peak_memory_bytes(pid_t pid) { return kib_in_status(pid, "VmHWM") << 10; }
void forget_peak_memory(pid_t pid) { std::ofstream(proc(pid, "clear_refs")) << "5"; }

std::chrono::milliseconds cpu_time(pid_t pid) {
  const std::string text = read_whole(proc(pid, "stat"));
  // Behind the program's name, which may hold anything, come the fields from the third on; utime and stime are the
  // 14th and the 15th (proc(5)).
  std::istringstream fields(text.substr(text.rfind(')') + 1));
  std::string skipped;
  for (int i = 3; i < 14; ++i) fields >> skipped;
  long user = 0;
  long system = 0;
  fields >> user >> system;
  return std::chrono::milliseconds((user + system) * 1000 / ::sysconf(_SC_CLK_TCK));
}

std::size_t open_file_count(pid_t pid) {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(proc(pid, "fd"))) ++count;
  return count;
}

void limit_open_files(pid_t pid, std::size_t count) {
  rlimit limit{};
  bool done = ::prlimit(pid, RLIMIT_NOFILE, nullptr, &limit) == 0;
  limit.rlim_cur = count;
  done = done && ::prlimit(pid, RLIMIT_NOFILE, &limit, nullptr) == 0;
  if (!done) throw std::runtime_error("the limit of open files cannot be set");
}

}  // namespace propylon::testing

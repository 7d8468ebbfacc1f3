#include "launch.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <thread>

#include "interruption.h"
#include "machine.h"
#include "support/http_client.h"

namespace propylon::bench {

std::uint16_t free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  const bool bound = ::bind(socket, generic, size) == 0 && ::getsockname(socket, generic, &size) == 0;
  ::close(socket);
  if (!bound) throw std::system_error(errno, std::generic_category(), "no free port on 127.0.0.1");
  return ntohs(address.sin_port);
}

std::vector<std::string> on_server_core(std::vector<std::string> argv, Tool tool,
                                        const std::filesystem::path& directory) {
  if (tool == Tool::kCallgrind) {
    const std::string file = directory / kCallgrindFile;
    argv.insert(argv.begin(), {"valgrind", "-q", "--tool=callgrind", "--callgrind-out-file=" + file});
  }
  argv.insert(argv.begin(), {"taskset", "-c", std::to_string(kServerCore)});
  return argv;
}

void await_ready(testing::ChildProcess& process, const std::string& name, const std::function<bool()>& ready) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!ready()) {
    throw_if_interrupted();
    if (!process.running() || std::chrono::steady_clock::now() > deadline) {
      throw std::runtime_error(name + " does not start: " + process.standard_error() + process.standard_output());
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  // Ready, but who? With its port taken by another program the server ends, a moment after it was found to answer.
  if (process.wait(std::chrono::milliseconds(20))) {
    throw std::runtime_error(name + " does not start: " + process.standard_error() + process.standard_output());
  }
}

bool takes_connections(std::uint16_t port) {
  try {
    testing::HttpClient client(port);
    return true;
  } catch (const std::runtime_error&) {
    return false;
  }
}

void require_program(const std::string& program, const std::string& package) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path ? path : "");
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (::access((std::filesystem::path(folder) / program).c_str(), X_OK) == 0) return;
  }
  throw std::runtime_error("there is no " + program + "; install it with: apt-get install " + package);
}

void require_file(const std::string& path, const std::string& package) {
  if (std::filesystem::exists(path)) return;
  throw std::runtime_error("there is no " + path + "; install it with: apt-get install " + package);
}

std::string package_version(const std::string& package) {
  const auto told = testing::run({{"dpkg-query", "-W", "-f", "${Version}", package}, {}, {}});
  return told.exit.code == 0 ? told.standard_output : "unknown";
}

}  // namespace propylon::bench

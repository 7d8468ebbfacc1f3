// The two servers that are compared, each alone on one core with its processor time watched.
#pragma once
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "support/child_process.h"
#include "support/http_client.h"
#include "support/temporary_directory.h"

namespace propylon::bench {

inline constexpr const char* kStored = R"({"error":null,"success":true})";

// User and system time of all threads of a process so far, in microseconds. Throws when there is no such process.
double cpu_us(pid_t process);

// nginx with one process that answers every request with kStored: what the cheapest possible HTTP answer costs here.
class Nginx final {
 public:
  // Throws std::runtime_error when it does not start.
  explicit Nginx(int core);
  std::uint16_t port() const { return port_; }
  pid_t pid() const { return process_->pid(); }
  // "nginx/1.22.1"
  static std::string version();

 private:
  testing::TemporaryDirectory directory_;
  std::uint16_t port_ = 0;
  std::unique_ptr<testing::ChildProcess> process_;
};

// This project's server with one I/O thread and durability `os`.
class Propylon final {
 public:
  // `directory` holds its data. Throws std::runtime_error when it does not start.
  Propylon(int core, const std::filesystem::path& directory);
  // From the start of the process to its first answer.
  std::chrono::milliseconds start_took() const { return start_took_; }
  // Ends it as an operator does, or at once.
  void stop();
  void kill();
  // Resident memory, in bytes.
  std::uint64_t resident_bytes() const;
  std::uint16_t port() const { return port_; }
  pid_t pid() const { return process_->pid(); }
  const std::string& token() const { return token_; }
  static std::string version();

  // The value of a metric; throws when it is not there.
  double metric(const std::string& name) const;
  // How many messages a station holds: reads all of them as a group of its own.
  std::uint64_t count_messages(const std::string& station) const;
  // A POST with the token.
  testing::HttpAnswer post(const std::string& target, const std::string& body) const;

 private:
  std::unique_ptr<testing::ChildProcess> process_;
  std::chrono::milliseconds start_took_{};
  std::uint16_t port_ = 0;
  std::string token_;
};

}  // namespace propylon::bench

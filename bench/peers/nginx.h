// nginx with one process, in two roles.
#pragma once
#include <filesystem>
#include <memory>
#include <string>

#include "launch.h"
#include "peers/peer.h"
#include "support/child_process.h"

namespace propylon::bench {

// What both roles share: the process and its configuration.
class NginxProcess final {
 public:
  // `directory` is made and holds the configuration. `modules`, `http` and `location` are directives for the top, the
  // http block and the only location. Throws std::runtime_error when it does not start.
  NginxProcess(const std::filesystem::path& directory, const std::string& modules, const std::string& http,
               const std::string& location, Tool tool);
  std::uint16_t port() const { return port_; }
  pid_t pid() const { return process_->pid(); }

 private:
  const std::uint16_t port_;
  std::unique_ptr<testing::ChildProcess> process_;
};

// Answers every request with kStored: what the cheapest possible HTTP answer costs here.
class Nginx final : public Peer {
 public:
  Nginx(const std::filesystem::path& directory, std::string token, Tool tool = Tool::kNone);
  std::string name() const override { return "nginx"; }
  std::string version() const override;
  std::string durability() const override { return "none: the message is dropped"; }
  std::string authentication() const override { return "none"; }
  std::uint16_t port() const override { return process_.port(); }
  std::vector<pid_t> processes() const override { return {process_.pid()}; }
  Exchange produce_single(const std::string& station, const std::string& message) const override;
  void expect_stored(const std::string&, const LoadResult&) const override {}

 private:
  const std::string token_;  // sent, so that it reads the same bytes as the others
  NginxProcess process_;
};

// The nchan module: publishes into memory, and keeps the newest messages of a channel.
class Nchan final : public Peer {
 public:
  Nchan(const std::filesystem::path& directory, std::string token, Tool tool = Tool::kNone);
  std::string name() const override { return "nchan"; }
  std::string version() const override;
  std::string durability() const override { return "memory of the process, the newest 10,000 messages"; }
  std::string authentication() const override { return "none"; }
  std::uint16_t port() const override { return process_.port(); }
  std::vector<pid_t> processes() const override { return {process_.pid()}; }
  Exchange produce_single(const std::string& station, const std::string& message) const override;
  void expect_stored(const std::string& station, const LoadResult& load) const override;

 private:
  const std::string token_;
  NginxProcess process_;
};

}  // namespace propylon::bench

// nginx with one process, in two roles.
#pragma once
#include <filesystem>
#include <memory>
#include <string>

#include "launch.h"
#include "peers/peer.h"
#include "support/child_process.h"

namespace propylon::bench {

// Directives of a role: for the top, the http block and the only location.
struct NginxRole {
  std::string modules = {};
  std::string http = {};
  std::string location;
};

// What both roles share, data included: the process, its configuration, and that it takes messages from anybody.
class NginxPeer : public Peer {
 public:
  std::string authentication() const override { return "none"; }
  std::uint16_t port() const override { return port_; }
  std::vector<pid_t> processes() const override { return {process_->pid()}; }

 protected:
  // `directory` is made and holds the configuration. Throws std::runtime_error when it does not start.
  NginxPeer(const std::filesystem::path& directory, std::string token, const NginxRole& role, Tool tool);
  // A produce of one message with the token, so that it reads the same bytes as the others.
  std::string render_produce(const std::string& station, const std::string& message) const;

 private:
  const std::string token_;
  const std::uint16_t port_;
  std::unique_ptr<testing::ChildProcess> process_;
};

// Answers every request with kStored: what the cheapest possible HTTP answer costs here.
class Nginx final : public NginxPeer {
 public:
  Nginx(const std::filesystem::path& directory, std::string token, Tool tool = Tool::kNone);
  std::string name() const override { return "nginx"; }
  std::string version() const override;
  std::string durability() const override { return "none: the message is dropped"; }
  Exchange produce_single(const std::string& station, const std::string& message) const override;
  void expect_stored(const std::string&, const LoadResult&) const override {}
};

// The nchan module: publishes into memory, and keeps the newest messages of a channel.
class Nchan final : public NginxPeer {
 public:
  Nchan(const std::filesystem::path& directory, std::string token, Tool tool = Tool::kNone);
  std::string name() const override { return "nchan"; }
  std::string version() const override;
  std::string durability() const override { return "memory of the process, the newest 10,000 messages"; }
  Exchange produce_single(const std::string& station, const std::string& message) const override;
  void expect_stored(const std::string& station, const LoadResult& load) const override;
};

}  // namespace propylon::bench

// redis with webdis in front: the body of a PUT is appended to a list.
#pragma once
#include <filesystem>
#include <memory>
#include <string>

#include "peers/peer.h"
#include "support/child_process.h"

namespace propylon::bench {

class Webdis final : public Peer {
 public:
  // `directory` is made and holds configuration and log. Throws std::runtime_error when one of the two does not start.
  Webdis(const std::filesystem::path& directory, std::string token);
  std::string name() const override { return "webdis"; }
  std::string version() const override;
  std::string durability() const override { return "memory of redis, without persistence"; }
  std::string authentication() const override { return "none"; }
  std::uint16_t port() const override { return port_; }
  std::vector<pid_t> processes() const override { return {webdis_->pid(), redis_->pid()}; }
  Exchange produce_single(const std::string& station, const std::string& message) const override;
  // Empties the list as well: it is memory.
  void expect_stored(const std::string& station, const LoadResult& load) const override;

 private:
  const std::string token_;
  const std::uint16_t redis_port_;
  const std::uint16_t port_;
  std::unique_ptr<testing::ChildProcess> redis_;
  std::unique_ptr<testing::ChildProcess> webdis_;
};

}  // namespace propylon::bench

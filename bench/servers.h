// The servers of a run, each started when a case first asks for it.
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "peers/nginx.h"
#include "peers/webdis.h"
#include "server_under_test.h"

namespace propylon::bench {

// Destroying it ends all of them. Thread: one.
class Servers final {
 public:
  // Each has a folder of its own in `directory`.
  // `beside`: another build of the server to measure within the same rounds; empty for none.
  explicit Servers(std::filesystem::path directory, std::filesystem::path beside = {})
      : directory_(std::move(directory)), beside_binary_(std::move(beside)) {}
  // With default settings and one I/O thread; cases that need others start their own.
  Propylon& propylon() { return started(propylon_, "propylon"); }
  // The other build, with the same settings; null when none was named. For cases that compare two builds.
  Propylon* beside();
  Nginx& nginx() { return started(nginx_, "nginx", propylon().token()); }
  Nchan& nchan() { return started(nchan_, "nchan", propylon().token()); }
  Webdis& webdis() { return started(webdis_, "webdis", propylon().token()); }
  // Those that run.
  std::vector<const Peer*> running() const;

 private:
  template <class Server, class... Arguments>
  Server& started(std::optional<Server>& server, const char* folder, const Arguments&... arguments) {
    if (!server) server.emplace(directory_ / folder, arguments...);
    return *server;
  }

  const std::filesystem::path directory_;
  const std::filesystem::path beside_binary_;
  std::optional<Propylon> propylon_;
  std::optional<Propylon> beside_;
  std::optional<Nginx> nginx_;
  std::optional<Nchan> nchan_;
  std::optional<Webdis> webdis_;
};

}  // namespace propylon::bench

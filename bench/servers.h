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
  explicit Servers(std::filesystem::path directory) : directory_(std::move(directory)) {}
  // With default settings and one I/O thread; cases that need others start their own.
  Propylon& propylon() { return started(propylon_, "propylon"); }
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
  std::optional<Propylon> propylon_;
  std::optional<Nginx> nginx_;
  std::optional<Nchan> nchan_;
  std::optional<Webdis> webdis_;
};

}  // namespace propylon::bench

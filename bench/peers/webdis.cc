#include "peers/webdis.h"

#include <fstream>
#include <stdexcept>

#include "launch.h"
#include "requests.h"
#include "support/http_client.h"

namespace propylon::bench {
namespace {

std::string configuration(const std::string& place, std::uint16_t port, std::uint16_t redis_port) {
  std::string text = R"({"redis_host":"127.0.0.1","redis_auth":null,"http_host":"127.0.0.1","daemonize":false,)";
  text += R"("websockets":false,"database":0,"threads":1,"pool_size":20,"verbosity":0,)";
  text += R"("http_max_request_size":67108864,"logfile":")" + place + R"(/webdis.log",)";
  return text + R"("http_port":)" + std::to_string(port) + R"(,"redis_port":)" + std::to_string(redis_port) + "}\n";
}

}  // namespace

Webdis::Webdis(const std::filesystem::path& directory, std::string token)
    : token_(std::move(token)), redis_port_(free_port()), port_(free_port()) {
  require_program("redis-server", "redis-server");
  require_program("webdis", "webdis");
  std::filesystem::create_directories(directory);
  redis_ = std::make_unique<testing::ChildProcess>(
      testing::Command{on_server_core({"redis-server", "--bind", "127.0.0.1", "--port", std::to_string(redis_port_),
                                       "--save", "", "--appendonly", "no", "--daemonize", "no", "--dir", directory}),
                       {},
                       {}});
  await_ready(*redis_, "redis-server", [this] { return takes_connections(redis_port_); });
  const auto file = directory / "webdis.json";
  std::ofstream(file) << configuration(directory, port_, redis_port_);
  webdis_ = std::make_unique<testing::ChildProcess>(testing::Command{on_server_core({"webdis", file}), {}, {}});
  await_ready(*webdis_, "webdis", [this] { return takes_connections(port_); });
}

std::string Webdis::version() const {
  return "webdis " + package_version("webdis") + ", redis " + package_version("redis-server");
}

Exchange Webdis::produce_single(const std::string& station, const std::string& message) const {
  return {render_request("PUT", "/RPUSH/" + station, token_, message), 200, {}};
}

void Webdis::expect_stored(const std::string& station, const LoadResult& load) const {
  testing::HttpClient client(port_);
  const std::string length = client.request("GET", "/LLEN/" + station).body;  // {"LLEN":4711}
  const std::size_t at = length.find(':');
  const std::uint64_t stored = at == std::string::npos ? 0 : std::stoull(length.substr(at + 1));
  if (stored < load.answered_total || stored > load.sent_total) {
    throw std::runtime_error("redis holds " + std::to_string(stored) + " messages, but " +
                             std::to_string(load.answered_total) + " were answered and " +
                             std::to_string(load.sent_total) + " sent");
  }
  client.request("GET", "/UNLINK/" + station);
}

}  // namespace propylon::bench

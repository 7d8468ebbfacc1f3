#include "peers/nginx.h"

#include <algorithm>
#include <fstream>
#include <stdexcept>

#include "requests.h"
#include "server_under_test.h"
#include "support/http_client.h"

namespace propylon::bench {
namespace {

constexpr const char* kNchanModule = "/usr/lib/nginx/modules/ngx_nchan_module.so";
constexpr std::uint64_t kNchanMessages = 10'000;

std::string configuration(const std::string& place, std::uint16_t port, const NginxRole& role) {
  std::string text = role.modules;
  text += "daemon off; master_process off; pid " + place + "/pid; error_log stderr crit;\n";
  text += "worker_rlimit_nofile 20000;\nevents { worker_connections 16384; }\n";
  text += "http { access_log off; keepalive_requests 1000000000; keepalive_timeout 1h;\n";
  text += "default_type application/json; client_max_body_size 64m;\n" + role.http;
  for (const char* kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"}) {
    text += std::string(kind) + "_temp_path " + place + "/" + kind + ";\n";
  }
  text += "server { listen 127.0.0.1:" + std::to_string(port) + " backlog=4096;\n";
  return text + "location / { " + role.location + " } } }\n";
}

NginxRole publisher() {
  return {.modules = std::string("load_module ") + kNchanModule + ";\n",
          .http = "nchan_shared_memory_size 256m;\n",
          .location = "nchan_publisher; nchan_channel_id $uri; nchan_message_timeout 0; nchan_message_buffer_length " +
                      std::to_string(kNchanMessages) + ";"};
}

}  // namespace

NginxPeer::NginxPeer(const std::filesystem::path& directory, std::string token, const NginxRole& role, Tool tool)
    : token_(std::move(token)), port_(free_port()) {
  require_program("nginx", "nginx");
  std::filesystem::create_directories(directory);
  const auto file = directory / "nginx.conf";
  std::ofstream(file) << configuration(directory, port_, role);
  process_ = std::make_unique<testing::ChildProcess>(
      testing::Command{on_server_core({"nginx", "-p", directory, "-c", file}, tool, directory), {}, {}});
  await_ready(*process_, "nginx", [this] { return takes_connections(port_); });
}

std::string NginxPeer::render_produce(const std::string& station, const std::string& message) const {
  return render_request("POST", "/stations/" + station + "/produce/single", token_, message);
}

Nginx::Nginx(const std::filesystem::path& directory, std::string token, Tool tool)
    : NginxPeer(directory, std::move(token), {.location = std::string("return 200 '") + kStored + "';"}, tool) {}

std::string Nginx::version() const { return "nginx " + package_version("nginx"); }

Exchange Nginx::produce_single(const std::string& station, const std::string& message) const {
  return {render_produce(station, message), 200, kStored};
}

Nchan::Nchan(const std::filesystem::path& directory, std::string token, Tool tool)
    : NginxPeer((require_file(kNchanModule, "libnginx-mod-nchan"), directory), std::move(token), publisher(), tool) {}

std::string Nchan::version() const { return "nchan " + package_version("libnginx-mod-nchan"); }

// 202: nobody listens to the channel, the message is kept.
Exchange Nchan::produce_single(const std::string& station, const std::string& message) const {
  return {render_produce(station, message), 202, {}};
}

void Nchan::expect_stored(const std::string& station, const LoadResult& load) const {
  testing::HttpClient client(port());
  const auto answer = client.request("GET", "/stations/" + station + "/produce/single");
  const std::string start = "queued messages: ";
  const std::size_t at = answer.body.find(start);
  const std::uint64_t kept = at == std::string::npos ? 0 : std::stoull(answer.body.substr(at + start.size()));
  if (kept >= std::min(load.answered_total, kNchanMessages) && kept <= load.sent_total) return;
  throw std::runtime_error("nchan keeps " + std::to_string(kept) + " of " + std::to_string(load.answered_total) +
                           " messages in channel " + station);
}

}  // namespace propylon::bench

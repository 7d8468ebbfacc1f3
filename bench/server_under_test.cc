#include "server_under_test.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <stdexcept>
#include <system_error>
#include <thread>

namespace propylon::bench {
namespace {

using testing::ChildProcess;
using testing::HttpClient;

// A port that is free at the moment, for servers that cannot choose one.
std::uint16_t free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  const bool bound = ::bind(socket, generic, size) == 0 && ::getsockname(socket, generic, &size) == 0;
  ::close(socket);
  if (!bound) throw std::system_error(errno, std::generic_category(), "no free port");
  return ntohs(address.sin_port);
}

std::vector<std::string> on_core(int core, std::vector<std::string> argv) {
  argv.insert(argv.begin(), {"taskset", "-c", std::to_string(core)});
  return argv;
}

// Throws when the process ends instead of becoming ready.
template <class Ready>
void await(ChildProcess& process, Ready ready) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!ready()) {
    if (!process.running() || std::chrono::steady_clock::now() > deadline) {
      throw std::runtime_error("a server does not start: " + process.standard_error());
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

bool takes_connections(std::uint16_t port) {
  try {
    HttpClient client(port);
    return true;
  } catch (const std::runtime_error&) {
    return false;
  }
}

std::string nginx_configuration(const std::filesystem::path& directory, std::uint16_t port) {
  const std::string place = directory.string();
  std::string text = "daemon off; master_process off; pid " + place + "/pid; error_log stderr crit;\n";
  text += "events { worker_connections 4096; }\n";
  text +=
      "http { access_log off; keepalive_requests 1000000000; keepalive_timeout 1h; default_type application/json;\n";
  for (const char* kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"}) {
    text += std::string(kind) + "_temp_path " + place + "/" + kind + ";\n";
  }
  text += "client_max_body_size 64m;\n";
  text += "server { listen 127.0.0.1:" + std::to_string(port) + " backlog=4096;\n";
  return text + "location / { return 200 '" + kStored + "'; } } }\n";
}

std::string member(const std::string& json, const std::string& name) {
  const std::string key = "\"" + name + "\":\"";
  const std::size_t at = json.find(key);
  if (at == std::string::npos) throw std::runtime_error("no " + name + " in " + json);
  return json.substr(at + key.size(), json.find('"', at + key.size()) - at - key.size());
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += part.size()) ++count;
  return count;
}

}  // namespace

double cpu_us(pid_t process) {
  clockid_t clock{};
  timespec used{};
  if (::clock_getcpuclockid(process, &clock) != 0 || ::clock_gettime(clock, &used) != 0) {
    throw std::runtime_error("a server has ended");
  }
  return static_cast<double>(used.tv_sec) * 1e6 + static_cast<double>(used.tv_nsec) / 1e3;
}

Nginx::Nginx(int core) : port_(free_port()) {
  const auto file = directory_.path() / "nginx.conf";
  std::ofstream(file) << nginx_configuration(directory_.path(), port_);
  process_ = std::make_unique<ChildProcess>(
      testing::Command{on_core(core, {"nginx", "-p", directory_.path(), "-c", file}), {}, {}});
  await(*process_, [this] { return takes_connections(port_); });
}

std::string Nginx::version() {
  const std::string text = first_line(testing::run({{"nginx", "-v"}, {}, {}}).standard_error);
  return text.substr(text.find(": ") + 2);
}

Propylon::Propylon(int core, const std::filesystem::path& directory) {
  const std::filesystem::path port_file = directory / "port";
  std::filesystem::remove(port_file);
  const auto begin = std::chrono::steady_clock::now();
  process_ = std::make_unique<ChildProcess>(testing::Command{
      on_core(core, {PROPYLON_BINARY, "serve", "--data-dir", directory / "data", "--http-host", "127.0.0.1",
                     "--http-port", "0", "--http-threads", "1", "--port-file", port_file}),
      {{"PROPYLON_ROOT_PASSWORD", "bench"}},
      {}});
  await(*process_, [&] { return std::filesystem::exists(port_file); });
  start_took_ = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin);
  std::ifstream(port_file) >> port_;
  token_ = member(HttpClient(port_)
                      .request("POST", "/auth/authenticate", {},
                               R"({"username":"root","password":"bench","token_expiry_in_minutes":600})")
                      .body,
                  "jwt");
}

void Propylon::stop() {
  process_->signal(SIGTERM);
  if (!process_->wait(std::chrono::seconds(60))) throw std::runtime_error("the server does not stop");
}

void Propylon::kill() {
  process_->signal(SIGKILL);
  process_->wait(std::chrono::seconds(60));
}

std::uint64_t Propylon::resident_bytes() const {
  std::ifstream file("/proc/" + std::to_string(pid()) + "/statm");
  std::uint64_t pages = 0;
  file >> pages >> pages;
  return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

std::string Propylon::version() {
  return first_line(testing::run({{PROPYLON_BINARY, "version"}, {}, {}}).standard_output);
}

testing::HttpAnswer Propylon::post(const std::string& target, const std::string& body) const {
  HttpClient client(port_);
  auto answer = client.request("POST", target,
                               {{"Authorization", "Bearer " + token_}, {"Content-Type", "application/json"}}, body);
  if (answer.status != 200) throw std::runtime_error(target + ": " + answer.body);
  return answer;
}

double Propylon::metric(const std::string& name) const {
  HttpClient client(port_);
  const std::string text = client.request("GET", "/metrics", {{"Authorization", "Bearer " + token_}}).body;
  const std::size_t at = text.find("\n" + name + " ");
  if (at == std::string::npos) throw std::runtime_error("there is no metric " + name);
  return std::stod(text.substr(at + name.size() + 2));
}

std::uint64_t Propylon::count_messages(const std::string& station) const {
  const std::string body =
      R"({"consumer_name":"counter","consumer_group":"counter","batch_size":5000,"batch_max_wait_time_ms":100})";
  for (std::uint64_t count = 0;;) {
    const auto answer = post("/stations/" + station + "/consume/batch", body);
    const std::size_t some = count_of(answer.body, R"({"message":)");
    if (some == 0) return count;
    count += some;
  }
}

}  // namespace propylon::bench

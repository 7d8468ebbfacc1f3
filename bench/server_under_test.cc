#include "server_under_test.h"

#include <csignal>
#include <fstream>
#include <stdexcept>

#include "requests.h"

namespace propylon::bench {
namespace {

using testing::ChildProcess;
using testing::HttpClient;

std::string member(const std::string& json, const std::string& name) {
  const std::string key = "\"" + name + "\":\"";
  const std::size_t at = json.find(key);
  if (at == std::string::npos) throw std::runtime_error("no " + name + " in " + json);
  return json.substr(at + key.size(), json.find('"', at + key.size()) - at - key.size());
}

}  // namespace

Propylon::Propylon(const std::filesystem::path& directory, const std::vector<std::string>& more, Tool tool,
                   const std::filesystem::path& binary)
    : directory_(directory), binary_(binary.empty() ? std::filesystem::path(PROPYLON_BINARY) : binary) {
  require_file(binary_, "nothing: ./dev build makes it");
  std::filesystem::create_directories(directory);
  const std::filesystem::path port_file = directory / "port";
  std::filesystem::remove(port_file);
  std::vector<std::string> argv{binary_,     "serve",       "--data-dir", directory / "data", "--http-host",
                                "127.0.0.1", "--http-port", "0",          "--port-file",      port_file};
  argv.insert(argv.end(), more.begin(), more.end());
  if (more.empty()) argv.insert(argv.end(), {"--http-threads", "1"});
  const auto begin = std::chrono::steady_clock::now();
  process_ = std::make_unique<ChildProcess>(
      testing::Command{on_server_core(argv, tool, directory), {{"PROPYLON_ROOT_PASSWORD", "bench"}}, {}});
  await_ready(*process_, "propylon", [&] { return std::filesystem::exists(port_file); });
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

std::string Propylon::version() const {
  const std::string text = testing::run({{binary_, "version"}, {}, {}}).standard_output;
  return text.substr(0, text.find('\n'));
}

std::string Propylon::render(const std::string& target, const std::string& body) const {
  return render_request("POST", target, token_, body);
}

Exchange Propylon::produce_single(const std::string& station, const std::string& message) const {
  return {render("/stations/" + station + "/produce/single", message), 200, kStored};
}

testing::HttpAnswer Propylon::send(const std::string& method, const std::string& target,
                                   const std::string& body) const {
  HttpClient client(port_);
  auto answer = client.request(method, target,
                               {{"Authorization", "Bearer " + token_}, {"Content-Type", "application/json"}}, body);
  if (answer.status / 100 != 2) throw std::runtime_error(method + " " + target + ": " + answer.body);
  return answer;
}

std::string Propylon::metrics() const { return send("GET", "/metrics", {}).body; }

double Propylon::metric(const std::string& name) const {
  const std::string text = metrics();
  const std::size_t at = text.find("\n" + name + " ");
  if (at == std::string::npos) throw std::runtime_error("there is no metric " + name);
  return std::stod(text.substr(at + name.size() + 2));
}

std::uint64_t Propylon::count_messages(const std::string& station) const {
  const std::string body =
      R"({"consumer_name":"counter","consumer_group":"counter","batch_size":5000,"batch_max_wait_time_ms":100})";
  for (std::uint64_t count = 0;;) {
    const std::uint64_t some = bench::count_messages(post("/stations/" + station + "/consume/batch", body).body);
    if (some == 0) return count;
    count += some;
  }
}

void Propylon::expect_stored(const std::string& station, const LoadResult& load, std::uint64_t messages_each) const {
  const std::uint64_t stored = count_messages(station);
  if (stored >= load.answered_total * messages_each && stored <= load.sent_total * messages_each) return;
  throw std::runtime_error(station + " holds " + std::to_string(stored) + " messages, but " +
                           std::to_string(load.answered_total * messages_each) + " were answered and " +
                           std::to_string(load.sent_total * messages_each) + " sent");
}

std::uint64_t count_messages(std::string_view body) {
  constexpr std::string_view kStart = R"({"message":)";
  std::uint64_t count = 0;
  for (std::size_t at = 0; (at = body.find(kStart, at)) != std::string_view::npos; at += kStart.size()) ++count;
  return count;
}

}  // namespace propylon::bench

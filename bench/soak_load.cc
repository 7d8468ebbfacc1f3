#include "soak_load.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <stdexcept>
#include <utility>

namespace propylon::bench {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto kProducePause = 10ms;       // between two requests of a producer, when the server keeps up
constexpr std::uint64_t kBatchEvery = 10;  // requests of a producer, one of them a batch
constexpr std::size_t kBatchMessages = 100;
constexpr auto kConsumePause = 50ms;  // consumers gather a few messages each time
constexpr auto kLoginPause = 1s;
constexpr auto kAdministrationPause = 2s;
constexpr const char* kQuiet = "soak-quiet";

// Sleeps unless the load is to end.
void pause(const std::stop_token& stop, Clock::duration length) {
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable_any().wait_for(lock, stop, length, [] { return false; });
}

std::string message(std::uint64_t number) {
  return R"({"number":)" + std::to_string(number) + R"(,"text":")" + std::string(200, 'x') + "\"}";
}

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += part.size()) ++count;
  return count;
}

// Their steady state is reached within two minutes.
constexpr std::array<std::pair<const char*, const char*>, 5> kStations{{
    {"soak-age", R"({"retention":{"type":"message_age_sec","value":60}})"},
    {"soak-messages", R"({"retention":{"type":"messages","value":50000}})"},
    {"soak-bytes", R"({"retention":{"type":"bytes","value":33554432},"durability":"disk"})"},
    {"soak-worked", R"({"retention":{"type":"ack_based"}})"},
    {"soak-memory", R"({"retention":{"type":"messages","value":20000},"durability":"memory"})"},
}};

}  // namespace

SoakLoad::SoakLoad(std::uint16_t port, std::string user, std::string password)
    : port_(port), user_(std::move(user)), password_(std::move(password)) {
  fields_ = {{"Content-Type", "application/json"}};
  const std::string answer = login();
  const std::string key = R"("jwt":")";
  const std::size_t at = answer.find(key) + key.size();
  fields_.emplace_back("Authorization", "Bearer " + answer.substr(at, answer.find('"', at) - at));
  expect(201, "PUT", std::string("/stations/") + kQuiet);
  for (const auto& [name, settings] : kStations) expect(201, "PUT", std::string("/stations/") + name, settings);

  for (const auto& [name, settings] : kStations) {
    const std::string station = name;
    threads_.emplace_back([this, station](const std::stop_token& stop) { produce(stop, station); });
    for (const char* group : {"first", "second"}) {
      threads_.emplace_back([this, station, group](const std::stop_token& stop) { consume(stop, station, group); });
    }
  }
  threads_.emplace_back([this](const std::stop_token& stop) { consume(stop, kQuiet, "waiting"); });
  threads_.emplace_back([this](const std::stop_token& stop) { log_in(stop); });
  threads_.emplace_back([this](const std::stop_token& stop) { administer(stop); });
}

SoakCounts SoakLoad::take_counts() {
  std::lock_guard lock(mutex_);
  return std::exchange(counts_, {});
}

void SoakLoad::produce(const std::stop_token& stop, const std::string& station) {
  const std::string target = "/stations/" + station + "/produce/";
  std::uint64_t number = 0;
  while (!stop.stop_requested()) {
    try {
      testing::HttpClient client(port_);
      for (Clock::time_point due = Clock::now(); !stop.stop_requested();
           due = std::max(due + kProducePause, Clock::now())) {
        pause(stop, due - Clock::now());
        const std::size_t messages = ++number % kBatchEvery == 0 ? kBatchMessages : 1;
        std::string body = message(number);
        for (std::size_t i = 1; i < messages; ++i) body += "," + message(number);
        const auto begin = Clock::now();
        const auto answer = messages == 1 ? send(client, "POST", target + "single", body)
                                          : send(client, "POST", target + "batch", "[" + body + "]");
        if (answer.status != 200) throw std::runtime_error(target + ": " + answer.body);
        std::lock_guard lock(mutex_);
        counts_.produced += messages;
        if (messages == 1) counts_.single_ns.add(static_cast<std::uint64_t>((Clock::now() - begin) / 1ns));
      }
    } catch (const std::exception& error) {
      count_error(error.what());
      pause(stop, 1s);
    }
  }
}

void SoakLoad::consume(const std::stop_token& stop, const std::string& station, const std::string& group) {
  const std::string target = "/stations/" + station + "/consume/batch";
  const std::string body = R"({"consumer_name":"soak","consumer_group":")" + group +
                           R"(","batch_size":1000,"min_messages":1,"batch_max_wait_time_ms":3000})";
  while (!stop.stop_requested()) {
    try {
      testing::HttpClient client(port_);
      while (!stop.stop_requested()) {
        const auto answer = send(client, "POST", target, body);
        if (answer.status != 200) throw std::runtime_error(target + ": " + answer.body);
        {
          std::lock_guard lock(mutex_);
          counts_.consumed += count_of(answer.body, R"({"message":)");
        }
        pause(stop, kConsumePause);
      }
    } catch (const std::exception& error) {
      count_error(error.what());
      pause(stop, 1s);
    }
  }
}

void SoakLoad::log_in(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    try {
      login();
      std::lock_guard lock(mutex_);
      ++counts_.others;
    } catch (const std::exception& error) {
      count_error(error.what());
    }
    pause(stop, kLoginPause);
  }
}

void SoakLoad::administer(const std::stop_token& stop) {
  for (std::uint64_t turn = 0; !stop.stop_requested(); ++turn) {
    try {
      administer_once(turn);
    } catch (const std::exception& error) {
      count_error(error.what());
    }
    pause(stop, kAdministrationPause);
  }
}

void SoakLoad::administer_once(std::uint64_t turn) {
  switch (turn % 8) {
    case 0: expect(200, "POST", "/stations/soak-memory/purge"); return;
    case 1:
      expect(200, "PATCH", "/stations/soak-messages",
             turn % 16 < 8 ? R"({"retention":{"type":"messages","value":40000}})"
                           : R"({"retention":{"type":"messages","value":50000}})");
      return;
    case 2:
      expect(201, "PUT", "/stations/soak-short");
      expect(200, "POST", "/stations/soak-short/produce/batch", "[1,2,3,4,5]");
      expect(200, "POST", "/stations/soak-short/consume/batch", R"({"consumer_name":"soak","batch_size":5})");
      expect(200, "GET", "/stations/soak-short/groups");
      expect(204, "DELETE", "/stations/soak-short");
      return;
    case 3:
      expect(201, "PUT", "/users/soak", R"({"password":"long enough"})");
      expect(204, "DELETE", "/users/soak");
      return;
    case 4: expect(200, "PATCH", "/stations/soak-age/groups/second", R"({"seek":"latest"})"); return;
    case 5:
      expect(200, "POST", "/stations/soak-quiet/produce/single", "1");
      expect(200, "POST", "/stations/soak-quiet/purge");
      return;
    case 6: expect(200, "POST", "/stations/soak-bytes/purge"); return;
    default: expect(200, "GET", "/stations"); expect(200, "GET", "/metrics");
  }
}

testing::HttpAnswer SoakLoad::send(testing::HttpClient& client, const char* method, const std::string& target,
                                   const std::string& body) const {
  return client.request(method, target, fields_, body);
}

testing::HttpAnswer SoakLoad::expect(int status, const char* method, const std::string& target,
                                     const std::string& body) {
  testing::HttpClient client(port_);
  auto answer = send(client, method, target, body);
  if (answer.status != status) {
    throw std::runtime_error(std::string(method) + " " + target + ": " + std::to_string(answer.status) + " " +
                             answer.body);
  }
  std::lock_guard lock(mutex_);
  ++counts_.others;
  return answer;
}

std::string SoakLoad::login() const {
  testing::HttpClient client(port_);
  // Longer than any soak: the load's own token does not expire in the midst of it.
  const auto answer = client.request(
      "POST", "/auth/authenticate", {{"Content-Type", "application/json"}},
      R"({"username":")" + user_ + R"(","password":")" + password_ + R"(","token_expiry_in_minutes":100000})");
  if (answer.status != 200) throw std::runtime_error("login: " + answer.body);
  return answer.body;
}

void SoakLoad::count_error(const std::string& what) {
  std::lock_guard lock(mutex_);
  if (counts_.errors++ == 0) counts_.first_error = what;
}

}  // namespace propylon::bench

// How the server does with much in it: 10,000 stations, each with a consumer group, and 5 million messages. Memory,
// the time to open, what produce costs over all of them beside one, and whether cold reads hold it up.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <thread>

#include "load_generator.h"
#include "machine.h"
#include "server_under_test.h"

namespace propylon::bench {
namespace {

constexpr std::size_t kStations = 10'000;
constexpr std::size_t kBatch = 100;
constexpr std::size_t kMessageBytes = 259;
constexpr std::uint64_t kColdBytes = 1'000'000'000;
constexpr std::size_t kColdBatch = 1000;
constexpr int kRounds = 5;

std::string message() {
  const std::string start = R"({"id":4711,"kind":"order","note":")";
  return start + std::string(kMessageBytes - start.size() - 2, 'n') + "\"}";
}

std::string batch(std::size_t messages) {
  std::string body = "[" + message();
  for (std::size_t i = 1; i < messages; ++i) body += "," + message();
  return body + "]";
}

std::string station(std::size_t i) { return fmt::format("s{:05}", i); }

class Scale final {
 public:
  explicit Scale(std::filesystem::path directory) : directory_(std::move(directory)) { start(); }

  void run(std::uint64_t messages) {
    make_stations();
    make_groups();
    fill(messages);
    open_again();
    compare_produce();
    read_cold();
  }

 private:
  void start() { server_.emplace(directory_); }

  std::string request(const std::string& target, const std::string& body) const {
    return testing::HttpClient::render("POST", target,
                                       {{"User-Agent", "propylon-scale"},
                                        {"Authorization", "Bearer " + server_->token()},
                                        {"Content-Type", "application/json"}},
                                       body);
  }
  std::vector<std::string> requests_to_all(const std::string& rest, const std::string& body) const {
    std::vector<std::string> all;
    for (std::size_t i = 0; i < kStations; ++i) all.push_back(request("/stations/" + station(i) + rest, body));
    return all;
  }
  // Each of the requests so often.
  LoadResult send_all(std::vector<std::string> requests, std::uint64_t times, std::size_t connections) {
    Load load;
    load.port = server_->port();
    load.connections = connections;
    load.requests_max = requests.size() * times;
    load.requests = std::move(requests);
    load.window = std::chrono::minutes(10);
    return checked(run_load(load));
  }
  static LoadResult checked(LoadResult result) {
    if (result.errors != 0) throw std::runtime_error("an answer is wrong: " + result.first_error);
    return result;
  }
  static double mib(std::uint64_t bytes) { return static_cast<double>(bytes) / (1 << 20); }
  double kib_each(std::uint64_t before) const {
    return static_cast<double>(server_->resident_bytes() - before) / 1024 / kStations;
  }

  void make_stations() {
    const std::uint64_t before = server_->resident_bytes();
    const auto made = send_all(requests_to_all("/produce/single", message()), 1, 64);
    fmt::print("{} stations made by their first message: {:.1f} s, {:.2f} KiB of memory each\n", kStations,
               made.seconds, kib_each(before));
  }
  void make_groups() {
    const std::uint64_t before = server_->resident_bytes();
    const std::string body = R"({"consumer_name":"c","consumer_group":"g","batch_size":1})";
    const auto made = send_all(requests_to_all("/consume/batch", body), 1, 64);
    fmt::print("{} groups made by their first fetch: {:.1f} s, {:.2f} KiB of memory each\n", kStations, made.seconds,
               kib_each(before));
  }
  void fill(std::uint64_t messages) {
    const auto filled = send_all(requests_to_all("/produce/batch", batch(kBatch)), messages / (kStations * kBatch), 16);
    fmt::print("{} messages of {} bytes in batches of {}: {:.1f} s; resident {:.1f} MiB\n", filled.answered * kBatch,
               kMessageBytes, kBatch, filled.seconds, mib(server_->resident_bytes()));
  }
  void open_again() {
    server_->stop();
    start();
    fmt::print("open after a stop: {} ms; resident {:.1f} MiB\n", server_->start_took().count(),
               mib(server_->resident_bytes()));
    server_->kill();
    start();
    fmt::print("open after a kill: {} ms; resident {:.1f} MiB\n", server_->start_took().count(),
               mib(server_->resident_bytes()));
  }

  double produce_cpu_us(const Load& load) {
    Load watched = load;
    double used = 0;
    watched.on_window_begin = [&] { used = -cpu_us(server_->pid()); };
    const auto result = checked(run_load(watched));
    return (used + cpu_us(server_->pid())) / static_cast<double>(result.answered);
  }
  void compare_produce() {
    Load one;
    one.port = server_->port();
    one.connections = 256;
    one.warm_up = std::chrono::milliseconds(500);
    one.window = std::chrono::seconds(2);
    one.body = kStored;
    Load all = one;
    one.request = request("/stations/one/produce/single", message());
    all.requests = requests_to_all("/produce/single", message());
    std::vector<double> ratios;
    for (int round = 0; round < kRounds; ++round) {
      const double of_one = produce_cpu_us(one);
      const double of_all = produce_cpu_us(all);
      fmt::print("  round {}: produce/single {:.2f} us on one station, {:.2f} us over {}\n", round + 1, of_one, of_all,
                 kStations);
      ratios.push_back(of_all / of_one);
    }
    std::ranges::sort(ratios);
    fmt::print("processor time of produce/single over {} stations / over one: {:.2f} (median of {} rounds)\n",
               kStations, ratios[kRounds / 2], kRounds);
  }

  Load steady_produce() const {
    Load load;
    load.port = server_->port();
    load.connections = 32;
    load.rate_per_s = 5000;
    load.warm_up = std::chrono::milliseconds(500);
    load.window = std::chrono::seconds(5);
    load.body = kStored;
    load.request = request("/stations/steady/produce/single", message());
    return load;
  }
  static void print_latency(const char* what, const LoadResult& result) {
    const auto ms = [&](double quantile) { return static_cast<double>(result.latency_ns.quantile_ns(quantile)) / 1e6; };
    fmt::print("{}: {} requests, p50 {:.2f} ms, p99 {:.2f} ms, p99.9 {:.2f} ms, max {:.2f} ms\n", what, result.answered,
               ms(0.5), ms(0.99), ms(0.999), ms(1));
  }
  // The log's files are no longer in the system's cache.
  void forget_cache() const {
    for (const auto& file : std::filesystem::directory_iterator(directory_ / "data" / "log")) {
      const int descriptor = ::open(file.path().c_str(), O_RDONLY | O_CLOEXEC);
      ::fdatasync(descriptor);
      ::posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED);
      ::close(descriptor);
    }
  }
  // Produce at a steady rate while a group reads 1 GB.
  void produce_beside_reader(const std::string& group, std::uint64_t batches) {
    Load reads;
    reads.port = server_->port();
    reads.connections = 2;
    reads.request = request("/stations/cold/consume/batch", R"({"consumer_name":"c","consumer_group":")" + group +
                                                                R"(","batch_size":5000,"batch_max_wait_time_ms":100})");
    reads.requests_max = batches * kColdBatch / 5000;
    reads.window = std::chrono::minutes(5);
    std::uint64_t bytes = 0;
    reads.on_answer = [&](std::string_view body) { bytes += body.size(); };
    LoadResult read;
    std::jthread reader([&] { read = run_load(reads); });
    const auto produced = checked(run_load(steady_produce()));
    reader.join();
    checked(read);
    print_latency(("produce at 5000/s while 1 GB is read " + group).c_str(), produced);
    fmt::print("  the reads: {:.0f} MB of answers in {:.1f} s\n", static_cast<double>(bytes) / 1e6, read.seconds);
  }
  void read_cold() {
    const std::uint64_t batches = kColdBytes / (kColdBatch * kMessageBytes);
    send_all({request("/stations/cold/produce/batch", batch(kColdBatch))}, batches, 8);
    print_latency("produce at 5000/s alone", checked(run_load(steady_produce())));
    forget_cache();
    produce_beside_reader("cold", batches);
    produce_beside_reader("warm", batches);
  }

  const std::filesystem::path directory_;
  std::optional<Propylon> server_;
};

}  // namespace
}  // namespace propylon::bench

int main(int argc, char** argv) {
  using namespace propylon::bench;
  std::string directory;
  std::uint64_t messages = 5'000'000;
  CLI::App program("Fills a server with 10,000 stations and many messages and measures it.", "propylon_scale");
  program.add_option("--directory", directory, "Where the data goes; about 3 GB, removed afterwards.")->required();
  program.add_option("--messages", messages, "Messages of all stations together.");
  CLI11_PARSE(program, argc, argv);
  try {
    move_to_core(kLoadCore);
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    const std::filesystem::path place = std::filesystem::path(directory) / "scale";
    std::filesystem::remove_all(place);
    std::filesystem::create_directories(place);
    Scale(place).run(messages);
    std::filesystem::remove_all(place);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "propylon_scale: %s\n", error.what());
    return 1;
  }
}

#include "callgrind.h"

#include <fmt/format.h>

#include <fstream>
#include <stdexcept>

#include "launch.h"
#include "measure.h"
#include "peers/nginx.h"
#include "requests.h"
#include "server_under_test.h"

namespace propylon::bench {
namespace {

constexpr std::uint64_t kRequests = 10'000;
constexpr auto kLimit = std::chrono::minutes(2);

void control(const std::string& order, pid_t process) {
  const auto done = testing::run({{"callgrind_control", order, std::to_string(process)}, {}, {}});
  if (done.exit.code != 0) throw std::runtime_error("callgrind_control: " + done.standard_error);
}

// Of the newest dump: "totals: 4711". The first is callgrind.out.1.
double last_total(const std::filesystem::path& directory, int dump) {
  std::ifstream file(directory / fmt::format("{}.{}", kCallgrindFile, dump));
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("totals: ")) return std::stod(line.substr(8));
  }
  throw std::runtime_error("callgrind left no totals in " + directory.string());
}

// A row of the table.
std::string count(const Peer& peer, const std::filesystem::path& directory, pid_t process) {
  std::string row = fmt::format("{:<10}", peer.name());
  int dump = 0;
  for (const std::size_t connections : {256U, 8U, 1U}) {
    const Exchange exchange = peer.produce_single(fmt::format("counted-{}", connections), json_of(kSingleBytes));
    Load load = closed_loop(peer, connections, exchange, {std::chrono::milliseconds(0), kLimit});
    load.requests_max = kRequests / 10;
    measure(load, {});  // what is only done once
    control("--zero", process);
    load.requests_max = kRequests;
    const auto counted = measure(load, {});
    control("--dump", process);
    row += fmt::format(" {:>12.0f}", last_total(directory, ++dump) / static_cast<double>(counted.load.answered_total));
  }
  return row + "\n";
}

}  // namespace

std::string count_instructions(const std::filesystem::path& directory) {
  require_program("valgrind", "valgrind");
  std::string text =
      fmt::format("Instructions in user mode per request, {} requests each, by callgrind\n{:<10}", kRequests, "");
  for (const int connections : {256, 8, 1}) text += fmt::format(" {:>6} conn.", connections);
  text += "\n";
  std::string token;
  {
    const auto place = directory / "propylon";
    const Propylon propylon(place, {}, Tool::kCallgrind);
    token = propylon.token();
    text += count(propylon, place, propylon.pid());
  }
  {
    const auto place = directory / "nginx";
    const Nginx nginx(place, token, Tool::kCallgrind);
    text += count(nginx, place, nginx.processes().front());
  }
  const auto place = directory / "nchan";
  const Nchan nchan(place, token, Tool::kCallgrind);
  return text + count(nchan, place, nchan.processes().front());
}

}  // namespace propylon::bench

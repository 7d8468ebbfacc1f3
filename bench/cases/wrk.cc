// produce/single with a generator that others know. wrk sends a connection's next request later than ours does, so that
// requests arrive in smaller groups.
#include <fstream>
#include <stdexcept>

#include "cases/cases.h"
#include "launch.h"
#include "machine.h"
#include "requests.h"

namespace propylon::bench {
namespace {

constexpr std::size_t kConnections = 256;

std::string script(const std::string& token) {
  std::string text = "wrk.method = \"POST\"\nwrk.body = '" + json_of(kSingleBytes) + "'\n";
  text += "wrk.headers[\"User-Agent\"] = \"propylon-bench\"\nwrk.headers[\"Content-Type\"] = \"application/json\"\n";
  return text + "wrk.headers[\"Authorization\"] = \"Bearer " + token + "\"\n";
}

std::uint64_t requests_of(const std::string& output) {
  const std::size_t end = output.find(" requests in ");
  if (end == std::string::npos || output.find("Non-2xx") != std::string::npos ||
      output.find("Socket errors") != std::string::npos) {
    throw std::runtime_error("wrk saw errors: " + output);
  }
  const std::size_t begin = output.find_last_of(" \n", end - 1) + 1;
  return std::stoull(output.substr(begin, end - begin));
}

// Processor time per request.
double run_wrk(Round& round, const Peer& peer, const std::filesystem::path& lua) {
  const std::string station = round.station("wrk");
  const auto seconds = std::max<std::int64_t>(1, round.windows.window.count() / 1000);
  const double before = cpu_us(peer.processes());
  const auto ran =
      testing::run({{"wrk", "-t1", "-c" + std::to_string(kConnections), "-d" + std::to_string(seconds) + "s", "-s", lua,
                     "http://127.0.0.1:" + std::to_string(peer.port()) + "/stations/" + station + "/produce/single"},
                    {},
                    {}},
                   std::chrono::seconds(seconds + 30));
  const double used = cpu_us(peer.processes()) - before;
  LoadResult load;
  load.answered_total = requests_of(ran.standard_output);
  load.sent_total = load.answered_total + kConnections;
  peer.expect_stored(station, load);
  const auto requests = static_cast<double>(load.answered_total);
  const std::string row = "wrk " + peer.name();
  round.results.add(row, kPerS, requests / static_cast<double>(seconds));
  round.results.add(row, kCpuUs, used / requests);
  return used / requests;
}

void measure_wrk(Round& round) {
  require_program("wrk", "wrk");
  const auto lua = round.directory / "wrk.lua";
  std::ofstream(lua) << script(round.servers.propylon().token());
  const double nginx = run_wrk(round, round.servers.nginx(), lua);
  const double ours = run_wrk(round, round.servers.propylon(), lua);
  round.results.add("wrk nginx", kCpuRatio, 1);
  round.results.add("wrk propylon", kCpuRatio, ours / nginx);
}

}  // namespace

Case wrk() {
  return {.name = "wrk",
          .what = "produce/single over 256 connections with wrk as the generator (at least one second each)",
          .measure = measure_wrk,
          .targets = {}};
}

}  // namespace propylon::bench

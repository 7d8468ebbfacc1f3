// One message per request: the server beside nginx, nchan and webdis.
#include <algorithm>
#include <cstdio>
#include <map>
#include <stdexcept>

#include "cases/cases.h"
#include "produce.h"

namespace propylon::bench {
namespace {

std::string row_of(const std::string& name, const Peer& peer) { return name + " " + peer.name(); }

void measure_single(Round& round, const std::string& name, std::size_t connections) {
  Servers& servers = round.servers;
  std::vector<const Peer*> peers{&servers.nginx(), &servers.propylon(), &servers.nchan(), &servers.webdis()};
  // Whoever comes first meets another machine than the last.
  std::ranges::rotate(peers, peers.begin() + (round.number - 1) % static_cast<int>(peers.size()));
  std::map<std::string, double> cpu;
  std::map<std::string, double> p50_us;
  for (const Peer* peer : peers) {
    const std::string row = row_of(name, *peer);
    const bool may_fail = peer != &servers.propylon() && peer != &servers.nginx();
    try {
      cpu[peer->name()] = cpu_us_each(produce_single(round, *peer, row, round.station(name), connections), 1);
      p50_us[peer->name()] = round.results.values(row, std::string(kP50Us)).back();
    } catch (const std::runtime_error& failure) {
      // A foreign server that drops a connection under this load costs its own figure of this round only.
      std::fprintf(stderr, "%s: %s\n", row.c_str(), failure.what());
      if (!may_fail) throw;
    }
  }
  for (const auto& [peer, us] : cpu) round.results.add(name + " " + peer, kCpuRatio, us / cpu.at("nginx"));
  const std::string ours = row_of(name, servers.propylon());
  for (const char* peer : {"nchan", "webdis"}) {
    if (cpu.contains(peer))
      round.results.add(ours, std::string("cpu_ratio_to_") + peer, cpu.at("propylon") / cpu.at(peer));
  }
  round.results.add(ours, "p50_ratio_to_nginx", p50_us.at("propylon") / p50_us.at("nginx"));
}

std::vector<Target> targets(const std::string& name, std::size_t connections) {
  const std::string row = name + " propylon";
  if (connections == 256) {
    return {{row, std::string(kCpuRatio), Bound::kAtMost, 0.9, "CPU per request / nginx"},
            {row, "cpu_ratio_to_nchan", Bound::kAtMost, 0.7, "CPU per request / nchan"},
            {row, "cpu_ratio_to_webdis", Bound::kAtMost, 0.3, "CPU per request / webdis + redis"}};
  }
  return {{row, std::string(kCpuRatio), Bound::kAtMost, 1.3, "CPU per request / nginx"},
          {row, "p50_ratio_to_nginx", Bound::kAtMost, 1.3, "p50 latency / nginx"}};
}

}  // namespace

Case single(std::size_t connections) {
  const std::string name = "single-" + std::to_string(connections);
  return {
      .name = name,
      .what = "produce/single, 259 bytes of JSON, " + std::to_string(connections) + " connections, beside all peers",
      .measure = [=](Round& round) { measure_single(round, name, connections); },
      .targets = targets(name, connections)};
}

}  // namespace propylon::bench

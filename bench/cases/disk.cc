// Durability `disk`: an answer is sent after fdatasync(), so what counts is how many requests share one.
#include "bare_disk.h"
#include "cases/cases.h"
#include "produce.h"

namespace propylon::bench {
namespace {

constexpr std::size_t kConnections = 256;
constexpr const char* kRow = "disk propylon";

// What a record takes in the log, with its share of the groups' framing.
class BytesPerRecord final {
 public:
  explicit BytesPerRecord(const Propylon& server) : server_(server), bytes_(bytes()), records_(records()) {}
  double since() const { return (bytes() - bytes_) / (records() - records_); }

 private:
  double bytes() const { return server_.metric(R"(propylon_log_written_bytes_total{log="disk"})"); }
  double records() const { return server_.metric(R"(propylon_log_group_records_sum{log="disk"})"); }

  const Propylon& server_;
  const double bytes_;
  const double records_;
};

void measure_disk(Round& round) {
  const Propylon& server = round.servers.propylon();
  const std::string station = round.station("disk");
  server.send("PUT", "/stations/" + station, R"({"durability":"disk"})");
  const BytesPerRecord bytes_per_record(server);
  const Measured saturated = produce_single(round, server, kRow, station, kConnections);
  const double group_records = round.results.values(kRow, std::string(kGroup)).back();
  const double write_bytes = group_records * bytes_per_record.since();
  const SyncRate disk = measure_bare_disk(round.directory, static_cast<std::size_t>(write_bytes), round.windows.window);
  round.results.add(kRow, "write_bytes", write_bytes);
  round.results.add(kRow, "bare_disk_fdatasync_per_s", disk.per_s);
  round.results.add(kRow, "bare_disk_p99_us", disk.p99_us);
  round.results.add(kRow, "share_of_connections_x_fdatasync", saturated.per_s() / (kConnections * disk.per_s));
}

}  // namespace

Case disk() {
  return {.name = "disk",
          .what = "produce/single, durability disk, 256 connections, beside write + fdatasync of the bare disk",
          .measure = measure_disk,
          .targets = {{kRow, "share_of_connections_x_fdatasync", Bound::kAtLeast, 0.4,
                       "requests/s / (256 x fdatasync/s of the bare disk)"}},
          .durability = "disk"};
}

}  // namespace propylon::bench

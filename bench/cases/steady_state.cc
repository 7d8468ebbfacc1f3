// A server that has run for long: segments roll, retention removes, what little is left of them is rewritten,
// checkpoints are taken, all within the window.
//
// Nearly all messages go to a station that keeps the newest 100,000 of them, less than a segment; one in 200 to a
// station that keeps everything and so keeps each segment from being removed. A third station is emptied by
// acknowledgement before.
#include <charconv>
#include <stdexcept>

#include "cases/cases.h"
#include "produce.h"
#include "requests.h"

namespace propylon::bench {
namespace {

constexpr std::size_t kConnections = 256;
constexpr std::size_t kRequestsPerKept = 200;
constexpr auto kWarmUpMin = std::chrono::seconds(3);
constexpr auto kWindowMin = std::chrono::seconds(5);
constexpr const char* kRow = "steady propylon";

// How far the log's background has come.
struct Background {
  std::uint64_t segment = 0;        // the newest
  std::uint64_t first_segment = 0;  // the oldest that is still there
  std::uint64_t checkpoint = 0;     // the newest
  double rewritten = 0;
};

std::uint64_t number_in(std::string_view name) {
  std::uint64_t number = 0;
  const std::size_t at = name.find_first_of("0123456789");
  if (at != std::string_view::npos) std::from_chars(name.data() + at, name.data() + name.size(), number);
  return number;
}

Background look_at(const Propylon& server) {
  Background background;
  background.rewritten = server.metric(R"(propylon_log_rewritten_segments_total{log="disk"})");
  background.first_segment = ~std::uint64_t{0};
  for (const auto& file : std::filesystem::directory_iterator(server.log_directory())) {
    const std::string name = file.path().filename();
    const std::uint64_t number = number_in(name);
    if (name.starts_with("checkpoint-")) background.checkpoint = std::max(background.checkpoint, number);
    if (!name.ends_with(".idx")) continue;  // sealed ones have an index, prepared ones do not
    background.segment = std::max(background.segment, number);
    background.first_segment = std::min(background.first_segment, number);
  }
  return background;
}

void add(Results& results, const Background& before, const Background& after) {
  results.add(kRow, "segments_rolled", static_cast<double>(after.segment - before.segment));
  results.add(kRow, "segments_removed_at_the_front", static_cast<double>(after.first_segment - before.first_segment));
  results.add(kRow, "segments_rewritten", after.rewritten - before.rewritten);
  results.add(kRow, "checkpoints", static_cast<double>(after.checkpoint - before.checkpoint));
}

void prepare(const Propylon& server) {
  server.send("PUT", "/stations/newest", R"({"retention":{"type":"messages","value":100000}})");
  server.send("PUT", "/stations/kept", R"({"retention":{"type":"message_age_sec","value":0}})");
  server.send("PUT", "/stations/acked", R"({"retention":{"type":"ack_based"}})");
  for (int i = 0; i < 100; ++i) server.post("/stations/acked/produce/batch", batch_of(kBatch, kSingleBytes));
  server.count_messages("acked");  // reads and so acknowledges all
}

Load load_of(const Propylon& server, const Windows& windows) {
  const std::string message = json_of(kSingleBytes);
  Exchange exchange = server.produce_single("newest", message);
  Load load = closed_loop(server, kConnections, exchange, windows);
  load.requests.assign(kRequestsPerKept, exchange.request);
  load.requests.front() = server.produce_single("kept", message).request;
  return load;
}

std::uint64_t last_sequence(const Propylon& server, const std::string& station) {
  const std::string body = server.send("GET", "/stations/" + station, {}).body;
  const std::size_t at = body.find("\"last_seq\":");
  if (at == std::string::npos) throw std::runtime_error("no last_seq in " + body);
  return number_in(std::string_view(body).substr(at));
}

// Retention takes messages away, but their numbers tell how many there were; the kept ones are all there.
void expect_stored(const Propylon& server, const LoadResult& load) {
  const std::uint64_t kept = last_sequence(server, "kept");
  const std::uint64_t stored = last_sequence(server, "newest") + kept;
  if (stored < load.answered_total || stored > load.sent_total) {
    throw std::runtime_error("steady: " + std::to_string(stored) + " messages were numbered, " +
                             std::to_string(load.answered_total) + " answered");
  }
  if (server.count_messages("kept") != kept) throw std::runtime_error("steady: not all kept messages are there");
}

double plain_cpu_us(Round& round, const std::string& station) {
  const Propylon& server = round.servers.propylon();
  const Load load =
      closed_loop(server, kConnections, server.produce_single(station, json_of(kSingleBytes)), round.windows);
  return cpu_us_each(measure(load, server.processes()), 1);
}

void measure_steady_state(Round& round) {
  const Propylon server(round.directory / round.station("steady"));
  prepare(server);
  const Windows windows{std::max<std::chrono::milliseconds>(kWarmUpMin, round.windows.warm_up),
                        std::max<std::chrono::milliseconds>(kWindowMin, 8 * round.windows.window)};
  const double plain_before = plain_cpu_us(round, round.station("plain-before"));
  Load load = load_of(server, windows);
  Background before;
  const GroupSizes groups(server);
  load.on_window_begin = [&] { before = look_at(server); };
  const Measured saturated = measure(load, server.processes());
  add(round.results, before, look_at(server));
  groups.add_to(round.results, kRow);
  const double plain_after = plain_cpu_us(round, round.station("plain-after"));

  load.warm_up = round.windows.warm_up;
  load.on_window_begin = {};
  const LoadResult open = add_latencies(round.results, kRow, load, saturated);
  add_costs(round.results, kRow, saturated, 1);
  const double plain = (plain_before + plain_after) / 2;
  round.results.add(kRow, "cpu_ratio_to_plain", cpu_us_each(saturated, 1) / plain);
  round.results.add(kRow, "max_us", static_cast<double>(open.latency_ns.max_ns()) / 1e3);
  expect_stored(server, open);
}

}  // namespace

Case steady_state() {
  return {
      .name = "steady",
      .what = "produce/single while segments roll, retention removes, segments are rewritten, checkpoints are taken",
      .measure = measure_steady_state,
      .targets = {{kRow, "cpu_ratio_to_plain", Bound::kAtMost, 1.25, "CPU per request / without all that"},
                  {kRow, "segments_rolled", Bound::kAtLeast, 1, "segments rolled in the window"},
                  {kRow, "segments_rewritten", Bound::kAtLeast, 1, "segments rewritten in the window"},
                  {kRow, "checkpoints", Bound::kAtLeast, 1, "checkpoints in the window"}},
      .rounds_max = 3,
      .quick_rounds_max = 1};
}

}  // namespace propylon::bench

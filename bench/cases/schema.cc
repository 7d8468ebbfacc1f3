// What a schema costs: the same messages to a station with one and to a station without.
#include <string>
#include <utility>

#include "cases/cases.h"
#include "json/writer.h"
#include "produce.h"
#include "six_fields.h"

namespace propylon::bench {
namespace {

constexpr std::size_t kConnections = 256;
constexpr const char* kOpen = "schema none";
constexpr const char* kJudged = "schema six-fields";

// Short windows in turns: the difference is a tenth of the whole, and the machine's own speed drifts by as much within
// seconds.
constexpr int kTurns = 6;

// The requests of one station over all turns.
class Side {
 public:
  Side(const Propylon& server, std::string station, Windows windows)
      : server_(server),
        station_(std::move(station)),
        load_(closed_loop(server, kConnections, server.produce_single(station_, kSixFieldsMessage), windows)) {}

  void measure_once() {
    const Measured measured = measure(load_, server_.processes());
    cpu_us_ += measured.cpu_us;
    per_s_ += measured.per_s() / kTurns;
    total_.answered += measured.load.answered;
    total_.answered_total += measured.load.answered_total;
    total_.sent_total += measured.load.sent_total;
  }
  double cpu_us_each() const { return cpu_us_ / static_cast<double>(total_.answered); }
  void add_to(Results& results, const char* row) const {
    server_.expect_stored(station_, total_);
    results.add(row, kPerS, per_s_);
    results.add(row, kCpuUs, cpu_us_each());
  }

 private:
  const Propylon& server_;
  const std::string station_;
  const Load load_;
  double cpu_us_ = 0;
  double per_s_ = 0;
  LoadResult total_;
};

void measure_schema(Round& round) {
  const Propylon server(round.directory / round.station("schema"));
  std::string body;
  json::Writer writer(body);
  writer.begin_object().key("type").string("json").key("definition").raw(kSixFieldsSchema).end_object();
  server.send("PUT", "/schemas/six-fields", body);
  server.send("PUT", "/stations/judged", R"({"schema":{"name":"six-fields"}})");
  Side open(server, "open", round.windows);
  Side judged(server, "judged", round.windows);
  for (int turn = 0; turn < kTurns; ++turn) {
    const bool open_first = turn % 2 == 0;
    (open_first ? open : judged).measure_once();
    (open_first ? judged : open).measure_once();
  }
  open.add_to(round.results, kOpen);
  judged.add_to(round.results, kJudged);
  round.results.add(kJudged, "cpu_us_more_than_without", judged.cpu_us_each() - open.cpu_us_each());
}

}  // namespace

Case schema() {
  return {.name = "schema",
          .what = "produce/single over 256 connections at a station with a JSON schema of six fields, and without",
          .measure = measure_schema,
          .targets = {{kJudged, "cpu_us_more_than_without", Bound::kAtMost, 0.7, "CPU us per request more"}}};
}

}  // namespace propylon::bench

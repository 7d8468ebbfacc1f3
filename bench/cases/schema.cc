// What a schema costs: the same messages to a station with one and to a station without.
#include "cases/cases.h"
#include "json/writer.h"
#include "produce.h"
#include "six_fields.h"

namespace propylon::bench {
namespace {

constexpr std::size_t kConnections = 256;
constexpr const char* kOpen = "schema none";
constexpr const char* kJudged = "schema six-fields";

double cpu_us(Round& round, const Propylon& server, const char* row, const std::string& station) {
  const Load load = closed_loop(server, kConnections, server.produce_single(station, kSixFieldsMessage), round.windows);
  const GroupSizes groups(server);
  const Measured saturated = measure(load, server.processes());
  groups.add_to(round.results, row);
  add_costs(round.results, row, saturated, 1);
  server.expect_stored(station, add_latencies(round.results, row, load, saturated));
  return cpu_us_each(saturated, 1);
}

void measure_schema(Round& round) {
  const Propylon server(round.directory / round.station("schema"));
  std::string body;
  json::Writer writer(body);
  writer.begin_object().key("type").string("json").key("definition").raw(kSixFieldsSchema).end_object();
  server.send("PUT", "/schemas/six-fields", body);
  server.send("PUT", "/stations/judged", R"({"schema":{"name":"six-fields"}})");
  double open = 0;
  double judged = 0;
  const auto measure_open = [&] { open = cpu_us(round, server, kOpen, "open"); };
  if (round.number % 2 == 1) measure_open();
  judged = cpu_us(round, server, kJudged, "judged");
  if (round.number % 2 == 0) measure_open();
  round.results.add(kJudged, "cpu_us_more_than_without", judged - open);
}

}  // namespace

Case schema() {
  return {.name = "schema",
          .what = "produce/single over 256 connections at a station with a JSON schema of six fields, and without",
          .measure = measure_schema,
          .targets = {{kJudged, "cpu_us_more_than_without", Bound::kAtMost, 0.7, "CPU us per request more"}}};
}

}  // namespace propylon::bench

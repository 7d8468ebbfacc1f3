// What a second I/O thread costs where it brings nothing: both on one core.
#include "cases/cases.h"
#include "produce.h"

namespace propylon::bench {
namespace {

constexpr std::size_t kConnections = 256;
constexpr const char* kOne = "io-threads one";
constexpr const char* kTwo = "io-threads two";

void measure_io_threads(Round& round) {
  const std::filesystem::path place = round.directory / round.station("io-threads");
  const Propylon one(place / "one", {"--http-threads", "1"});
  const Propylon two(place / "two", {"--http-threads", "2"});
  double of_one = 0;
  double of_two = 0;
  const auto measure_one = [&] { of_one = cpu_us_each(produce_single(round, one, kOne, "orders", kConnections), 1); };
  const auto measure_two = [&] { of_two = cpu_us_each(produce_single(round, two, kTwo, "orders", kConnections), 1); };
  if (round.number % 2 == 1) measure_one();
  measure_two();
  if (round.number % 2 == 0) measure_one();
  round.results.add(kTwo, "cpu_ratio_to_one_thread", of_two / of_one);
}

}  // namespace

Case io_threads() {
  return {.name = "io-threads",
          .what = "produce/single over 256 connections with two I/O threads and with one, each on one core",
          .measure = measure_io_threads,
          .targets = {{kTwo, "cpu_ratio_to_one_thread", Bound::kAtMost, 1.15, "CPU per request / one I/O thread"}}};
}

}  // namespace propylon::bench

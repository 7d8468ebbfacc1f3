#include "metrics/registry.h"

#include <gtest/gtest.h>

namespace propylon::metrics {
namespace {

TEST(Registry, ExposesCountersGaugesAndHistogramsAsPrometheusText) {
  Registry registry;
  registry.counter("a_total", "First.", "route=\"x\"").add(3);
  registry.gauge("b", "Second.").set(-2);
  registry.counter("a_total", "First.", "route=\"y\"").add();
  auto& histogram = registry.histogram("c_seconds", "Third.", 1, 1'000'000);
  histogram.observe(1);
  histogram.observe(3);
  registry.observed("d", "Fourth.", [] { return 1.5; });
  const auto text = registry.expose();
  EXPECT_TRUE(text.starts_with(
      "# HELP a_total First.\n# TYPE a_total counter\na_total{route=\"x\"} 3\na_total{route=\"y\"} 1\n"
      "# HELP b Second.\n# TYPE b gauge\nb -2\n"
      "# HELP c_seconds Third.\n# TYPE c_seconds histogram\n"
      "c_seconds_bucket{le=\"1e-06\"} 1\nc_seconds_bucket{le=\"2e-06\"} 1\nc_seconds_bucket{le=\"4e-06\"} 2\n"))
      << text;
  EXPECT_NE(text.find("c_seconds_bucket{le=\"+Inf\"} 2\nc_seconds_sum 4e-06\nc_seconds_count 2\n"), std::string::npos)
      << text;
  EXPECT_TRUE(text.ends_with("# TYPE d gauge\nd 1.5\n")) << text;
}

TEST(Histogram, PutsAValueInTheFirstBucketThatHoldsIt) {
  Histogram histogram(4);
  const std::pair<std::uint64_t, std::size_t> cases[] = {{0, 0}, {4, 0},  {5, 1},  {8, 1},
                                                         {9, 2}, {16, 2}, {17, 3}, {~0ull, Histogram::kBuckets - 1}};
  for (const auto& [value, bucket] : cases) {
    const auto before = histogram.read();
    histogram.observe(value);
    EXPECT_EQ(histogram.read().buckets[bucket], before.buckets[bucket] + 1) << value;
  }
}

}  // namespace
}  // namespace propylon::metrics

// Every metric of the program: made once at start, counted anywhere, shown at GET /metrics.
//
// Names, units and labels are listed in metrics/names.h. Labels come from tables (the route, the status), never
// from what a client sent: the number of series is fixed when the server starts.
#pragma once
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include "core/thread_annotations.h"
#include "metrics/counter.h"

namespace propylon::metrics {

// Labels as they stand between the braces: `route="produce_single",status="200"`. Empty: none.
// Thread: any (locks inside); counting takes no lock. References live as long as the registry.
class Registry {
 public:
  Counter& counter(std::string_view name, std::string_view help, std::string labels = {});
  Gauge& gauge(std::string_view name, std::string_view help, std::string labels = {});
  // `first_bound` is in the units that are observed; `units_per_shown` divides bounds and sums for the exposition
  // (observe microseconds, show seconds: 1,000,000).
  Histogram& histogram(std::string_view name, std::string_view help, std::uint64_t first_bound, double units_per_shown,
                       std::string labels = {});
  // A value that is read when it is shown: sizes, ages. The function must not block and must outlive the registry's
  // last exposition.
  void observed(std::string_view name, std::string_view help, std::function<double()> read, std::string labels = {});

  // Prometheus text format 0.0.4, metrics of one name together, in the order in which they were made.
  std::string expose() const;

 private:
  enum class Kind { kCounter, kGauge, kHistogram };
  struct Metric {
    std::string name, help, labels;
    Kind kind;
    Counter* counter = nullptr;
    Gauge* gauge = nullptr;
    Histogram* histogram = nullptr;
    double units_per_shown = 1;
    std::function<double()> read;
  };
  static void expose_values(const Metric& metric, std::string& out);

  mutable std::mutex mutex_;
  std::deque<Metric> metrics_ GUARDED_BY(mutex_);
  std::deque<Counter> counters_ GUARDED_BY(mutex_);
  std::deque<Gauge> gauges_ GUARDED_BY(mutex_);
  std::deque<Histogram> histograms_ GUARDED_BY(mutex_);
};

}  // namespace propylon::metrics

#include "metrics/registry.h"

#include <fmt/format.h>

#include <set>

namespace propylon::metrics {

Counter& Registry::counter(std::string_view name, std::string_view help, std::string labels) {
  std::lock_guard lock(mutex_);
  auto& made = counters_.emplace_back();
  metrics_.push_back(
      {std::string(name), std::string(help), std::move(labels), Kind::kCounter, &made, nullptr, nullptr, 1, {}});
  return made;
}

Gauge& Registry::gauge(std::string_view name, std::string_view help, std::string labels) {
  std::lock_guard lock(mutex_);
  auto& made = gauges_.emplace_back();
  metrics_.push_back(
      {std::string(name), std::string(help), std::move(labels), Kind::kGauge, nullptr, &made, nullptr, 1, {}});
  return made;
}

Histogram& Registry::histogram(std::string_view name, std::string_view help, std::uint64_t first_bound,
                               double units_per_shown, std::string labels) {
  std::lock_guard lock(mutex_);
  auto& made = histograms_.emplace_back(first_bound);
  metrics_.push_back({std::string(name),
                      std::string(help),
                      std::move(labels),
                      Kind::kHistogram,
                      nullptr,
                      nullptr,
                      &made,
                      units_per_shown,
                      {}});
  return made;
}

void Registry::observed(std::string_view name, std::string_view help, std::function<double()> read,
                        std::string labels) {
  std::lock_guard lock(mutex_);
  metrics_.push_back({std::string(name), std::string(help), std::move(labels), Kind::kGauge, nullptr, nullptr, nullptr,
                      1, std::move(read)});
}

void Registry::expose_values(const Metric& metric, std::string& out) {
  const auto braces = [&](std::string_view more = {}) {
    if (metric.labels.empty() && more.empty()) return std::string();
    return fmt::format("{{{}{}{}}}", metric.labels, metric.labels.empty() || more.empty() ? "" : ",", more);
  };
  const auto line = [&](std::string_view suffix, const std::string& labels, auto value) {
    fmt::format_to(std::back_inserter(out), "{}{}{} {}\n", metric.name, suffix, labels, value);
  };
  if (metric.counter) return line("", braces(), metric.counter->value());
  if (metric.gauge) return line("", braces(), metric.gauge->value());
  if (metric.read) return line("", braces(), metric.read());
  const auto reading = metric.histogram->read();
  std::uint64_t below = 0;
  for (std::size_t i = 0; i + 1 < Histogram::kBuckets; ++i) {
    below += reading.buckets[i];
    const double bound = static_cast<double>(metric.histogram->bound(i)) / metric.units_per_shown;
    line("_bucket", braces(fmt::format("le=\"{}\"", bound)), below);
  }
  line("_bucket", braces("le=\"+Inf\""), reading.count);
  line("_sum", braces(), static_cast<double>(reading.sum) / metric.units_per_shown);
  line("_count", braces(), reading.count);
}

std::string Registry::expose() const {
  std::lock_guard lock(mutex_);
  std::string out;
  std::set<std::string_view> done;
  for (const auto& metric : metrics_) {
    if (!done.insert(metric.name).second) continue;
    const std::string_view type = metric.kind == Kind::kCounter ? "counter"
                                  : metric.kind == Kind::kGauge ? "gauge"
                                                                : "histogram";
    fmt::format_to(std::back_inserter(out), "# HELP {} {}\n# TYPE {} {}\n", metric.name, metric.help, metric.name,
                   type);
    for (const auto& other : metrics_) {
      if (other.name == metric.name) expose_values(other, out);
    }
  }
  return out;
}

}  // namespace propylon::metrics

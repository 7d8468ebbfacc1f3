#include "results.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace propylon::bench {

double median(std::vector<double> values) {
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  std::ranges::sort(values);
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

void Results::add(const std::string& row, std::string_view figure, double value) {
  if (!figures_.contains(row)) rows_.push_back(row);
  auto& figures = figures_[row];
  if (!std::isfinite(value)) return;
  auto& values = values_[{row, std::string(figure)}];
  if (values.empty()) figures.emplace_back(figure);
  values.push_back(value);
}

void Results::add_groups(const std::string& row, const std::string& at_most, double groups) {
  auto& bounds = groups_[row];
  auto found = std::ranges::find(bounds, at_most, &std::pair<std::string, double>::first);
  if (found == bounds.end()) found = bounds.insert(bounds.end(), {at_most, 0});
  found->second += groups;
}

std::vector<double> Results::sorted(const std::string& row, std::string_view figure) const {
  const auto found = values_.find({row, std::string(figure)});
  if (found == values_.end()) return {};
  auto values = found->second;
  std::ranges::sort(values);
  return values;
}

double Results::median(const std::string& row, std::string_view figure) const {
  return bench::median(sorted(row, figure));
}

std::vector<std::pair<std::string, double>> Results::groups(const std::string& row) const {
  const auto found = groups_.find(row);
  return found == groups_.end() ? std::vector<std::pair<std::string, double>>{} : found->second;
}

}  // namespace propylon::bench

// What was measured, round by round: any figure of any row.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace propylon::bench {

// The figures that the table has columns for. Names end in their unit; every other figure is listed below the table.
inline constexpr std::string_view kPerS = "per_s";          // requests, or messages of a batch
inline constexpr std::string_view kCpuUs = "cpu_us";        // of the server's processes, for each of these
inline constexpr std::string_view kCpuRatio = "cpu_ratio";  // to nginx, within the round
inline constexpr std::string_view kBusyUs = "busy_us";      // of the machine without the generator
inline constexpr std::string_view kInstructions = "instructions";
inline constexpr std::string_view kP50Us = "p50_us";  // latencies of whole requests
inline constexpr std::string_view kP99Us = "p99_us";
inline constexpr std::string_view kP999Us = "p99_9_us";
inline constexpr std::string_view kGroup = "records_per_group";

// NaN of no values.
double median(std::vector<double> values);

// Thread: one.
class Results final {
 public:
  // One value per round; what is not finite (it could not be measured) is dropped.
  void add(const std::string& row, std::string_view figure, double value);
  // How many groups of at most so many records the log wrote while the row was measured; "+Inf" for the rest. Summed
  // over the rounds.
  void add_groups(const std::string& row, const std::string& at_most, double groups);

  // In the order in which they were first added.
  const std::vector<std::string>& rows() const { return rows_; }
  const std::vector<std::string>& figures(const std::string& row) const { return figures_.at(row); }
  // Ascending; empty when it was not measured.
  std::vector<double> sorted(const std::string& row, std::string_view figure) const;
  // Values in the order of the rounds.
  const std::vector<double>& values(const std::string& row, const std::string& figure) const {
    return values_.at({row, figure});
  }
  // NaN when it was not measured.
  double median(const std::string& row, std::string_view figure) const;
  // Bounds and counts, ascending; empty when there are none.
  std::vector<std::pair<std::string, double>> groups(const std::string& row) const;

 private:
  std::vector<std::string> rows_;
  std::map<std::string, std::vector<std::string>> figures_;
  std::map<std::pair<std::string, std::string>, std::vector<double>> values_;
  std::map<std::string, std::vector<std::pair<std::string, double>>> groups_;
};

}  // namespace propylon::bench

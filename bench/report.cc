#include "report.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "json/writer.h"
#include "machine.h"

namespace propylon::bench {
namespace {

constexpr std::size_t kColumnsOfPage = 120;

struct Column {
  std::string_view figure;
  const char* head;
  int width;
  int decimals;
};

constexpr std::array<Column, 9> kColumns{{{kPerS, "per s", 9, 0},
                                          {kCpuUs, "CPU us", 8, 2},
                                          {kCpuRatio, "/nginx", 7, 3},
                                          {kBusyUs, "busy us", 8, 2},
                                          {kInstructions, "instr.", 7, 0},
                                          {kP50Us, "p50 us", 8, 0},
                                          {kP99Us, "p99 us", 8, 0},
                                          {kP999Us, "p99.9 us", 9, 0},
                                          {kGroup, "group", 6, 1}}};

bool has_column(std::string_view figure) {
  return std::ranges::find(kColumns, figure, &Column::figure) != kColumns.end();
}

std::string cell(double value, int width, int decimals) {
  return std::isnan(value) ? fmt::format(" {:>{}}", "-", width) : fmt::format(" {:>{}.{}f}", value, width, decimals);
}

std::string range(const std::vector<double>& sorted) {
  return sorted.empty() ? "" : fmt::format("{:.2f}-{:.2f}", sorted.front(), sorted.back());
}

std::string head(const Conditions& conditions) {
  std::string text = fmt::format("{}, {} cores, {}; commit {}; data on {} ({})\n", processor(), cores(), kernel(),
                                 conditions.commit, conditions.directory, conditions.file_system);
  for (const Peer* server : conditions.servers) {
    text += fmt::format("{}; {}; durability {}\n", server->version(),
                        server->authentication() == "none" ? "no authentication" : server->authentication(),
                        server->durability());
  }
  return text +
         fmt::format(
             "Servers on core {}, load on core {}. Medians of {} rounds of {} ms; ratios within each round "
             "(lowest-highest).\nCPU, busy, instructions: closed loop at saturation, per request or message of a "
             "batch. Latencies: open loop at\n70 % of the server's own saturation, from when a request was due.\n",
             kServerCore, kLoadCore, conditions.rounds, conditions.windows.window.count());
}

bool reached(const Target& target, double value) {
  return target.bound == Bound::kAtMost ? value <= target.limit : value >= target.limit;
}

void write_values(json::Writer& writer, const std::vector<double>& values) {
  writer.begin_array();
  for (const double value : values) writer.number(value);
  writer.end_array();
}

void write_servers(json::Writer& writer, const Conditions& conditions) {
  writer.key("servers").begin_object();
  for (const Peer* server : conditions.servers) {
    writer.key(server->name()).begin_object().key("version").string(server->version());
    writer.key("durability").string(server->durability());
    writer.key("authentication").string(server->authentication()).end_object();
  }
  writer.end_object();
}

void write_row(json::Writer& writer, const Results& results, const std::string& row) {
  writer.key(row).begin_object();
  for (const auto& figure : results.figures(row)) {
    writer.key(figure).begin_object().key("median").number(results.median(row, figure)).key("rounds");
    write_values(writer, results.values(row, figure));
    writer.end_object();
  }
  if (const auto groups = results.groups(row); !groups.empty()) {
    writer.key("groups_by_records_at_most").begin_object();
    for (const auto& [at_most, count] : groups) writer.key(at_most).number(count);
    writer.end_object();
  }
  writer.end_object();
}

void write_case(json::Writer& writer, const Results& results, const Case& one) {
  writer.key(one.name).begin_object().key("what").string(one.what).key("durability").string(one.durability);
  writer.key("targets").begin_array();
  for (const auto& target : one.targets) {
    const double value = results.median(target.row, target.figure);
    if (std::isnan(value)) continue;
    writer.begin_object().key("says").string(target.says).key("row").string(target.row);
    writer.key("figure").string(target.figure).key(target.bound == Bound::kAtMost ? "at_most" : "at_least");
    writer.number(target.limit).key("value").number(value).key("met").boolean(reached(target, value)).end_object();
  }
  writer.end_array().end_object();
}

}  // namespace

std::string table(const Conditions& conditions, const Results& results) {
  std::string text = head(conditions) + fmt::format("\n{:<21}", "case and server");
  for (const auto& column : kColumns) {
    text += fmt::format(" {:>{}}", column.head, column.width);
    if (column.figure == kCpuRatio) text += fmt::format(" {:>11}", "(low-high)");
  }
  text += "\n";
  for (const auto& row : results.rows()) {
    if (results.sorted(row, kPerS).empty()) continue;
    text += fmt::format("{:<21}", row);
    for (const auto& column : kColumns) {
      text += cell(results.median(row, column.figure), column.width, column.decimals);
      if (column.figure == kCpuRatio) text += fmt::format(" {:>11}", range(results.sorted(row, kCpuRatio)));
    }
    text += "\n";
  }
  return text;
}

std::string further_figures(const Results& results) {
  std::string text = "\nFurther figures, medians\n";
  for (const auto& row : results.rows()) {
    std::string line = fmt::format("  {:<21}", row);
    for (const auto& figure : results.figures(row)) {
      if (has_column(figure)) continue;
      const std::string item = fmt::format(" {} {:.2f};", figure, results.median(row, figure));
      if (line.size() + item.size() > kColumnsOfPage) {
        text += line + "\n";
        line = std::string(23, ' ');
      }
      line += item;
    }
    if (line.back() == ';') text += line.substr(0, line.size() - 1) + "\n";
  }
  text += "\nRecords that the log wrote together: share of its groups with at most so many\n";
  for (const auto& row : results.rows()) {
    const auto groups = results.groups(row);
    double all = 0;
    for (const auto& [at_most, count] : groups) all += count;
    if (all == 0) continue;
    text += fmt::format("  {:<21}", row);
    for (const auto& [at_most, count] : groups) {
      if (count > 0) text += fmt::format(" {}: {:.0f} %", at_most, 100 * count / all);
    }
    text += "\n";
  }
  return text;
}

std::string verdicts(const std::vector<Case>& cases, const Results& results) {
  std::string text = "\nTargets\n";
  for (const auto& one : cases) {
    for (const auto& target : one.targets) {
      const double value = results.median(target.row, target.figure);
      const std::string says =
          fmt::format("{} {} {}", target.says, target.bound == Bound::kAtMost ? "<=" : ">=", target.limit);
      text += fmt::format("  {:<21} {:<62}", one.name, says);
      text += std::isnan(value) ? "  not measured\n"
                                : fmt::format(" {:>12.2f}  {}\n", value, reached(target, value) ? "met" : "MISSED");
    }
  }
  return text;
}

std::string to_json(const Conditions& conditions, const std::vector<Case>& cases, const Results& results) {
  std::string text;
  json::Writer writer(text);
  writer.begin_object().key("processor").string(processor()).key("cores").number(cores());
  writer.key("kernel").string(kernel()).key("commit").string(conditions.commit);
  writer.key("directory").string(conditions.directory).key("file_system").string(conditions.file_system);
  writer.key("server_core").number(kServerCore).key("load_core").number(kLoadCore);
  writer.key("rounds").number(conditions.rounds).key("warm_up_ms").number(conditions.windows.warm_up.count());
  writer.key("window_ms").number(conditions.windows.window.count());
  write_servers(writer, conditions);
  writer.key("cases").begin_object();
  for (const auto& one : cases) write_case(writer, results, one);
  writer.end_object().key("rows").begin_object();
  for (const auto& row : results.rows()) write_row(writer, results, row);
  writer.end_object().end_object();
  return text + "\n";
}

}  // namespace propylon::bench

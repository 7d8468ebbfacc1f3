#include "cli/checked_store.h"

#include <fmt/format.h>

#include <algorithm>

namespace propylon::cli {
namespace {

// Names of files that somebody put there may hold anything; a terminal must not be told what to do by them.
std::string printable(std::string text) {
  std::ranges::replace_if(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, '?');
  return text;
}

std::string name_of(const CheckedStore& checked, std::uint64_t station) {
  const auto found = checked.station_names.find(station);
  if (found != checked.station_names.end()) return found->second;
  return checked.highest_station && station <= *checked.highest_station ? "(removed)" : "(unknown)";
}

std::string stations_table(const CheckedStore& checked) {
  std::string text =
      fmt::format("{:<32} {:>8} {:>12} {:>15} {:>12} {:>12}\n", "station", "id", "messages", "bytes", "first", "last");
  for (const auto& [id, station] : checked.log.stations) {
    text += fmt::format("{:<32} {:>8} {:>12} {:>15} {:>12} {:>12}\n", name_of(checked, id), id, station.messages,
                        station.bytes, station.first.value, station.last.value);
  }
  return text + "\n";
}

std::string finding_line(const log::Finding& finding, std::string_view folder) {
  return fmt::format("{:<7} {}{}, offset {}: {} {}\n", finding.damage ? "damage" : "note", folder,
                     printable(finding.file), finding.offset, finding.what, log::explain(finding.on_open));
}

std::string opening_line(const log::StoreReport& report) {
  if (!report.opening) return fmt::format("opening:    is refused: {}\n", report.refusal);
  std::string text = "opening:    ";
  if (report.opening->tail_damaged) {
    text += fmt::format("cuts {} bytes off from segment {}, offset {} on", report.opening->bytes_cut,
                        report.opening->cut_at.segment, report.opening->cut_at.offset);
  } else {
    text += "goes through";
  }
  if (report.opening->checkpoint_damaged) text += ", without the newest checkpoint";
  if (report.opening->sequence_gap > 0) text += fmt::format("; sequences jump by {}", report.opening->sequence_gap);
  return text + "\n";
}

const char* plural(std::uint64_t count) { return count == 1 ? "" : "s"; }

// Dead letters are messages of the log; nobody who asks how much a store holds means them.
std::string contents_line(const CheckedStore& checked) {
  const log::StoreReport& log = checked.log;
  std::uint64_t companions = 0;
  std::uint64_t letters = 0;
  for (const auto& [id, station] : log.stations) {
    if (!checked.companions.contains(id)) continue;
    ++companions;
    letters += station.messages;
  }
  std::string text = fmt::format("contents:   {} groups, {} records, {} messages, {} stations", log.groups, log.records,
                                 log.messages - letters, log.stations.size() - companions);
  if (companions > 0) {
    text += fmt::format("; {} dead letter{} of {} station{}", letters, plural(letters), companions, plural(companions));
  }
  return text + "\n";
}

std::string totals(const CheckedStore& checked) {
  const log::StoreReport& log = checked.log;
  std::string text = fmt::format("segments:   {} with records, {} prepared; {} indexes, {} good checkpoints\n",
                                 log.segments, log.prepared, log.indexes, log.checkpoints.size());
  text += contents_line(checked);
  text += fmt::format("bytes:      {} in groups, {} in files\n", log.group_bytes, log.file_bytes);
  text += fmt::format("last run:   {}\n", log.closed_cleanly ? "ended cleanly" : "did not end cleanly");
  text += opening_line(log);
  const std::uint64_t damage = checked.damage();
  if (damage == 0) return text + "damage:     none\n";
  return text + fmt::format("damage:     {} place{}; docs/operations.md says what to do\n", damage, plural(damage));
}

}  // namespace

std::uint64_t CheckedStore::damage() const {
  return log.damage() + static_cast<std::uint64_t>(std::ranges::count(catalog_findings, true, &log::Finding::damage));
}

std::string describe(const CheckedStore& checked) {
  std::string text = fmt::format("store {}\n\n", checked.store.empty() ? "without a name" : checked.store);
  if (!checked.log.stations.empty()) text += stations_table(checked);
  for (const auto& finding : checked.catalog_findings) text += finding_line(finding, "");
  for (const auto& finding : checked.log.findings) text += finding_line(finding, "log/");
  if (!checked.catalog_findings.empty() || !checked.log.findings.empty()) text += "\n";
  return text + totals(checked);
}

}  // namespace propylon::cli

// What `propylon log check` found in catalog and log, and how it is shown.
#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "log/store_report.h"

namespace propylon::cli {

struct CheckedStore {
  std::string store;                                   // the uuid; empty when nothing names one
  std::map<std::uint64_t, std::string> station_names;  // by id, as the catalog has them
  std::set<std::uint64_t> companions;                  // ids that stand for the dead letters of a station
  std::optional<std::uint64_t> highest_station;        // nothing: the catalog cannot be read
  std::vector<log::Finding> catalog_findings;          // files relative to the data directory
  log::StoreReport log;                                // files relative to its log/

  std::uint64_t damage() const;
};

// Stations as a table, findings, totals. Ends with a newline.
std::string describe(const CheckedStore& checked);

}  // namespace propylon::cli

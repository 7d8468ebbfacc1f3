// The results as a table for people and as JSON.
#pragma once
#include <string>
#include <vector>

#include "case.h"

namespace propylon::bench {

// What the figures depend on.
struct Conditions {
  std::string commit;
  std::string directory;  // where the data was
  std::string file_system;
  int rounds = 0;
  Windows windows;
  std::vector<const Peer*> servers;  // those that ran
};

// Medians over the rounds; 120 columns.
std::string table(const Conditions& conditions, const Results& results);
// Figures that have no column, and the sizes of the log's groups.
std::string further_figures(const Results& results);
// Each target of the cases with what was reached.
std::string verdicts(const std::vector<Case>& cases, const Results& results);
// Everything, each round's values included.
std::string to_json(const Conditions& conditions, const std::vector<Case>& cases, const Results& results);

}  // namespace propylon::bench

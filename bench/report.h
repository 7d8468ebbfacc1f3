// The samples of all rounds as a table and as JSON.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "cases.h"

namespace propylon::bench {

// A case's name and its samples, one per round.
using CaseSamples = std::pair<std::string, std::vector<Sample>>;

struct Conditions {
  std::string machine;   // processor, cores, kernel
  std::string propylon;  // version
  std::string nginx;     // version
  std::string commit;
  int rounds = 0;
  Windows windows;
};

// What this machine is.
std::string describe_machine();

// Medians over the rounds; ratios are taken within each round first.
std::string table(const Conditions& conditions, const std::vector<CaseSamples>& cases);
std::string to_json(const Conditions& conditions, const std::vector<CaseSamples>& cases);

}  // namespace propylon::bench

// What a case of the benchmark is. To add one: write cases/<name>.cc with a function that returns it, declare that in
// cases/cases.h and name it in cases/cases.cc.
#pragma once
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "measure.h"
#include "results.h"
#include "servers.h"

namespace propylon::bench {

// What a case gets for one round.
struct Round {
  Servers& servers;
  Results& results;
  const std::filesystem::path& directory;  // for servers and files of the case's own; emptied after the run
  Windows windows;
  int number = 1;  // from 1

  // A station (list, channel) that nobody used before.
  std::string station(const std::string& name) const { return name + "-" + std::to_string(number); }
};

enum class Bound { kAtMost, kAtLeast };

// What the median of a figure should be.
struct Target {
  std::string row;
  std::string figure;
  Bound bound = Bound::kAtMost;
  double limit = 0;
  std::string says;  // in words, without the limit: "CPU per request, as a ratio to nginx"
};

struct Case {
  std::string name;                     // for --cases
  std::string what;                     // one line for --help
  std::function<void(Round&)> measure;  // one round: adds a value to each figure, throws when an answer is wrong
  std::vector<Target> targets;
  std::string durability = "os";
  int rounds_max = 1000;  // fewer than the others for a case that takes long
  int quick_rounds_max = 1000;
  bool compares_builds = false;  // measured only beside another build
};

}  // namespace propylon::bench

// Measures the server beside its peers, in rounds: absolute figures of a shared machine move within minutes, so each
// case is compared with the others as they were a second before.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "callgrind.h"
#include "cases/cases.h"
#include "interruption.h"
#include "machine.h"
#include "report.h"

namespace propylon::bench {
namespace {

struct Arguments {
  std::string directory;  // for the data of all servers
  std::string results;    // folder of the result's file
  std::string name;       // of that, without .json
  std::string commit = "unknown";
  std::vector<std::string> cases;
  std::string beside;  // another build of the server
  int rounds = 5;
  int window_ms = 1000;
  bool quick = false;
  bool callgrind = false;
};

// The data of the run; away when it ends, however it ends.
class DataDirectory final {
 public:
  explicit DataDirectory(std::filesystem::path path) : path_(std::move(path)) {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ~DataDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  DataDirectory(const DataDirectory&) = delete;
  DataDirectory& operator=(const DataDirectory&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  const std::filesystem::path path_;
};

std::string file_system_of(const std::filesystem::path& path) {
  const auto found = testing::run({{"findmnt", "-n", "-o", "FSTYPE", "-T", path}, {}, {}});
  return found.standard_output.substr(0, found.standard_output.find('\n'));
}

std::vector<Case> chosen(const std::vector<std::string>& names, bool beside) {
  auto all = all_cases();
  for (const auto& one : all) {
    if (one.compares_builds && !beside && std::ranges::find(names, one.name) != names.end())
      throw std::runtime_error("the case " + one.name + " compares with another build: name it with --beside");
  }
  std::erase_if(all, [&](const Case& one) { return one.compares_builds && !beside; });
  for (const auto& name : names) {
    if (std::ranges::find(all, name, &Case::name) == all.end()) throw std::runtime_error("there is no case " + name);
  }
  if (!names.empty()) {
    std::erase_if(all, [&](const Case& one) { return std::ranges::find(names, one.name) == names.end(); });
  }
  return all;
}

Conditions conditions_of(const Arguments& arguments) {
  Conditions conditions;
  conditions.commit = arguments.commit;
  conditions.directory = std::filesystem::absolute(arguments.directory);
  conditions.rounds = arguments.quick ? std::min(arguments.rounds, 3) : arguments.rounds;
  conditions.windows.window = std::chrono::milliseconds(arguments.window_ms);
  if (arguments.quick) conditions.windows = {std::chrono::milliseconds(100), std::chrono::milliseconds(400)};
  return conditions;
}

void measure_all(const std::vector<Case>& cases, const Conditions& conditions, bool quick,
                 const std::filesystem::path& directory, Servers& servers, Results& results) {
  for (int number = 1; number <= conditions.rounds; ++number) {
    for (const auto& one : cases) {
      const int rounds = std::min({conditions.rounds, one.rounds_max, quick ? one.quick_rounds_max : one.rounds_max});
      if (number > rounds) continue;
      throw_if_interrupted();
      std::fprintf(stderr, "round %d of %d: %s\n", number, rounds, one.name.c_str());
      Round round{servers, results, directory, conditions.windows, number};
      one.measure(round);
    }
  }
}

void run(const Arguments& arguments) {
  const std::vector<Case> cases = chosen(arguments.cases, !arguments.beside.empty());
  if (cores() < 2) throw std::runtime_error("two cores are needed: one for the servers, one for the load");
  move_to_core(kLoadCore);
  raise_open_files();
  Conditions conditions = conditions_of(arguments);
  const DataDirectory data(std::filesystem::absolute(arguments.directory) / "data");
  conditions.file_system = file_system_of(data.path());
  if (arguments.callgrind) {
    std::printf("%s", count_instructions(data.path()).c_str());
    return;
  }

  Results results;
  Servers servers(data.path(), arguments.beside.empty() ? "" : std::filesystem::absolute(arguments.beside));
  measure_all(cases, conditions, arguments.quick, data.path(), servers, results);
  conditions.servers = servers.running();
  std::printf("%s%s%s", table(conditions, results).c_str(), further_figures(results).c_str(),
              verdicts(cases, results).c_str());
  const std::filesystem::path file = std::filesystem::path(arguments.results) / (arguments.name + ".json");
  std::ofstream(file) << to_json(conditions, cases, results);
  std::printf("\n%s\n", file.c_str());
}

std::string footer() {
  std::string text = "Cases:\n";
  for (const auto& one : all_cases())
    text += "  " + one.name + std::string(16 - one.name.size(), ' ') + one.what + "\n";
  return text;
}

}  // namespace
}  // namespace propylon::bench

int main(int argc, char** argv) {
  propylon::bench::Arguments arguments;
  CLI::App program("Measures the release binary beside its peers, and checks that what was answered is stored.",
                   "bench");
  program.add_option("--directory", arguments.directory, "Where the servers' data goes; some GB, removed afterwards.")
      ->required()
      ->take_last();  // the script names one, its user may name another
  program.add_option("--results", arguments.results, "Folder of the result's file.")->required()->take_last();
  program.add_option("--name", arguments.name, "Name of the result's file, without .json.")->required()->take_last();
  program.add_option("--commit", arguments.commit, "Stated in the result.")->take_last();
  program.add_option("--cases", arguments.cases, "Only these, with commas.")->delimiter(',');
  program.add_option("--beside", arguments.beside,
                     "Another build of propylon, for cases that compare two (builds, consumer).");
  program.add_option("--rounds", arguments.rounds, "How often each case is measured (5).")->check(CLI::Range(1, 1000));
  program.add_option("--window-ms", arguments.window_ms, "Length of one measurement (1000).")
      ->check(CLI::Range(50, 600000));
  program.add_flag("--quick", arguments.quick, "Three rounds of short windows: everything within 5 minutes.");
  program.add_flag("--callgrind", arguments.callgrind,
                   "Instead: instructions per request, counted by valgrind (about two minutes).");
  program.footer(propylon::bench::footer());
  CLI11_PARSE(program, argc, argv);
  try {
    propylon::bench::note_interruptions();
    propylon::bench::run(arguments);
    return 0;
  } catch (const propylon::bench::Interrupted&) {
    std::fprintf(stderr, "bench: interrupted; all servers are stopped, their data is removed\n");
    return 130;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench: %s\n", error.what());
    return 1;
  }
}
